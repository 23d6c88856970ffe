import { join } from 'node:path';

import type { CascadeConfig } from '../../config/cascade-schema.ts';
import type { TaggerInfo } from '../../core/tagger.ts';
import {
  chooseLeastSure,
  confidencesOf,
  isLeastSure,
  type LeastSureChoice,
  type UnitConfidence,
} from '../../tag/least-sure.ts';
import type { WorkerPool } from '../../tag/pool.ts';
import { readSidecar } from '../../tag/sidecar.ts';
import { checkDone, type StepKey, stepKey, writeDone } from '../checkpoint.ts';
import type { RunContext } from '../context.ts';
import { runPaths } from '../paths.ts';
import type { ResolvedSource } from '../scan/sources.ts';
import type { TaggedFileUnit } from './tag-pass.ts';
import type { Pace, PaceTask } from '../tasks.ts';
import { warnShortChoice } from './survey.ts';

/** Name of the marker that keeps the choice; no unit is called so. */
export const choiceMarker = 'choice';

export interface StoredChoice extends LeastSureChoice {
  /** Rows chosen of each unit that has any. */
  readonly units: Readonly<Record<string, number>>;
}

interface ChoiceParams {
  readonly out: string;
  readonly cascade: CascadeConfig;
  readonly tagger: TaggerInfo;
  readonly units: readonly TaggedFileUnit[];
  readonly sources: readonly ResolvedSource[];
}

/**
 * Decides which rows the accurate tier tags, from the sidecars alone, and keeps the decision: a run that is started again goes on
 * with it, also where a wall-time budget made it. Holds 8 bytes a row.
 */
export async function chooseRows(
  pool: WorkerPool,
  params: ChoiceParams,
  context: RunContext,
): Promise<StoredChoice> {
  const done = runPaths(params.out).done('refine', choiceMarker);
  const key = choiceKey(params);
  const reuse = await checkDone<StoredChoice>(done, key, params.out);
  if ('done' in reuse) return reuse.done.counts;
  const confidences: UnitConfidence[] = [];
  for (const unit of params.units)
    confidences.push(confidencesOf(await readSidecar(join(params.out, unit.sidecar)), isFixed(params, unit)));
  const { budget = 1, max_seconds: seconds } = params.cascade;
  const inTime = seconds === undefined ? Infinity : await rowsInTime(pool, params.units, seconds, context);
  const choice = chooseLeastSure(
    confidences,
    (eligible) => Math.min(Math.round(eligible * budget), inTime),
    params.cascade.correct,
  );
  warnShortChoice(choice, context);
  const stored = { ...choice, units: rowsPerUnit(params.units, confidences, choice) };
  await writeDone(done, key, { outputs: [], counts: stored, ms: 0 });
  return stored;
}

/** The order of the units is no part of it. */
function choiceKey(params: ChoiceParams): StepKey {
  const { cascade, tagger, units } = params;
  const rows = units.map((unit) => [unit.name, unit.fingerprint, isFixed(params, unit)]);
  return stepKey({
    'tagged rows': rows.toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)),
    'accurate tagger': tagger.sha256,
    'budget of the cascade': [cascade.budget ?? null, cascade.max_seconds ?? null, cascade.correct],
  });
}

/** Rows whose label their source fixes need no second look. */
export function isFixed(
  { sources }: { readonly sources: readonly ResolvedSource[] },
  { source }: TaggedFileUnit,
): boolean {
  const { persona, priorStrength } = sources[source] ?? { persona: null, priorStrength: 0 };
  return persona !== null && priorStrength === 1;
}

function rowsPerUnit(
  units: readonly TaggedFileUnit[],
  confidences: readonly UnitConfidence[],
  choice: LeastSureChoice,
): Record<string, number> {
  const counts = confidences.map(({ confidence, hash }) =>
    confidence.reduce((sum, one, row) => sum + (isLeastSure(choice, one, hash[row] ?? 0) ? 1 : 0), 0),
  );
  const named = units.flatMap(({ name }, u): [string, number][] => (counts[u] ? [[name, counts[u]]] : []));
  return Object.fromEntries(named.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Of the time that is given, this much goes into measuring, at most `paceSeconds`. */
const paceShare = 0.1;
const paceSeconds = 5;

/** How many rows the accurate tier tags in so many seconds: measured on the first rows of the largest units, one a worker. */
async function rowsInTime(
  pool: WorkerPool,
  units: readonly TaggedFileUnit[],
  seconds: number,
  context: RunContext,
): Promise<number> {
  const started = performance.now();
  const largest = units.toSorted((a, b) => b.counts.rows - a.counts.rows || (a.name < b.name ? -1 : 1));
  const ms = Math.min(seconds * paceShare, paceSeconds) * 1000;
  const tasks = largest.slice(0, pool.workers).map(({ unit }): PaceTask => ({ kind: 'pace', unit, ms }));
  let rowsPerMs = 0;
  await pool.runAll<PaceTask, Pace>(tasks, {
    signal: context.signal,
    onResult(pace) {
      rowsPerMs += pace.rows / Math.max(1, pace.ms);
    },
  });
  const left = seconds * 1000 - (performance.now() - started);
  return Math.max(0, Math.floor(rowsPerMs * left));
}
