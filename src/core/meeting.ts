/**
 * A calendar event as Microsoft Graph's calendarView gives it, with the labels that a persona's rules add.
 * Field names and enumerations are Graph's; `importance_label` is not Graph's own `importance`.
 */
export const showAsValues = ['free', 'tentative', 'busy', 'oof', 'workingElsewhere', 'unknown'] as const;
export const meetingTypes = ['singleInstance', 'occurrence', 'exception', 'seriesMaster'] as const;
export const responses = [
  'none',
  'organizer',
  'tentativelyAccepted',
  'accepted',
  'declined',
  'notResponded',
] as const;
export const attendeeTypes = ['required', 'optional', 'resource'] as const;
/** Strongest first. */
export const importanceLabels = ['critical', 'high', 'medium', 'low'] as const;

export type ShowAs = (typeof showAsValues)[number];
export type MeetingType = (typeof meetingTypes)[number];
export type MeetingResponse = (typeof responses)[number];
export type AttendeeType = (typeof attendeeTypes)[number];
export type ImportanceLabel = (typeof importanceLabels)[number];

export interface ResponseStatus {
  readonly response: MeetingResponse;
  /** `0001-01-01T00:00:00Z` where there is none. */
  readonly time: string;
}

export interface GraphTime {
  /** Local time with seven fractional digits: `2025-11-15T10:00:00.0000000`. */
  readonly dateTime: string;
  /** IANA name. */
  readonly timeZone: string;
}

export interface EmailAddress {
  readonly name: string;
  readonly address: string;
}

export interface Attendee {
  readonly type: AttendeeType;
  readonly status: ResponseStatus;
  readonly emailAddress: EmailAddress;
}

export interface GraphEvent {
  /** Unique in a data set. */
  readonly id: string;
  readonly subject: string;
  /** At most 255 characters, as Graph cuts it. */
  readonly bodyPreview: string;
  readonly showAs: ShowAs;
  readonly type: MeetingType;
  /** Shared by the instances of a series; null for a single event. */
  readonly seriesMasterId: string | null;
  readonly isAllDay: boolean;
  readonly isCancelled: boolean;
  readonly isOrganizer: boolean;
  readonly isOnlineMeeting: boolean;
  readonly location: { readonly displayName: string };
  readonly responseStatus: ResponseStatus;
  readonly start: GraphTime;
  readonly end: GraphTime;
  readonly organizer: { readonly emailAddress: EmailAddress };
  readonly attendees: readonly Attendee[];
}

/** What the rules of a card say of an event. */
export interface MeetingLabel {
  readonly importance_label: ImportanceLabel;
  readonly prep_needed: boolean;
  /** 15 … 90 where preparation is needed, else 0. */
  readonly prep_time_minutes: number;
  /** Every rule that fired: `Always important: pipeline; Matches priority: Close Q4 deals`. */
  readonly reasoning: string;
}

/** One training row. */
export interface MeetingRow extends GraphEvent, MeetingLabel {
  readonly persona_id: string;
  /** ISO 8601, UTC with `Z`. */
  readonly generation_timestamp: string;
  readonly _synthetic: true;
  readonly provenance: {
    readonly provider: string;
    readonly model: string;
    readonly prompt_hash: string;
  };
}

/** Address of the person whose calendar it is, in every made calendar. */
export const ownAddress = 'you@company.com';
