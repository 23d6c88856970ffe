import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { openPool } from '../../src/tag/pool.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pool-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A module that takes its time to load and leaves a file per thread once it has. */
async function slowWorker(ending: string): Promise<URL> {
  const path = join(folder, 'worker.mjs');
  const lines = [
    "import { writeFileSync } from 'node:fs';",
    "import { threadId } from 'node:worker_threads';",
    'await new Promise((resolve) => setTimeout(resolve, 400));',
    `writeFileSync(${JSON.stringify(folder)} + '/loaded-' + threadId, '');`,
    ending,
  ];
  await writeFile(path, lines.join('\n'));
  return pathToFileURL(path);
}

test('a pool that is closed at once waits until its workers have loaded', async () => {
  const workerUrl = await slowWorker('export default (task) => ({ ok: true, value: task.number + 1 });');
  await openPool({ workerUrl, workers: 2, workerData: null })[Symbol.asyncDispose]();
  expect((await readdir(folder)).filter((name) => name.startsWith('loaded-'))).toHaveLength(2);
});

test('a pool runs every task and can be closed afterwards', async () => {
  const workerUrl = await slowWorker('export default (task) => ({ ok: true, value: task.number + 1 });');
  const results: number[] = [];
  await using pool = openPool({ workerUrl, workers: 2, workerData: null });
  await pool.runAll<{ number: number }, number>([{ number: 1 }, { number: 2 }, { number: 3 }], {
    onResult: (result) => void results.push(result),
  });
  expect(results.toSorted((a, b) => a - b)).toEqual([2, 3, 4]);
});

test('a worker module that cannot be loaded fails the run and does not keep the pool open', async () => {
  const workerUrl = await slowWorker("throw new Error('no');");
  await expect(
    (async () => {
      await using pool = openPool({ workerUrl, workers: 2, workerData: null });
      await pool.runAll<{ number: number }, number>([{ number: 1 }], { onResult: () => undefined });
    })(),
  ).rejects.toThrow();
});
