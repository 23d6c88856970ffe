import { join } from 'node:path';

import { openBytes } from '../../source/open-bytes.ts';
import { readUnit } from '../../source/read-unit.ts';
import { confidencesOf, isLeastSure } from '../../tag/least-sure.ts';
import { encodeSidecar, readSidecar, rowFlags, runnersUp, type TagColumns } from '../../tag/sidecar.ts';
import { type TagKit, tagUnit } from '../../tag/tag-unit.ts';
import { writeDone } from '../checkpoint.ts';
import { correctedTagger } from './corrected-tagger.ts';
import { takeEntries } from './take-entries.ts';
import type { CorrectCounts, CorrectTask, StepResult } from '../tasks.ts';
import { publish, unitIdentity } from './tag-step.ts';

/** The fast tier's sidecar of one unit with the personas of the corrected tier in it; then the marker. */
export async function correctStep(task: CorrectTask, kit: TagKit): Promise<StepResult<CorrectCounts>> {
  const started = performance.now();
  const fast = await readSidecar(join(task.out, task.sidecar));
  const persona = correctedTagger(kit.persona, task.correction, '');
  const entries = takeEntries(readUnit(task.unit, { keepExtra: false, openBytes }), task.take);
  const { columns } = await tagUnit({ ...kit, persona }, entries, {
    ...unitIdentity(task),
    expectedRows: fast.rows,
  });
  const { personas, personaScores, originScore } = columns;
  const counts = countChanged(fast, columns, task);
  const outputs = [
    await publish(task.out, task.corrected, encodeSidecar({ ...fast, personas, personaScores, originScore })),
  ];
  const step = { counts, outputs, ms: Math.round(performance.now() - started) };
  await writeDone(task.done, task.key, step);
  return step;
}

function countChanged(fast: TagColumns, corrected: TagColumns, { choice }: CorrectTask): CorrectCounts {
  const { confidence, hash } = confidencesOf(fast, false);
  let [rows, changed] = [0, 0];
  for (let row = 0; row < fast.rows; row++) {
    const isRejected = ((fast.flags[row] ?? 0) & rowFlags.rejected) !== 0;
    if (isRejected || isLeastSure(choice, confidence[row] ?? -1, hash[row] ?? 0)) continue;
    rows++;
    if (fast.personas[row * runnersUp] !== corrected.personas[row * runnersUp]) changed++;
  }
  return { rows, changed };
}
