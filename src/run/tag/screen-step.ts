import { createHash } from 'node:crypto';
import { join } from 'node:path';

import type { RowBatch } from '../../core/row.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { compileControlToken, type ControlToken } from '../../shard/control-token.ts';
import { openBytes } from '../../source/open-bytes.ts';
import { readUnit } from '../../source/read-unit.ts';
import { encodeScreen } from '../../tag/screen-sidecar.ts';
import { screenUnit } from '../../tag/screen-unit.ts';
import { writeDone } from '../checkpoint.ts';
import { takeEntries } from './take-entries.ts';
import type { ScreenCounts, ScreenTask, StepResult } from '../tasks.ts';

/** Screens one unit for near-duplicates and benchmark texts; publishes its columns and the marker, in that order. */
export async function screenStep(task: ScreenTask, taxonomy: Taxonomy): Promise<StepResult<ScreenCounts>> {
  const started = performance.now();
  const entries = takeEntries(readUnit(task.unit, { keepExtra: false, openBytes }), task.take);
  const columns = await screenUnit(
    task.rules,
    withoutTokens(entries, compileControlToken(task.tokenFormat, taxonomy.personas)),
    task.take ?? task.unit.records ?? 4096,
  );
  const content = encodeScreen(columns);
  await writeFileAtomic(join(task.out, task.sidecar), content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const step = {
    counts: { rows: columns.rows },
    outputs: [{ path: task.sidecar, bytes: content.length, sha256 }],
    ms: Math.round(performance.now() - started),
  };
  await writeDone(task.done, task.key, step);
  return step;
}

/** The rows as shards hold them but for the token: `verify` finds the same words. */
async function* withoutTokens(
  batches: AsyncIterable<RowBatch>,
  token: ControlToken,
): AsyncGenerator<RowBatch> {
  for await (const batch of batches) {
    yield batch.map((entry) => {
      if ('reject' in entry) return entry;
      return {
        row: entry.row,
        records: entry.records,
        value: { messages: token.strip(entry.value.messages) },
      };
    });
  }
}
