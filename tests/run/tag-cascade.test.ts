import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';

import { generateCorpus } from '../../bench/generate-corpus.ts';
import { runCli, temporaryFolder, treeHashes } from '../support/run-cli.ts';

const tiny = join(import.meta.dirname, '..', 'taggers', 'fixtures', 'tiny-bert');
let folder = '';

vi.setConfig({ testTimeout: 240_000 });

beforeAll(async () => {
  folder = await temporaryFolder();
  await generateCorpus({ rows: 200, seed: 3, path: join(folder, 'in', 'a.jsonl'), format: 'jsonl' });
  await generateCorpus({ rows: 100, seed: 4, path: join(folder, 'in', 'b.jsonl'), format: 'jsonl' });
});

const tag = (out: string, ...more: string[]) =>
  runCli(['tag', join(folder, 'in'), join(folder, out), '--json', ...more]);

async function rowsOf(out: string): Promise<Record<string, unknown>[]> {
  const texts = await Promise.all(
    ['a', 'b'].map((name) => readFile(join(folder, out, `${name}.jsonl`), 'utf8')),
  );
  return texts.flatMap((text) => text.trimEnd().split('\n')).map((line) => JSON.parse(line));
}

test('tag --cascade gives its share of all files to the accurate tier, the same rows with 1 and 2 workers', async () => {
  const cascade = ['--cascade', '0.1', '--accurate', tiny];
  const one = await tag('one', ...cascade, '--workers', '1');
  const two = await tag('two', ...cascade, '--workers', '2');
  const fast = await tag('fast');
  expect([one.code, two.code, fast.code]).toEqual([0, 0, 0]);
  expect(JSON.parse(one.stdout).taggers).toEqual({ 'persona-v1': 270, 'tiny-bert-v1': 30 });
  expect(JSON.parse(fast.stdout).taggers).toEqual({ 'persona-v1': 300 });
  expect(await treeHashes(join(folder, 'two'))).toEqual(await treeHashes(join(folder, 'one')));
  const before = await rowsOf('fast');
  for (const [i, row] of (await rowsOf('one')).entries())
    if (row['_tagged_by'] === 'persona-v1') expect(row).toEqual(before[i]);
});

test('from 100 rows on they correct the fast tier on all others, the same with 1 and 2 workers', async () => {
  const cascade = ['--cascade', '0.5', '--accurate', tiny];
  const one = await tag('corrected-1', ...cascade, '--workers', '1');
  const two = await tag('corrected-2', ...cascade, '--workers', '2');
  const plain = await tag('plain', ...cascade, '--no-correct');
  expect([one.code, two.code, plain.code]).toEqual([0, 0, 0]);
  expect(JSON.parse(one.stdout).taggers).toEqual({ 'persona-v1+tiny-bert-v1': 150, 'tiny-bert-v1': 150 });
  expect(JSON.parse(plain.stdout).taggers).toEqual({ 'persona-v1': 150, 'tiny-bert-v1': 150 });
  expect(await treeHashes(join(folder, 'corrected-2'))).toEqual(
    await treeHashes(join(folder, 'corrected-1')),
  );
  const all = await rowsOf('plain');
  for (const [i, row] of (await rowsOf('corrected-1')).entries())
    if (row['_tagged_by'] === all[i]?.['_tagged_by']) expect(row).toEqual(all[i]);
});

test('a share that equal rows at the edge leave no room for is warned of', async () => {
  const row = (text: string): string => JSON.stringify({ instruction: 'Say it.', output: text });
  const equal = Array.from({ length: 40 }, () => row('It is what it is, more or less.'));
  await writeFile(join(folder, 'equal.jsonl'), equal.join('\n'));
  const cascade = ['--cascade', '0.5', '--accurate', tiny];
  const places = [join(folder, 'equal.jsonl'), join(folder, 'equal')];
  const { code, stdout, stderr } = await runCli(['tag', ...places, '--json', ...cascade]);
  expect([code, JSON.parse(stdout).taggers]).toEqual([0, { 'persona-v1': 40 }]);
  expect(stderr).toContain('the accurate tier gets 0 rows instead of 20');
});

test.each([
  [['--cascade', '5'], '--cascade 5: not a share'],
  [['--cascade', '0.1', '--explain'], 'does not look at words one by one'],
  [['--cascade', '0.1', '--accurate', 'traits-v1'], 'tags traits'],
])('%j is refused', async (args, words) => {
  const { code, stderr } = await tag('bad', ...args);
  expect([code, stderr]).toEqual([1, expect.stringContaining(words)]);
});

test('a pipe has no least sure rows before its end', async () => {
  const { code, stderr } = await runCli(['tag', '-', '-', '--cascade', '0.1'], { input: '' });
  expect([code, stderr]).toEqual([1, expect.stringContaining('known only at its end')]);
});
