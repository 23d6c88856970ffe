import { join } from 'node:path';

import type { TaggerInfo } from '../../core/tagger.ts';
import type { Correction } from '../../fit/correction.ts';
import type { WorkerPool } from '../../tag/pool.ts';
import { sidecarVersion } from '../../tag/sidecar.ts';
import { checkDone, type DoneOutput, type StepKey, stepKey, writeDone } from '../checkpoint.ts';
import type { RunContext } from '../context.ts';
import { runPaths } from '../paths.ts';
import type { ResolvedSource } from '../scan/sources.ts';
import { runSteps } from '../steps.ts';
import { cascadeTask, markerOf, sweepStage } from './cascade-stage.ts';
import type { CorrectCounts, CorrectTask } from './cascade-tasks.ts';
import { learnFrom } from './learn.ts';
import { type LessonRows, mergeLessons, readLessons } from './lessons.ts';
import { isFixed, type StoredChoice } from './refine-choice.ts';
import type { TaggedFileUnit } from './tag-pass.ts';

/** Changes when the same lessons teach something else. */
const correctionVersion = 1;

/** What the accurate tier taught the fast one. */
export interface CorrectionFacts {
  /** Rows that both tiers judged for it. */
  readonly lessons: number;
  /** Of the drawn ones: rows on which both tiers agree, before, and after each was judged by what the others teach. */
  readonly agreement: Correction['agreement'];
  /** Rows that were corrected: all that could have been chosen and were not; and those whose best persona then was another. */
  readonly rows: number;
  readonly changed: number;
}

interface CorrectParams {
  readonly out: string;
  readonly fastTagger: TaggerInfo;
  readonly tagger: TaggerInfo;
  readonly units: readonly TaggedFileUnit[];
  readonly sources: readonly ResolvedSource[];
  readonly toolVersion: string;
  readonly choice: StoredChoice;
  /** Files of lessons. */
  readonly lessons: readonly DoneOutput[];
}

/**
 * Fits a correction of the fast tier to the rows that the accurate tier judged, and tags the others with it; their sidecars then
 * stand in the place of the fast tier's. Units come back as they are where too few rows were judged. Holds the lessons,
 * 5 MB, and what is fitted to them, 20 MB.
 */
export async function correctUnits(
  pool: WorkerPool,
  params: CorrectParams,
  context: RunContext,
): Promise<{
  readonly units: readonly TaggedFileUnit[];
  readonly correction: Correction | null;
  readonly facts: CorrectionFacts | null;
}> {
  const { out, units, choice } = params;
  if (choice.drawnRows === 0) {
    await sweepStage(out, 'correct', []);
    return { units, correction: null, facts: null };
  }
  const { correction, lessons, key } = await learn(pool, params, context);
  if (!correction) {
    await sweepStage(out, 'correct', [markerOf('correct', correctionMarker)]);
    return { units, correction: null, facts: null };
  }
  const tasks = planTasks(params, correction, key);
  const steps = await runSteps<CorrectTask, CorrectCounts>(
    pool,
    tasks,
    {
      out,
      stage: 'correct',
      again: 'corrected again',
      bytes: 0,
      measure: ({ rows }) => ({ rows, bytes: 0, rejected: 0 }),
    },
    context,
  );
  const files = tasks.flatMap(({ name, corrected }) => [corrected, markerOf('correct', name)]);
  await sweepStage(out, 'correct', [...files, markerOf('correct', correctionMarker)]);
  const taskOf = new Map(tasks.map((task) => [task.name, task]));
  const counts = [...steps.values()].map((step) => step.counts);
  return {
    units: units.map((unit): TaggedFileUnit => {
      const task = taskOf.get(unit.name);
      return task ? { ...unit, sidecar: task.corrected, fingerprint: task.key.fingerprint } : unit;
    }),
    correction,
    facts: {
      lessons,
      agreement: correction.agreement,
      rows: counts.reduce((sum, { rows }) => sum + rows, 0),
      changed: counts.reduce((sum, { changed }) => sum + changed, 0),
    },
  };
}

/** Name of the marker that keeps what was learnt; no unit is called so. */
const correctionMarker = 'correction';

interface Learnt {
  /** null: too few rows that differ. */
  readonly correction: Correction | null;
  readonly lessons: number;
}

async function learn(
  pool: WorkerPool,
  params: CorrectParams,
  context: RunContext,
): Promise<Learnt & { readonly key: StepKey }> {
  const { out, fastTagger, tagger, choice, lessons } = params;
  const { drawn } = choice;
  const done = runPaths(out).done('correct', correctionMarker);
  const key = stepKey({
    'rows that both tiers judged': lessons.map(({ sha256 }) => sha256).toSorted(),
    'draw of rows': drawn,
    'fast tagger': fastTagger.sha256,
    'accurate tagger': tagger.sha256,
    'tool version': [params.toolVersion, correctionVersion],
  });
  const reuse = await checkDone<Learnt>(done, key, out);
  if ('done' in reuse) return { ...reuse.done.counts, key };
  const labels = fastTagger.labels.length;
  const parts: LessonRows[] = [];
  for (const { path } of lessons) parts.push(await readLessons(join(out, path), labels));
  const merged = mergeLessons(parts, choice, labels);
  const correction = await learnFrom(pool, merged, fastTagger, context);
  const learnt = { correction, lessons: merged.drawn.length };
  await writeDone(done, key, { outputs: [], counts: learnt, ms: 0 });
  return { ...learnt, key };
}

function planTasks(params: CorrectParams, correction: Correction, learnt: StepKey): CorrectTask[] {
  const { units, toolVersion, fastTagger, tagger } = params;
  const folder = `corrected/${fastTagger.id}+${tagger.id}@${learnt.fingerprint.slice(0, 8)}`;
  const free = units.filter((unit) => !isFixed(params, unit));
  return free.map((unit) => ({
    kind: 'correct',
    ...cascadeTask('correct', params, unit),
    corrected: `${folder}/${unit.name}.parquet`,
    key: stepKey(
      {
        'rows as both tiers tagged them': unit.fingerprint,
        'tool version': [toolVersion, sidecarVersion],
      },
      { 'correction by the accurate tier': learnt.fingerprint },
    ),
    correction,
  }));
}
