import {
  importanceLabels,
  type ImportanceLabel,
  type MeetingRow,
  meetingTypes,
  attendeeTypes,
} from '../../core/meeting.ts';
import { type Agreement, agreementOf } from '../../lib/agreement.ts';
import type { WordedGroup } from './word-groups.ts';

/** The statistics file: the five printed keys, then what was computed on top of them. */
export interface MeetingStatistics {
  readonly total: number;
  readonly importance_distribution: Readonly<Record<ImportanceLabel, number>>;
  readonly prep_needed_count: number;
  readonly avg_prep_time_minutes: number;
  readonly personas: readonly string[];
  /** Labels are counted apart from rows: two on each. */
  readonly labels: { readonly importance: number; readonly prep: number };
  readonly shares: {
    readonly importance: Readonly<Record<string, number>>;
    readonly prep_needed: number;
    readonly tier: Readonly<Record<string, number>>;
    readonly type: Readonly<Record<string, number>>;
    readonly attendee: Readonly<Record<string, number>>;
  };
  /** What was planned against what the rules said of it, before anything was drawn again and after. */
  readonly intent_agreement: { readonly first: Agreement; readonly kept: Agreement };
  readonly generation_timestamp: string;
}

export function statisticsOf(params: {
  readonly rows: readonly MeetingRow[];
  readonly worded: readonly WordedGroup[];
  readonly personas: readonly { readonly id: string; readonly tier: number }[];
  readonly now: string;
}): MeetingStatistics {
  const { rows, worded, personas, now } = params;
  const prepared = rows.filter((row) => row.prep_needed);
  const minutes = prepared.reduce((sum, row) => sum + row.prep_time_minutes, 0);
  const tierOf = new Map(personas.map(({ id, tier }) => [id, `tier${tier}`]));
  const attendees = rows.flatMap((row) => row.attendees.map(({ type }) => type));
  const labels = rows.map((row) => row.importance_label);
  return {
    total: rows.length,
    importance_distribution: countsOf(labels, importanceLabels),
    prep_needed_count: prepared.length,
    avg_prep_time_minutes: prepared.length === 0 ? 0 : round(minutes / prepared.length, 2),
    personas: personas.map(({ id }) => id),
    labels: { importance: rows.length, prep: rows.length },
    shares: {
      importance: sharesOf(labels, importanceLabels),
      prep_needed: rows.length === 0 ? 0 : round(prepared.length / rows.length),
      tier: sharesOf(
        rows.map((row) => tierOf.get(row.persona_id) ?? ''),
        [...new Set(tierOf.values())].sort(),
      ),
      type: sharesOf(
        rows.map(({ type }) => type),
        meetingTypes,
      ),
      attendee: sharesOf(attendees, attendeeTypes),
    },
    intent_agreement: {
      first: agreementOf(worded.map(({ group, firstLabel }) => [group.intent, firstLabel.importance_label])),
      kept: agreementOf(worded.map(({ group, label }) => [group.intent, label.importance_label])),
    },
    generation_timestamp: now,
  };
}

function countsOf<Name extends string>(
  values: readonly Name[],
  names: readonly Name[],
): Record<Name, number> {
  const counts = Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

function sharesOf<Name extends string>(
  values: readonly Name[],
  names: readonly Name[],
): Record<Name, number> {
  const counts = countsOf(values, names);
  return Object.fromEntries(
    names.map((name) => [name, values.length === 0 ? 0 : round(counts[name] / values.length)]),
  ) as Record<Name, number>;
}

function round(value: number, digits = 4): number {
  return Number(value.toFixed(digits));
}
