import {
  type Attendee,
  type EmailAddress,
  type GraphEvent,
  type GraphTime,
  type MeetingResponse,
  ownAddress,
  type ResponseStatus,
  type ShowAs,
} from '../../core/meeting.ts';
import { seededRandom } from '../../lib/seeded-random.ts';
import type { Slot } from './calendar.ts';
import { contextWordsOf } from './context-words.ts';
import { pick } from './draw.ts';
import { addressOf, domainOf, drawName, ownDomain } from './names.ts';
import type { MeetingGroup, MeetingPlan } from './plan.ts';
import type { SeatKind } from './seats.ts';
import { peopleOf, type Wording } from './wording.ts';

export interface CalendarFrame {
  /** Monday of the first week, `2025-11-17`. */
  readonly firstMonday: string;
  /** IANA name, one for the whole data set. */
  readonly timeZone: string;
}

/** An instance of a group with its place in time; ids are given later, in order of time. */
export interface PlacedEvent {
  readonly group: MeetingGroup;
  readonly slot: Slot;
  readonly event: Omit<GraphEvent, 'id'>;
}

/** The events of a group: one, or every instance of its series. */
export function eventsOf(
  plan: MeetingPlan,
  group: MeetingGroup,
  wording: Wording,
  frame: CalendarFrame,
): PlacedEvent[] {
  const random = seededRandom(`${plan.seed}/people/${group.index}`);
  const people = namedPeople(plan, group, wording, random);
  const own = ownResponse(group, random);
  const you: EmailAddress = {
    name: `You (${plan.card.identity.role ?? plan.card.name})`,
    address: ownAddress,
  };
  const organizer = group.seating.organizer === 'self' ? you : (people.shift() ?? you);
  const rooms = roomsOf(group, random);
  const attendees = attendeesOf(group, { you, people, rooms, own, random });
  const isOnlineMeeting = rooms.length === 0 || random() < 0.4;
  return group.entry.slots.map((slot) => ({
    group,
    slot,
    event: {
      subject: wording.subject,
      bodyPreview: previewOf(wording.body),
      showAs: showAsOf(own),
      type: group.isSeries ? (slot.isException ? 'exception' : 'occurrence') : 'singleInstance',
      seriesMasterId: group.isSeries ? seriesIdOf(plan.card.id, group) : null,
      isAllDay: false,
      isCancelled: false,
      isOrganizer: group.seating.organizer === 'self',
      isOnlineMeeting,
      location: { displayName: rooms[0]?.emailAddress.name ?? (isOnlineMeeting ? 'Online' : '') },
      responseStatus: status(own),
      start: timeOf(frame, slot, 0),
      end: timeOf(frame, slot, group.entry.durationMinutes),
      organizer: { emailAddress: organizer },
      attendees,
    },
  }));
}

export function seriesIdOf(cardId: string, group: MeetingGroup): string {
  return `series_${cardId}_${String(group.index + 1).padStart(4, '0')}`;
}

/** Graph's form of a local time: seven fractional digits and the zone beside it. */
export function timeOf(frame: CalendarFrame, slot: Slot, afterMinutes: number): GraphTime {
  const midnight = Date.parse(`${frame.firstMonday}T00:00:00Z`) + (slot.week * 7 + slot.day) * dayMs;
  const local = new Date(midnight + (slot.startMinute + afterMinutes) * 60_000).toISOString().slice(0, 19);
  return { dateTime: `${local}.0000000`, timeZone: frame.timeZone };
}

const dayMs = 86_400_000;
const noTime = '0001-01-01T00:00:00Z';
/** Graph cuts a body preview here. */
const previewLength = 255;

function status(response: MeetingResponse): ResponseStatus {
  return { response, time: noTime };
}

function previewOf(body: string): string {
  if (body.length <= previewLength) return body;
  const cut = body.slice(0, previewLength);
  return cut.slice(0, Math.max(cut.lastIndexOf(' '), 1));
}

function namedPeople(
  plan: MeetingPlan,
  group: MeetingGroup,
  { people }: Wording,
  random: () => number,
): EmailAddress[] {
  const words = contextWordsOf(plan.card);
  const taken = new Set<string>([ownAddress]);
  return peopleOf(group).map((kind, index) => {
    const customer = pick(words.customers, random);
    const titles: Readonly<Record<SeatKind, string>> = {
      self: '',
      colleague: pick(words.colleagues, random),
      executive: pick(words.executives, random),
      customer: `Customer, ${customer}`,
    };
    const given = people[index];
    const title = given?.title || titles[kind];
    const domain = kind === 'customer' ? domainOf(title.split(', ')[1] ?? customer) : ownDomain;
    let name = given?.name || drawName(random);
    while (taken.has(addressOf(name, domain))) name = drawName(random);
    taken.add(addressOf(name, domain));
    return { name: `${name} (${title})`, address: addressOf(name, domain) };
  });
}

function roomsOf({ seating }: MeetingGroup, random: () => number): Attendee[] {
  const buildings = ['A', 'B', 'C', 'North', 'South', 'Annex'];
  const first = Math.floor(random() * 40);
  return Array.from({ length: seating.rooms }, (_, index) => {
    const building = pick(buildings, random);
    const number = 101 + first + index * 40;
    return {
      type: 'resource',
      status: status('accepted'),
      emailAddress: {
        name: `Conf Rm Building ${building}/${number} (${pick([4, 6, 8, 12, 16], random)})`,
        address: `conf-${building.toLowerCase()}${number}@${ownDomain}`,
      },
    };
  });
}

function attendeesOf(
  group: MeetingGroup,
  params: {
    readonly you: EmailAddress;
    readonly people: EmailAddress[];
    readonly rooms: readonly Attendee[];
    readonly own: MeetingResponse;
    readonly random: () => number;
  },
): Attendee[] {
  const rest = [...params.people];
  const seats = group.seating.seats.map(({ kind, type }): Attendee => {
    if (kind === 'self') return { type, status: status(params.own), emailAddress: params.you };
    const response = pick(othersRespond, params.random);
    return { type, status: status(response), emailAddress: rest.shift() ?? params.you };
  });
  return [...seats, ...params.rooms];
}

const othersRespond: readonly MeetingResponse[] = [
  'accepted',
  'accepted',
  'accepted',
  'none',
  'none',
  'tentativelyAccepted',
  'declined',
];

/** How people answer invitations that matter more or less to them; the one who invites is always `organizer`. */
function ownResponse({ seating, intent }: MeetingGroup, random: () => number): MeetingResponse {
  if (seating.organizer === 'self') return 'organizer';
  const isFirm = intent === 'critical' || intent === 'high';
  return pick(isFirm ? firmly : loosely, random);
}

const firmly: readonly MeetingResponse[] = [
  'accepted',
  'accepted',
  'accepted',
  'accepted',
  'notResponded',
  'tentativelyAccepted',
];
const loosely: readonly MeetingResponse[] = [
  'accepted',
  'accepted',
  'notResponded',
  'tentativelyAccepted',
  'declined',
];

function showAsOf(response: MeetingResponse): ShowAs {
  if (response === 'declined') return 'free';
  return response === 'tentativelyAccepted' || response === 'notResponded' ? 'tentative' : 'busy';
}
