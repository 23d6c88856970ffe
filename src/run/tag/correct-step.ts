import { join } from 'node:path';

import type { Tagger } from '../../core/tagger.ts';
import { openBytes } from '../../source/open-bytes.ts';
import { readUnit } from '../../source/read-unit.ts';
import { confidencesOf, isLeastSure } from '../../tag/least-sure.ts';
import { overlayCorrected } from '../../tag/overlay.ts';
import { encodeSidecar, readSidecar } from '../../tag/sidecar.ts';
import { type TagKit, tagUnit } from '../../tag/tag-unit.ts';
import { writeDone } from '../checkpoint.ts';
import { correctedTagger } from './corrected-tagger.ts';
import { onlyChosen } from './refine-step.ts';
import { takeEntries } from './take-entries.ts';
import type { CorrectCounts, CorrectTask } from './cascade-tasks.ts';
import type { StepResult } from '../tasks.ts';
import { publish, unitIdentity } from './tag-step.ts';

/**
 * The fast tier's sidecar of one unit with the personas of the corrected tier in it, then the marker. Only rows that could have been
 * lessons are corrected: of others the lessons say nothing.
 */
export async function correctStep(task: CorrectTask, kit: TagKit): Promise<StepResult<CorrectCounts>> {
  const started = performance.now();
  const columns = await readSidecar(join(task.out, task.sidecar));
  const { confidence, hash } = confidencesOf(columns, false);
  const left = Uint8Array.from(confidence, (one, row) =>
    one >= 0 && !isLeastSure(task.choice, one, hash[row] ?? 0) ? 1 : 0,
  );
  const persona = correctedTagger(kit.persona, task.correction);
  const entries = takeEntries(readUnit(task.unit, { keepExtra: false, openBytes }), task.take);
  const corrected = await tagUnit({ ...kit, persona, traits: noTraits }, onlyChosen(entries, left), {
    ...unitIdentity(task),
    expectedRows: left.reduce((sum, one) => sum + one, 0),
  });
  const counts = {
    rows: corrected.columns.rows,
    changed: overlayCorrected(columns, corrected.columns, task.sidecar),
  };
  const outputs = [await publish(task.out, task.corrected, encodeSidecar(columns))];
  const step = { counts, outputs, ms: Math.round(performance.now() - started) };
  await writeDone(task.done, task.key, step);
  return step;
}

const noTraits: Tagger = {
  info: { id: 'none', task: 'traits', labels: [], sha256: '', thresholds: [], doubt: 0 },
  tag: () => Promise.resolve({ scores: new Float32Array() }),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
