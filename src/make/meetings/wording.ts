import type { SeatKind } from './seats.ts';
import type { MeetingGroup } from './plan.ts';

/** What a model is asked for: words and people. Everything else of an event is planned. */
export interface Wording {
  readonly subject: string;
  readonly body: string;
  /** In the order of `peopleOf`; fewer are filled up. */
  readonly people: readonly Person[];
}

export interface Person {
  readonly name: string;
  /** `VP Sales`, `Customer, Northwind Traders`. */
  readonly title: string;
}

/** Everybody who needs a name: who invites, unless it is the persona, then the seats other than the persona's. */
export function peopleOf({ seating }: MeetingGroup): SeatKind[] {
  const invited = seating.seats.map(({ kind }) => kind).filter((kind) => kind !== 'self');
  return seating.organizer === 'self' ? invited : [seating.organizer, ...invited];
}

/** `weekly series`, `single meeting`. */
export function rhythmOf({ isSeries, entry }: MeetingGroup): string {
  if (!isSeries) return 'single meeting';
  if (entry.intervalWeeks === 2) return 'series every two weeks';
  return entry.intervalWeeks === 1 ? 'weekly series' : 'series several times a week';
}
