import type { GraphEvent, MeetingRow } from '../../core/meeting.ts';
import { type CalendarFrame, eventsOf, type PlacedEvent, seriesIdOf, timeOf } from './events.ts';
import { labelMeeting } from './label.ts';
import type { MeetingPlan } from './plan.ts';
import type { WordedGroup } from './word-groups.ts';

/** The master of a series: kept beside the rows, as a calendar view shows instances only. */
export interface SeriesMaster extends GraphEvent {
  readonly persona_id: string;
  readonly recurrence: {
    readonly pattern: {
      readonly type: 'weekly';
      readonly interval: number;
      readonly daysOfWeek: readonly string[];
    };
    readonly range: {
      readonly type: 'numbered';
      readonly startDate: string;
      readonly numberOfOccurrences: number;
      readonly recurrenceTimeZone: string;
    };
  };
}

/** Labelled rows of a card in order of time. Ids count in that order, so that they are unique and the same on every run. */
export function rowsOfCard(params: {
  readonly plan: MeetingPlan;
  readonly worded: readonly WordedGroup[];
  readonly frame: CalendarFrame;
  /** ISO 8601 with `Z`. */
  readonly now: string;
}): MeetingRow[] {
  const { plan, worded, frame, now } = params;
  const placed = worded.flatMap(({ group, wording, provenance }) =>
    eventsOf(plan, group, wording, frame).map((event) => ({ ...event, provenance })),
  );
  return placed.sort(byTime).map(({ event, provenance }, index): MeetingRow => ({
    id: `meeting_${plan.card.id}_${String(index + 1).padStart(4, '0')}`,
    ...event,
    ...labelMeeting(plan.rules, event),
    persona_id: plan.card.id,
    generation_timestamp: now,
    _synthetic: true,
    provenance: {
      provider: provenance.provider,
      model: provenance.model,
      prompt_hash: provenance.prompt_hash,
    },
  }));
}

/** One master for each series. */
export function mastersOfCard(
  plan: MeetingPlan,
  worded: readonly WordedGroup[],
  frame: CalendarFrame,
): SeriesMaster[] {
  return worded.flatMap(({ group, wording }): SeriesMaster[] => {
    const [first] = eventsOf(plan, group, wording, frame);
    if (!group.isSeries || !first) return [];
    const regular = group.entry.slots.filter(({ isException }) => !isException);
    const rhythm = regular[0] ?? first.slot;
    const { event } = first;
    return [
      {
        id: seriesIdOf(plan.card.id, group),
        ...event,
        type: 'seriesMaster',
        seriesMasterId: null,
        start: timeOf(frame, rhythm, 0),
        end: timeOf(frame, rhythm, group.entry.durationMinutes),
        persona_id: plan.card.id,
        recurrence: {
          pattern: {
            type: 'weekly',
            interval: Math.max(1, group.entry.intervalWeeks),
            daysOfWeek: [...new Set(regular.map(({ day }) => day))].sort((a, b) => a - b).map(dayName),
          },
          range: {
            type: 'numbered',
            startDate: timeOf(frame, rhythm, 0).dateTime.slice(0, 10),
            numberOfOccurrences: group.entry.slots.length,
            recurrenceTimeZone: frame.timeZone,
          },
        },
      },
    ];
  });
}

function dayName(day: number): string {
  return ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'][day] ?? 'monday';
}

function byTime(left: PlacedEvent, right: PlacedEvent): number {
  const [a, b] = [left.event.start.dateTime, right.event.start.dateTime];
  if (a !== b) return a < b ? -1 : 1;
  return left.group.index - right.group.index;
}
