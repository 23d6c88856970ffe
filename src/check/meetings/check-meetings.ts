import type { Finding } from '../../core/finding.ts';
import { checkAlignment } from './alignment.ts';
import { checkConsistency, type Relabel } from './consistency.ts';
import { checkDistribution, type Figure } from './distribution.ts';
import { lintMeeting } from './lint-meeting.ts';
import { lintSet } from './lint-set.ts';
import { type CheckedMeeting, readMeeting } from './meeting-record.ts';

export interface PlacedRecord {
  readonly value: unknown;
  /** `tier1_combined.jsonl record 17`. */
  readonly place: string;
}

export interface MeetingsChecked {
  readonly meetings: readonly CheckedMeeting[];
  readonly findings: readonly Finding[];
  readonly figures: {
    readonly distribution: readonly Figure[];
    readonly consistency: readonly Figure[];
    readonly alignment: readonly Figure[];
  };
}

/** Every rule for events: shape, realism, distribution, consistency, and against a real export where there is one. Holds all records. */
export function checkMeetings(params: {
  readonly records: readonly PlacedRecord[];
  /** Ids of series masters; null: they are not known. */
  readonly masters: ReadonlySet<string> | null;
  readonly relabel: Relabel;
  readonly hoursOf: (personaId: string) => number | null;
  readonly real: readonly unknown[] | null;
}): MeetingsChecked {
  const { records, masters, relabel, hoursOf, real } = params;
  const read = records.map(({ value, place }) => readMeeting(value, place));
  const meetings = read.flatMap(({ meeting }) => (meeting === null ? [] : [meeting]));
  const distribution = checkDistribution(meetings, hoursOf);
  const isLabelled = meetings.some(({ label }) => label !== null);
  const consistency = isLabelled ? checkConsistency(meetings, relabel) : { figures: [], findings: [] };
  const alignment =
    real === null
      ? { figures: [], findings: [] }
      : checkAlignment(
          records.map(({ value }) => value),
          real,
        );
  return {
    meetings,
    findings: [
      ...read.flatMap(({ findings }) => findings),
      ...meetings.flatMap(lintMeeting),
      ...lintSet(meetings, masters),
      ...distribution.findings,
      ...consistency.findings,
      ...alignment.findings,
    ],
    figures: {
      distribution: distribution.figures,
      consistency: [...consistency.figures, ...variety(meetings)],
      alignment: alignment.figures,
    },
  };
}

/** How many subjects and bodies are different ones; instances of a series count once. */
function variety(meetings: readonly CheckedMeeting[]): Figure[] {
  const events = new Map(meetings.map(({ event }) => [event.seriesMasterId ?? event.id, event]));
  const distinct = (texts: readonly string[]): number =>
    texts.length === 0 ? 0 : Number(((new Set(texts).size / texts.length) * 100).toFixed(1));
  const all = [...events.values()];
  return [
    {
      name: 'distinct_subjects',
      value: distinct(all.map(({ subject }) => subject)),
      note: 'percent of events',
    },
    {
      name: 'distinct_bodies',
      value: distinct(all.map(({ bodyPreview }) => bodyPreview)),
      note: 'percent of events',
    },
  ];
}
