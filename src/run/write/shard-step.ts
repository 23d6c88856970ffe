import { join } from 'node:path';

import { writeShard } from '../../shard/write-shard.ts';
import { writeDone } from '../checkpoint.ts';
import type { ShardCounts, ShardTask, StepResult } from '../tasks.ts';

/** Writes one shard from its spill segments and publishes its marker. */
export async function shardStep(task: ShardTask): Promise<StepResult<ShardCounts>> {
  const started = performance.now();
  const written = await writeShard({
    path: join(task.out, task.path),
    segments: task.segments.map((segment) => ({ ...segment, path: join(task.out, segment.path) })),
    format: task.format,
    writer: task.writer,
    rowGroupRows: task.rowGroupRows,
    zstdLevel: task.zstdLevel,
  });
  const outputs = [{ path: task.path, bytes: written.bytes, sha256: written.sha256 }];
  const step = {
    counts: { rows: written.rows, counts: written.counts },
    outputs,
    ms: Math.round(performance.now() - started),
  };
  await writeDone(task.done, task.key, step);
  return step;
}
