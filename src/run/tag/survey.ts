import type { TaggerInfo } from '../../core/tagger.ts';
import type { FileScan, Unit } from '../../core/unit.ts';
import {
  chooseLeastSure,
  isLeastSure,
  type LeastSureChoice,
  type UnitConfidence,
} from '../../tag/least-sure.ts';
import type { WorkerPool } from '../../tag/pool.ts';
import type { RunContext } from '../context.ts';
import type { LookTask, UnitCascade } from './cascade-tasks.ts';
import type { SurveyTask } from '../tasks.ts';
import { learnFrom } from './learn.ts';
import { lessonShare, mergeLessons } from './lessons.ts';
import type { lookStep } from './look-step.ts';

/** Equal rows go together: many of them at the edge leave the accurate tier with fewer rows than were asked for. */
export function warnShortChoice({ rows, wanted }: LeastSureChoice, context: RunContext): void {
  if (rows >= 0.9 * wanted) return;
  context.warn(
    'cascade-short',
    `the accurate tier gets ${rows} rows instead of ${wanted}: the next ones are equal in content, and too many to take all`,
  );
}

/** How `tag` uses an accurate tier. */
export interface TreeCascade {
  /** Share of the rows that it tags. */
  readonly share: number;
  /** Whether these rows correct the fast tier on the others. */
  readonly correct: boolean;
  readonly accurate: TaggerInfo;
  readonly fast: TaggerInfo;
}

/**
 * Gives a share of the rows of a tree to the accurate tier, and lets them correct the fast tier: two passes over the files, before any
 * row is written. Neither the order of files nor the workers show. Memory: 8 bytes a row, and 77 for each of the share; 5 MB of lessons.
 */
export async function judgeTree(
  pool: WorkerPool,
  scans: readonly FileScan[],
  params: TreeCascade & { readonly threshold: number | null },
  context: RunContext,
): Promise<ReadonlyMap<Unit, UnitCascade>> {
  const units = scans.flatMap((scan) => scan.units);
  const { choice, chosen } = await chooseRows(pool, units, params, context);
  const share = choice.drawnRows > 0 ? lessonShare(choice.rows) : 0;
  const tasks = [...chosen].map(([unit, rows]): LookTask => ({
    kind: 'look',
    unit,
    rows,
    threshold: params.threshold,
    lessonShare: share,
  }));
  const found = await askUnits<LookTask, Awaited<ReturnType<typeof lookStep>>>(
    pool,
    tasks,
    'refine',
    ({ looks }) => looks.at.length,
    context,
  );
  const parts = [...found.values()].flatMap(({ lessons }) => lessons ?? []);
  const lessons = mergeLessons(parts, choice, params.fast.labels.length);
  const correction = share > 0 ? await learnFrom(pool, lessons, params.fast, context) : null;
  return new Map(
    units.map((unit) => [
      unit,
      { looks: found.get(unit)?.looks ?? null, correction, accurate: params.accurate },
    ]),
  );
}

/** Which readable rows of which units the accurate tier gets. */
async function chooseRows(
  pool: WorkerPool,
  units: readonly Unit[],
  { share, correct }: TreeCascade,
  context: RunContext,
): Promise<{ readonly choice: LeastSureChoice; readonly chosen: ReadonlyMap<Unit, Uint32Array> }> {
  const tasks = units.map((unit): SurveyTask => ({ kind: 'survey', unit }));
  const surveyed = await askUnits<SurveyTask, UnitConfidence>(
    pool,
    tasks,
    'tag',
    ({ hash }) => hash.length,
    context,
  );
  const choice = chooseLeastSure([...surveyed.values()], (eligible) => Math.round(eligible * share), correct);
  warnShortChoice(choice, context);
  const chosen = new Map<Unit, Uint32Array>();
  for (const [unit, { confidence, hash }] of surveyed) {
    const rows = Uint32Array.from(hash.keys()).filter((row) =>
      isLeastSure(choice, confidence[row] ?? -1, hash[row] ?? 0),
    );
    if (rows.length > 0) chosen.set(unit, rows);
  }
  return { choice, chosen };
}

/** One answer a unit, in whatever order they come. */
async function askUnits<Task extends { readonly unit: Unit }, Answer>(
  pool: WorkerPool,
  tasks: readonly Task[],
  stageName: 'tag' | 'refine',
  rowsOf: (answer: Answer) => number,
  context: RunContext,
): Promise<ReadonlyMap<Unit, Answer>> {
  const stage = context.stage(stageName, tasks.length, 0, 0);
  const answers = new Map<Unit, Answer>();
  await pool.runAll<Task, Answer>(tasks, {
    signal: context.signal,
    onResult(answer, { unit }) {
      answers.set(unit, answer);
      const rows = rowsOf(answer);
      stage.unitEnd({ unit: unit.file.name, rows, bytes: 0, rejected: 0, reused: false, ms: 0 });
    },
  });
  stage.end();
  return answers;
}
