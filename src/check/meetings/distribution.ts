import type { Finding } from '../../core/finding.ts';
import { importanceLabels } from '../../core/meeting.ts';
import { durationOf, minutesAt } from './lint-meeting.ts';
import type { CheckedMeeting } from './meeting-record.ts';

/** Printed bands, in percent. */
const importanceBands = { critical: [10, 15], high: [25, 30], medium: [35, 40], low: [15, 20] } as const;
const prepBand = [40, 50] as const;
const meanPrepBand = [20, 30] as const;
/** Printed shares, in percent; kept within two points. */
const typeShares = { singleInstance: 60, occurrence: 30, exception: 10 } as const;
const attendeeShares = { required: 70, optional: 20, resource: 10 } as const;
const shareTolerance = 2;
const loadTolerance = 0.2;
/** A persona with fewer rows is not held against shares: one row is more than two points. */
const fewestRows = 50;

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly note: string;
}

export interface DistributionResult {
  readonly figures: readonly Figure[];
  readonly findings: readonly Finding[];
}

/**
 * Holds labelled meetings against the printed shares: the whole set as errors, a persona of fifty rows or more as warnings. A share
 * may miss its band by what one row is worth. `hoursOf`: weekly hours of a persona; null where they are not known.
 */
export function checkDistribution(
  meetings: readonly CheckedMeeting[],
  hoursOf: (personaId: string) => number | null,
): DistributionResult {
  const labelled = meetings.filter(({ label }) => label !== null);
  if (labelled.length === 0) return { figures: [], findings: [] };
  const whole = measureShares(labelled);
  const findings = outOfBand(whole, labelled.length, 'all', 'error');
  const loads: number[] = [];
  for (const [persona, rows] of byPersona(labelled)) {
    if (rows.length >= fewestRows) {
      findings.push(...outOfBand(measureShares(rows), rows.length, persona, 'warning'));
    }
    const load = checkLoad(rows, persona, hoursOf(persona));
    findings.push(...load.findings);
    loads.push(...load.deviations);
  }
  const worst = loads.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const load = {
    name: 'load_worst_week',
    value: worst * 100,
    note: 'percent off the hours of the card; at most 20',
  };
  return { figures: [...whole.map(toFigure), ...(loads.length > 0 ? [load] : [])], findings };
}

interface Share {
  readonly code: string;
  readonly name: string;
  readonly value: number;
  readonly band: readonly [number, number];
  /** What one row or attendee is worth. */
  readonly slack: number;
}

function measureShares(rows: readonly CheckedMeeting[]): Share[] {
  const percent = (count: number, of: number): number => (of === 0 ? 0 : (count / of) * 100);
  const row = percent(1, rows.length);
  const prepared = rows.flatMap(({ label }) => (label?.prep_needed ? [label.prep_time_minutes] : []));
  const mean = prepared.reduce((sum, value) => sum + value, 0) / Math.max(1, prepared.length);
  const types = rows.map(({ event }) => event.type);
  const attendees = rows.flatMap(({ event }) => event.attendees.map(({ type }) => type));
  const seat = percent(1, attendees.length);
  return [
    ...importanceLabels.map((name): Share => {
      const count = rows.filter(({ label }) => label?.importance_label === name).length;
      const value = percent(count, rows.length);
      return { code: 'meetings-importance-share', name, value, band: importanceBands[name], slack: row };
    }),
    {
      code: 'meetings-prep-share',
      name: 'prep_needed',
      value: percent(prepared.length, rows.length),
      band: prepBand,
      slack: row,
    },
    { code: 'meetings-prep-mean', name: 'prep_minutes_mean', value: mean, band: meanPrepBand, slack: 0 },
    ...Object.entries(typeShares).map(([name, wanted]): Share => {
      const value = percent(types.filter((type) => type === name).length, types.length);
      return { code: 'meetings-type-share', name, value, band: around(wanted), slack: row };
    }),
    ...Object.entries(attendeeShares).map(([name, wanted]): Share => {
      const value = percent(attendees.filter((type) => type === name).length, attendees.length);
      return { code: 'meetings-attendee-share', name, value, band: around(wanted), slack: seat };
    }),
  ];
}

function around(share: number): readonly [number, number] {
  return [share - shareTolerance, share + shareTolerance];
}

function outOfBand(
  shares: readonly Share[],
  rows: number,
  place: string,
  severity: Finding['severity'],
): Finding[] {
  return shares
    .filter(({ value, band, slack }) => value < band[0] - slack || value > band[1] + slack)
    .map(({ code, name, value, band }) => ({
      code,
      severity,
      place,
      message: `${name} is ${value.toFixed(1)}, not ${band[0]} to ${band[1]} (${rows} meetings)`,
    }));
}

function toFigure({ name, value, band }: Share): Figure {
  return { name, value: Number(value.toFixed(2)), note: `${band[0]} to ${band[1]}` };
}

function byPersona(rows: readonly CheckedMeeting[]): Map<string, CheckedMeeting[]> {
  const groups = new Map<string, CheckedMeeting[]>();
  for (const row of rows) {
    const persona = row.label?.persona_id ?? '';
    const group = groups.get(persona);
    if (group) group.push(row);
    else groups.set(persona, [row]);
  }
  return groups;
}

/** Hours of every week from the first meeting to the last against the hours of the card. */
function checkLoad(
  rows: readonly CheckedMeeting[],
  persona: string,
  hours: number | null,
): { findings: Finding[]; deviations: number[] } {
  if (hours === null || hours <= 0) return { findings: [], deviations: [] };
  const weeks = new Map<number, number>();
  for (const { event } of rows) {
    // 1970-01-05 was a Monday.
    const week = Math.floor((minutesAt(event.start.dateTime) / 1440 - 4) / 7);
    weeks.set(week, (weeks.get(week) ?? 0) + durationOf(event) / 60);
  }
  const total = [...weeks.values()].reduce((sum, load) => sum + load, 0);
  if (total < hours * (1 - loadTolerance)) {
    const message = `${total.toFixed(1)} h in all are less than one week of ${hours} h: the load was not checked`;
    return {
      findings: [{ code: 'meetings-load-unknown', severity: 'warning', place: persona, message }],
      deviations: [],
    };
  }
  const deviations = [...weeks.values()].map((load) => load / hours - 1);
  const findings = [...weeks]
    .filter(([, load]) => Math.abs(load / hours - 1) > loadTolerance + 1e-9)
    .map(([week, load]): Finding => {
      const monday = new Date((week * 7 + 4) * 86_400_000).toISOString().slice(0, 10);
      const message = `${load.toFixed(1)} h in the week of ${monday}, not ${hours} h ± 20 %`;
      return { code: 'meetings-load', severity: 'error', place: persona, message };
    });
  return { findings, deviations };
}
