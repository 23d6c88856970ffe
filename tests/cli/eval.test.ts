import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';

import { runCli, temporaryFolder } from '../support/run-cli.ts';

const tiny = join(import.meta.dirname, '..', 'taggers', 'fixtures', 'tiny-bert');
let folder = '';
let labelled = '';

const row = (instruction: string, output: string, persona: string, more = {}): string =>
  JSON.stringify({ instruction, input: '', output, persona, ...more });

beforeAll(async () => {
  folder = await temporaryFolder();
  labelled = join(folder, 'labelled.jsonl');
  const rows = Array.from({ length: 40 }, (_, i) => [
    row(`Sort list ${i} in Python.`, `\`\`\`python\nitems_${i}.sort()\n\`\`\``, 'code_expert'),
    row(`I feel sad, day ${i}.`, 'That sounds really hard. I am here with you.', 'empathetic_counselor'),
  ]).flat();
  await writeFile(labelled, `${rows.join('\n')}\nno json\n`);
});

test('eval scores labelled rows with stable keys', async () => {
  const { code, stdout } = await runCli(['eval', '--data', labelled, '--json']);
  expect(code).toBe(0);
  const result = JSON.parse(stdout);
  expect(result).toMatchObject({ tagger: 'persona-v1', among: 'all', rows: 80, unreadable: 1 });
  for (const key of ['accuracy', 'macro_f1', 'category_accuracy', 'parent_accuracy', 'ece'])
    expect(result[key]).toEqual(expect.any(Number));
  expect(result.per_class.code_expert.support).toBe(40);
  expect(Object.keys(result.confusion)).toEqual(['code_expert', 'empathetic_counselor']);
});

test('eval gives the same numbers with 1 and 2 workers, and from one compressed file', async () => {
  const packed = join(folder, 'labelled.jsonl.gz');
  await writeFile(packed, gzipSync(await readFile(labelled)));
  const one = await runCli(['eval', '--data', labelled, '--json', '--workers', '1']);
  const two = await runCli(['eval', '--data', labelled, '--json', '--workers', '2']);
  const zipped = await runCli(['eval', '--data', packed, '--json']);
  expect(two.stdout).toBe(one.stdout);
  expect(zipped.stdout).toBe(one.stdout);
});

test('among the labelled classes nothing abstains and only they are predicted', async () => {
  const { stdout } = await runCli(['eval', '--data', labelled, '--among', 'labelled', '--json']);
  const result = JSON.parse(stdout);
  expect(result).toMatchObject({ among: 'labelled', abstention_rate: 0, labelled_classes: 2 });
  expect(Object.keys(result.per_class)).toEqual(['code_expert', 'empathetic_counselor']);
});

test('two taggers are compared on the same rows, in text and as JSON', async () => {
  const args = ['eval', '--data', labelled, '--tagger', 'persona-v1'];
  const json = JSON.parse((await runCli([...args, '--against', tiny, '--json'])).stdout);
  expect(json.against.tagger).toBe('tiny-bert-v1');
  const twins = ['eval', '--data', labelled, '--tagger', tiny, '--against', tiny, '--json'];
  const twin = JSON.parse((await runCli(twins)).stdout);
  expect([twin.tagger, twin.against.tagger]).toEqual([`tiny-bert-v1 (${tiny})`, `tiny-bert-v1 (${tiny})`]);
  expect(json.comparison.accuracy.difference).toBeCloseTo(json.accuracy - json.against.accuracy, 12);
  const text = await runCli([...args, '--tagger', tiny]);
  expect(text.stdout).toContain('persona-v1 and tiny-bert-v1 on the same 80 rows of 2 classes');
  expect(text.stdout).toContain('95 % interval');
});

test('what is wrong with the labels is one sentence before any row is tagged', async () => {
  const cases: [string, string, string][] = [
    ['unknown.jsonl', row('a', 'b', 'code_expret'), 'did you mean "code_expert"?'],
    ['missing.jsonl', '{"instruction":"a","input":"","output":"b"}', 'missing.jsonl: row 0: no persona'],
    ['empty.jsonl', '', 'empty.jsonl: the file has no bytes'],
  ];
  for (const [name, content, message] of cases) {
    await writeFile(join(folder, name), content);
    const { code, stderr } = await runCli(['eval', '--data', join(folder, name)]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(stderr).not.toMatch(/\n\s+at |tag {2}/);
  }
  const late = [...Array.from({ length: 3000 }, () => row('a', 'b', 'poet')), row('a', 'b', 'pooet')];
  await writeFile(join(folder, 'late.jsonl'), late.join('\n'));
  const { code, stderr } = await runCli(['eval', '--data', join(folder, 'late.jsonl')]);
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining('late.jsonl: row 3000: unknown persona "pooet"'),
  ]);
  expect(stderr).not.toContain('tag:');
});

test('three taggers to compare are an error', async () => {
  const three = await runCli([
    'eval',
    '--data',
    labelled,
    ...['persona-v1', 'b', 'c'].flatMap((name) => ['--tagger', name]),
  ]);
  expect([three.code, three.stderr]).toEqual([1, expect.stringContaining('two at most')]);
});
