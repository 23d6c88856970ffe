import type { FileScan } from '../../core/unit.ts';
import { chooseLeastSure, type LeastSureChoice, type UnitConfidence } from '../../tag/least-sure.ts';
import type { WorkerPool } from '../../tag/pool.ts';
import type { RunContext } from '../context.ts';
import type { SurveyTask } from '../tasks.ts';

/** Equal rows go together: many of them at the edge leave the accurate tier with fewer rows than were asked for. */
export function warnShortChoice({ rows, wanted }: LeastSureChoice, context: RunContext): void {
  if (rows >= 0.9 * wanted) return;
  context.warn(
    'cascade-short',
    `the accurate tier gets ${rows} rows instead of ${wanted}: the next least sure rows are equal in content, and too many to take all`,
  );
}

/**
 * The share of all rows of a tree of which the fast tier is least sure: a first pass over the files, before any row is written.
 * The order of files and the workers do not show. Memory: 8 bytes a row.
 */
export async function surveyTree(
  pool: WorkerPool,
  scans: readonly FileScan[],
  share: number,
  context: RunContext,
): Promise<LeastSureChoice> {
  const tasks = scans.flatMap(({ units }) => units.map((unit): SurveyTask => ({ kind: 'survey', unit })));
  const stage = context.stage('refine', tasks.length, 0, 0);
  const surveyed: UnitConfidence[] = [];
  await pool.runAll<SurveyTask, UnitConfidence>(tasks, {
    signal: context.signal,
    onResult(unit, { unit: { file } }) {
      surveyed.push(unit);
      const rows = unit.confidence.length;
      stage.unitEnd({ unit: file.name, rows, bytes: 0, rejected: 0, reused: false, ms: 0 });
    },
  });
  stage.end();
  const choice = chooseLeastSure(surveyed, (eligible) => Math.round(eligible * share));
  warnShortChoice(choice, context);
  return choice;
}
