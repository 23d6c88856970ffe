import { z } from 'zod';

import type { Finding } from '../../core/finding.ts';
import {
  attendeeTypes,
  importanceLabels,
  meetingTypes,
  responses,
  showAsValues,
} from '../../core/meeting.ts';

const email = z.looseObject({ emailAddress: z.looseObject({ name: z.string(), address: z.string() }) });
const status = z.looseObject({ response: z.enum(responses), time: z.string() });
const time = z.looseObject({ dateTime: z.string(), timeZone: z.string() });

const eventShape = z.looseObject({
  id: z.string().min(1),
  subject: z.string(),
  bodyPreview: z.string(),
  showAs: z.enum(showAsValues),
  type: z.enum(meetingTypes),
  responseStatus: status,
  start: time,
  end: time,
  organizer: email,
  attendees: z.array(email.extend({ type: z.enum(attendeeTypes), status })),
  seriesMasterId: z.string().nullish(),
  isOrganizer: z.boolean().optional(),
});

const labelShape = z.looseObject({
  importance_label: z.enum(importanceLabels),
  prep_needed: z.boolean(),
  prep_time_minutes: z.number().int(),
  reasoning: z.string(),
  persona_id: z.string().min(1),
  generation_timestamp: z.string(),
});

export type MeetingRecord = z.output<typeof eventShape>;
export type LabelRecord = z.output<typeof labelShape>;

/** A record that has the shape of an event. */
export interface CheckedMeeting {
  readonly event: MeetingRecord;
  /** null: a real event, that nobody labelled. */
  readonly label: LabelRecord | null;
  /** `tier1_combined.jsonl record 17`, with the id where it has one. */
  readonly place: string;
}

/** Reads a record; a field that lacks, has another type or an unknown value is a finding each. */
export function readMeeting(
  value: unknown,
  place: string,
): { readonly meeting: CheckedMeeting | null; readonly findings: readonly Finding[] } {
  const event = eventShape.safeParse(value);
  const isLabelled = typeof value === 'object' && value !== null && labelKeys.some((key) => key in value);
  const label = isLabelled ? labelShape.safeParse(value) : null;
  const where = event.success ? `${place} ${event.data.id}` : place;
  const issues = [...(event.error?.issues ?? []), ...(label?.error?.issues ?? [])];
  const findings = issues.map((issue) => describe(issue, value, where));
  if (!event.success || label?.success === false) return { meeting: null, findings };
  return { meeting: { event: event.data, label: label?.data ?? null, place: where }, findings };
}

const labelKeys = ['importance_label', 'prep_needed', 'reasoning'];

function describe(issue: z.core.$ZodIssue, value: unknown, place: string): Finding {
  const path = issue.path.map(String).join('.');
  const found = issue.path.reduce<unknown>(
    (node, key) =>
      typeof node === 'object' && node !== null ? (node as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
  const shown = JSON.stringify(found)?.slice(0, 60) ?? 'nothing';
  if (path === '') {
    return { code: 'meeting-not-an-object', severity: 'error', place, message: `no event, but ${shown}` };
  }
  if (found === undefined) {
    return { code: 'meeting-field-missing', severity: 'error', place, message: `${path} is missing` };
  }
  if (issue.code === 'invalid_value') {
    const known = issue.values.map(String).join(', ');
    const message = `${path} is ${shown}; known: ${known}`;
    return { code: 'meeting-value-unknown', severity: 'error', place, message };
  }
  const message = `${path} is ${shown}: ${issue.message.toLowerCase()}`;
  return { code: 'meeting-field-type', severity: 'error', place, message };
}
