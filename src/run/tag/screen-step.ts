import { createHash } from 'node:crypto';
import { join } from 'node:path';

import type { RowBatch } from '../../core/row.ts';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { applyControlToken } from '../../shard/control-token.ts';
import { openBytes } from '../../source/open-bytes.ts';
import { readUnit } from '../../source/read-unit.ts';
import { encodeScreen } from '../../tag/screen-sidecar.ts';
import { screenUnit } from '../../tag/screen-unit.ts';
import { writeDone } from '../checkpoint.ts';
import { takeEntries } from './take-entries.ts';
import type { ScreenCounts, ScreenTask, StepResult } from '../tasks.ts';

/** Screens one unit for near-duplicates and benchmark texts; publishes its columns and the marker, in that order. */
export async function screenStep(task: ScreenTask): Promise<StepResult<ScreenCounts>> {
  const started = performance.now();
  const entries = takeEntries(readUnit(task.unit, { keepExtra: false, openBytes }), task.take);
  const columns = await screenUnit(
    task.rules,
    withoutTokens(entries, task.tokenFormat),
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
async function* withoutTokens(batches: AsyncIterable<RowBatch>, format: string): AsyncGenerator<RowBatch> {
  const none = { persona: '', mode: 'none', format, dropped: false } as const;
  for await (const batch of batches) {
    yield batch.map((entry) => {
      if ('reject' in entry) return entry;
      const messages = applyControlToken(entry.value.messages, none);
      return { row: entry.row, records: entry.records, value: { messages } };
    });
  }
}
