import { type CascadeConfig, hasCascade } from '../../config/cascade-schema.ts';
import type { TaggerInfo } from '../../core/tagger.ts';
import type { Correction } from '../../fit/correction.ts';
import type { WorkerPool } from '../../tag/pool.ts';
import { sidecarVersion } from '../../tag/sidecar.ts';
import { stepKey } from '../checkpoint.ts';
import type { RunContext } from '../context.ts';
import { cascadeTask, markerOf, sweepStage } from './cascade-stage.ts';
import type { RefineCounts, RefineTask } from './cascade-tasks.ts';
import { type CorrectionFacts, correctUnits } from './correct-pass.ts';
import { correctedId } from './corrected-tagger.ts';
import { lessonShare } from './lessons.ts';
import { choiceMarker, chooseRows, type StoredChoice } from './refine-choice.ts';
import type { ResolvedSource } from '../scan/sources.ts';
import type { TaggedFileUnit } from './tag-pass.ts';
import type { Judges, StepResult } from '../tasks.ts';
import { runSteps } from '../steps.ts';

/** The accurate tier's part in a corpus; written beside it, so that PLAN and reports know. */
export interface CascadeFacts {
  readonly tagger: string;
  readonly sha256: string;
  /** Persona → threshold of the accurate tier. */
  readonly thresholds: Readonly<Record<string, number>>;
  readonly budget: number | null;
  readonly maxSeconds: number | null;
  /** Rows that could be chosen. */
  readonly eligible: number;
  /** Rows that the accurate tier tagged. */
  readonly rows: number;
  /** Of them: those to which both tiers give the same best persona. */
  readonly agreed: number;
  /** In the least sure rows that were chosen the fast tier's best persona is no more probable. */
  readonly confidence: number;
  /** Of the chosen rows: those that were drawn. Absent, like the next two, in runs of a version that did not correct. */
  readonly drawn?: number;
  /** Whether they were to correct the fast tier. */
  readonly correct?: boolean;
  /** What it learnt from them; null where it did not. */
  readonly correction?: CorrectionFacts | null;
}

export interface RefinePassParams {
  readonly out: string;
  readonly cascade: CascadeConfig;
  /** The accurate tier; null where the configuration asks for none. */
  readonly tagger: TaggerInfo | null;
  readonly fastTagger: TaggerInfo;
  readonly units: readonly TaggedFileUnit[];
  readonly sources: readonly ResolvedSource[];
  readonly toolVersion: string;
}

/** Tagged units, the accurate tier's sidecars among them. */
export interface RefinedUnits {
  readonly units: readonly TaggedFileUnit[];
  /** null without an accurate tier. */
  readonly cascade: CascadeFacts | null;
  /** Of the fast tier; null where there is none. */
  readonly correction: Correction | null;
}

/** Without a cascade the fast tier thrice. */
export function judgesOf(fast: string, cascade: CascadeFacts | null): Judges {
  return cascade ? [fast, cascade.tagger, correctedId(fast, cascade.tagger)] : [fast, fast, fast];
}

/**
 * Tags as many rows as the budget allows with the accurate tier, and lets them correct the fast tier on all others. Which rows is a
 * function of the whole corpus: neither workers nor order nor crashes move it. Units without such rows are read again only
 * for a correction, and the fast tier's sidecars stay as they are. Holds 8 bytes a row while it chooses.
 */
export async function refineUnits(
  pool: WorkerPool,
  params: RefinePassParams,
  context: RunContext,
): Promise<RefinedUnits> {
  const { tagger, cascade, units } = params;
  if (!tagger || !hasCascade(cascade)) {
    await sweepStage(params.out, 'refine', []);
    await sweepStage(params.out, 'correct', []);
    return { units, cascade: null, correction: null };
  }
  const choice = await chooseRows(pool, { ...params, tagger }, context);
  const tasks = planTasks(params, tagger, choice);
  const steps = await runTasks(pool, tasks, params.out, context);
  const files = [
    ...steps.flatMap(({ outputs }) => outputs.map(({ path }) => path)),
    ...tasks.map(({ name }) => markerOf('refine', name)),
  ];
  // The choice stays even where it is of no row: a wall-time budget is measured once.
  await sweepStage(params.out, 'refine', [...files, markerOf('refine', choiceMarker)]);
  const taskOf = new Map(tasks.map((task) => [task.name, task]));
  const total = (key: keyof RefineCounts): number => steps.reduce((sum, { counts }) => sum + counts[key], 0);
  const refined = units.map((unit): TaggedFileUnit => {
    const task = taskOf.get(unit.name);
    return task ? { ...unit, refined: task.refined, fingerprint: task.key.fingerprint } : unit;
  });
  const lessons = steps.flatMap(({ outputs }) => outputs.filter(({ path }) => path.endsWith('.lessons')));
  const corrected = await correctUnits(pool, { ...params, tagger, units: refined, choice, lessons }, context);
  return {
    units: corrected.units,
    correction: corrected.correction,
    cascade: {
      tagger: tagger.id,
      sha256: tagger.sha256,
      thresholds: Object.fromEntries(tagger.labels.map((label, i) => [label, tagger.thresholds[i] ?? 0])),
      budget: cascade.budget ?? null,
      maxSeconds: cascade.max_seconds ?? null,
      eligible: choice.eligible,
      rows: total('rows'),
      agreed: total('agreed'),
      confidence: Math.min(1, choice.confidence / 65535),
      drawn: choice.drawnRows,
      correct: cascade.correct,
      correction: corrected.facts,
    },
  };
}

function planTasks(params: RefinePassParams, tagger: TaggerInfo, choice: StoredChoice): RefineTask[] {
  const { out, units, sources, toolVersion } = params;
  const { confidence, hash, drawn } = choice;
  const share = choice.drawnRows > 0 ? lessonShare(choice.rows) : 0;
  const chosen = units.filter((unit) => choice.units[unit.name]);
  return chosen.map((unit) => ({
    kind: 'refine',
    ...cascadeTask('refine', { out, sources, choice }, unit),
    refined: `refined/${tagger.id}@${tagger.sha256.slice(0, 8)}/${unit.name}.parquet`,
    key: stepKey(
      {
        'rows as the fast tier tagged them': unit.fingerprint,
        'accurate tagger': tagger.sha256,
        'tool version': [toolVersion, sidecarVersion],
      },
      { 'choice of the least sure rows': [confidence, hash, drawn, share] },
    ),
    lessonShare: share,
  }));
}

async function runTasks(
  pool: WorkerPool,
  tasks: readonly RefineTask[],
  out: string,
  context: RunContext,
): Promise<StepResult<RefineCounts>[]> {
  const steps = await runSteps<RefineTask, RefineCounts>(
    pool,
    tasks,
    {
      out,
      stage: 'refine',
      again: 'refined again',
      bytes: 0,
      measure: ({ rows }) => ({ rows, bytes: 0, rejected: 0 }),
    },
    context,
  );
  return [...steps.values()];
}
