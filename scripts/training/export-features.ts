// Writes the features of labelled rows to binary files, so that training sees exactly what the product computes.
// Usage: node --import ./scripts/register-ts.mjs scripts/training/export-features.ts rows.jsonl out-prefix
// Row: {"messages": [{"role", "content"}], …}. Files: <out>.json (shapes), .assistant.i32, .user.i32, .counts.i32, .dense.f32, .measures.i32
import { createWriteStream, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { once } from 'node:events';
import { argv } from 'node:process';
import { denseCount, featurise, featuriserVersion, measureCount } from '../../src/onnx/featurise.ts';
import { bucketCount, featureLimits } from '../../src/onnx/scan-layout.ts';
import { parseRow, textBatchOf } from './text-batch.ts';

const [, , rowsPath, outPrefix] = argv;
if (!rowsPath || !outPrefix) throw new Error('usage: export-features.ts rows.jsonl out-prefix');
const names = ['assistant.i32', 'user.i32', 'counts.i32', 'dense.f32', 'measures.i32'] as const;
const files = names.map((name) => createWriteStream(`${outPrefix}.${name}`));
let rows = 0;

async function flush(lines: readonly string[]): Promise<void> {
  const batch = textBatchOf(
    lines.map(parseRow),
    lines.map((line) => line.includes('"tool_calls": true')),
  );
  const features = featurise(batch);
  const counts = new Int32Array(batch.rows * 4);
  for (let row = 0; row < batch.rows; row++) {
    counts[row * 4] = features.assistantCounts[row] ?? 0;
    counts[row * 4 + 1] = features.userCounts[row] ?? 0;
    counts[row * 4 + 2] = features.userTurns[row] ?? 0;
    counts[row * 4 + 3] = features.backReferences[row] ?? 0;
  }
  const arrays = [features.assistantIds, features.userIds, counts, features.dense, features.measures];
  for (const [index, array] of arrays.entries()) {
    const file = files[index];
    if (file && !file.write(Buffer.from(array.buffer, array.byteOffset, array.byteLength)))
      await once(file, 'drain');
  }
  rows += batch.rows;
}

const handle = await open(rowsPath);
let pending: string[] = [];
for await (const line of handle.readLines()) {
  pending.push(line);
  if (pending.length === 512) {
    await flush(pending);
    pending = [];
  }
}
if (pending.length > 0) await flush(pending);
for (const file of files) file.end();
writeFileSync(
  `${outPrefix}.json`,
  JSON.stringify({ rows, featuriserVersion, bucketCount, featureLimits, denseCount, measureCount }),
);
console.error(`${rows} rows, ${denseCount} dense features`);
