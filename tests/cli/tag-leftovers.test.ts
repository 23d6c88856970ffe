import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { runCli, temporaryFolder } from '../support/run-cli.ts';

const rows = (from: number, count: number): string =>
  Array.from(
    { length: count },
    (_, i) =>
      `${JSON.stringify({ instruction: `Say ${from + i}.`, output: `${from + i}, with pleasure.` })}\n`,
  ).join('');

test('tag leaves no parts behind where a file cannot be written', async () => {
  const folder = await temporaryFolder();
  const data = join(folder, 'data');
  await mkdir(data);
  for (const name of ['a.jsonl', 'b.jsonl', 'c.jsonl']) await writeFile(join(data, name), rows(0, 20));
  const out = join(folder, 'tagged');
  await mkdir(join(out, 'b.jsonl', 'in-its-place'), { recursive: true });
  const { code, stderr } = await runCli(['tag', data, out, '--workers', '1']);
  expect([code, stderr]).toEqual([3, expect.stringContaining('b.jsonl')]);
  expect(await readdir(out)).toEqual(['a.jsonl', 'b.jsonl']);
});

test('what a killed process left in a folder is nobody’s rows', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'a.jsonl'), rows(0, 3));
  await writeFile(join(folder, '.b.jsonl.part-00000'), rows(10, 3));
  await writeFile(join(folder, 'c.jsonl.tmp-0123456789ab'), rows(20, 3));
  const { stdout, stderr } = await runCli(['tag', folder, `${folder}-tagged`, '--json', '--workers', '1']);
  expect(JSON.parse(stdout).rows).toBe(3);
  expect(stderr).toContain('c.jsonl.tmp-0123456789ab: left by a process that was killed');
});
