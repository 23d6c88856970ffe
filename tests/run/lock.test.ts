import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';

import { lockHolder, lockRun } from '../../src/run/lock.ts';

let folder = '';
let path = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
  path = join(folder, 'run.lock');
});

test('a folder is held by one, named while it is held, and free afterwards', async () => {
  {
    await using _held = await lockRun(path, folder);
    expect(await lockHolder(path)).toBe(process.pid);
    await expect(lockRun(path, folder)).rejects.toMatchObject({
      code: 'run-locked',
      message: expect.stringContaining(`process ${process.pid}`),
    });
  }
  expect(await lockHolder(path)).toBe(null);
  expect(await readdir(folder)).toEqual([]);
});

test('of many that ask in the same moment exactly one gets the folder', async () => {
  const asked = await Promise.allSettled(Array.from({ length: 20 }, () => lockRun(path, folder)));
  expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test.each([
  ['of a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, started: null })],
  ['of an earlier process with our number', JSON.stringify({ pid: process.pid, started: 'long ago' })],
  ['of an earlier process with our number, in the old form', String(process.pid)],
  ['that a crash left empty', ''],
  ['that is rubbish', '{"pid":'],
])('a lock %s is taken over', async (_, content) => {
  await writeFile(path, content);
  await using _held = await lockRun(path, folder);
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid });
});
