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
  const variety = checkVariety(meetings.filter(({ label }) => label !== null));
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
      ...variety.findings,
    ],
    figures: {
      distribution: distribution.figures,
      consistency: [...consistency.figures, ...variety.figures],
      alignment: alignment.figures,
    },
  };
}

/** How many subjects and bodies are different ones; instances of a series count once. */
function checkVariety(meetings: readonly CheckedMeeting[]): { figures: Figure[]; findings: Finding[] } {
  const events = [
    ...new Map(meetings.map(({ event }) => [event.seriesMasterId ?? event.id, event])).values(),
  ];
  const share = (texts: readonly string[]): number =>
    texts.length === 0 ? 0 : Number(((new Set(texts).size / texts.length) * 100).toFixed(1));
  const shares = {
    distinct_subjects: share(events.map(({ subject }) => subject)),
    distinct_bodies: share(events.map(({ bodyPreview }) => bodyPreview)),
  };
  const figures = Object.entries(shares).map(([name, value]) => ({ name, value, note: 'percent of events' }));
  const low = events.length < fewestEvents ? [] : figures.filter(({ value }) => value < leastDistinct);
  const findings = low.map(({ name, value }): Finding => {
    const message = `${name.replace('_', ' ')} are ${value} % of ${events.length} events`;
    return { code: 'meetings-repetitive', severity: 'warning', place: 'all', message };
  });
  return { figures, findings };
}

/** Half of the events share their words with another: a model that repeats itself. Fewer events say too little. */
const leastDistinct = 50;
const fewestEvents = 20;
