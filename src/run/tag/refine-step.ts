import { join } from 'node:path';

import type { RowBatch } from '../../core/row.ts';
import type { Tagger } from '../../core/tagger.ts';
import { openBytes } from '../../source/open-bytes.ts';
import { readUnit } from '../../source/read-unit.ts';
import { confidencesOf, isLeastSure } from '../../tag/least-sure.ts';
import { encodeSidecar, readSidecar, runnersUp, type TagColumns } from '../../tag/sidecar.ts';
import { type TagKit, tagUnit } from '../../tag/tag-unit.ts';
import { writeDone } from '../checkpoint.ts';
import { takeEntries } from './take-entries.ts';
import type { RefineCounts, RefineTask } from './cascade-tasks.ts';
import type { StepResult } from '../tasks.ts';
import { encodeLessons, recordLessons } from './lessons.ts';
import { publish, unitIdentity } from './tag-step.ts';

/**
 * Tags the chosen rows of one unit with the accurate tier; publishes their sidecar, what both tiers say of those that are lessons,
 * and the marker, in that order. `fast` is asked only for lessons.
 */
export async function refineStep(
  task: RefineTask,
  kit: TagKit,
  fastTier: Tagger,
): Promise<StepResult<RefineCounts>> {
  const started = performance.now();
  const fast = await readSidecar(join(task.out, task.sidecar));
  const { confidence, hash } = confidencesOf(fast, false);
  const chosen = Uint8Array.from(confidence, (one, row) =>
    isLeastSure(task.choice, one, hash[row] ?? 0) ? 1 : 0,
  );
  const entries = takeEntries(readUnit(task.unit, { keepExtra: false, openBytes }), task.take);
  const recorder = task.lessonShare > 0 ? recordLessons(kit.persona, fastTier) : null;
  const tiers = recorder ? { ...kit, persona: recorder.tagger } : kit;
  const { columns } = await tagUnit(tiers, onlyChosen(entries, chosen), {
    ...unitIdentity(task),
    expectedRows: chosen.reduce((sum, one) => sum + one, 0),
  });
  const outputs = [await publish(task.out, task.refined, encodeSidecar(columns))];
  if (recorder) {
    const lessons = recorder.lessons(confidencesOf(columns, false).hash, task.lessonShare);
    outputs.push(await publish(task.out, lessonsPath(task.refined), encodeLessons(lessons)));
  }
  const step = {
    counts: { rows: columns.rows, agreed: countAgreed(fast, columns, chosen) },
    outputs,
    ms: Math.round(performance.now() - started),
  };
  await writeDone(task.done, task.key, step);
  return step;
}

/** Where the lessons of a refined sidecar lie. */
function lessonsPath(refined: string): string {
  return refined.replace(/\.parquet$/u, '.lessons');
}

/** Of the entries of a unit those with a 1; what lies behind the last of them is not read. */
export async function* onlyChosen(
  batches: AsyncIterable<RowBatch>,
  chosen: Uint8Array,
): AsyncGenerator<RowBatch> {
  const last = chosen.lastIndexOf(1);
  let at = 0;
  for await (const batch of batches) {
    const kept = batch.filter((_, i) => chosen[at + i] === 1);
    at += batch.length;
    if (kept.length > 0) yield kept;
    if (at > last) return;
  }
}

/** Rows whose best persona is the same in both tiers. */
function countAgreed(fast: TagColumns, refined: TagColumns, chosen: Uint8Array): number {
  let agreed = 0;
  let at = 0;
  for (let row = 0; row < fast.rows; row++) {
    if (chosen[row] !== 1) continue;
    if (fast.personas[row * runnersUp] === refined.personas[at * runnersUp]) agreed++;
    at++;
  }
  return agreed;
}
