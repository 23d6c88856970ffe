import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

import { runCli, temporaryFolder, treeHashes } from '../support/run-cli.ts';
import { writeTinyEncoder } from '../support/tiny-encoder.ts';

let folder = '';
let labelled = '';
let encoder = '';
const openings = ['code', 'story', 'help', 'explain'];
const personas = ['code_expert', 'creative_storyteller', 'supportive', 'math_tutor'];

beforeAll(async () => {
  folder = await temporaryFolder();
  labelled = join(folder, 'labelled.jsonl');
  encoder = join(folder, 'encoder');
  await writeTinyEncoder(encoder);
  const rows = Array.from({ length: 1200 }, (_, i) =>
    JSON.stringify({
      instruction: `${openings[i % 4]} ${openings[i % 4]} number ${i}`,
      input: '',
      output: `${openings[i % 4]} it is`,
      persona: personas[i % 4],
      origin: `set ${i % 12}`,
    }),
  );
  await writeFile(labelled, `${rows.join('\n')}\n`);
});

const train = (out: string, ...more: string[]): ReturnType<typeof runCli> =>
  runCli(['train', '--data', labelled, '--out', join(folder, out), '--encoder', encoder, ...more]);

test('train writes a tagger folder with equal bytes for any number of workers, usable at once', async () => {
  const one = await train('mine', '--workers', '1', '--json');
  expect([one.code, one.stderr]).toEqual([0, expect.any(String)]);
  const result = JSON.parse(one.stdout);
  expect(result).toMatchObject({ id: 'mine-v1', rows: 1200, classes: 4, encoder: 'tiny-encoder-v1' });
  expect(result.held_out.unseen_origin_classes).toBe(4);
  expect(result.learning_curve.map((point: { share: number }) => point.share)).toEqual([0.1, 0.25, 0.5, 1]);
  expect(result.evaluation.best_accuracy).toBeGreaterThan(0.9);
  const hashes = await treeHashes(join(folder, 'mine'));
  expect(Object.keys(hashes)).toEqual(['README.md', 'model.onnx', 'tagger.json', 'tokenizer.json']);
  const two = await train('mine', '--workers', '2');
  expect(two.stdout).toContain('share of the labels');
  expect(two.stdout).toContain(result.advice.sentence);
  expect(await treeHashes(join(folder, 'mine'))).toEqual(hashes);

  const judged = await runCli(['eval', '--data', labelled, '--tagger', join(folder, 'mine'), '--json']);
  expect(JSON.parse(judged.stdout)).toMatchObject({ tagger: 'mine-v1', rows: 1200 });
  expect(JSON.parse(judged.stdout).best_accuracy).toBeGreaterThan(0.9);
  const tagged = await runCli([
    'tag',
    labelled,
    join(folder, 'out'),
    '--tagger',
    join(folder, 'mine'),
    '--json',
  ]);
  expect(JSON.parse(tagged.stdout).rows).toBe(1200);
});

test('a source of its own for every row is no data set', async () => {
  const path = join(folder, 'sources.jsonl');
  const lines = (await readFile(labelled, 'utf8')).trim().split('\n');
  await writeFile(
    path,
    lines
      .map((line, i) => line.replace(/"origin":"[^"]+"/, `"source":"https://example.org/${i}"`))
      .join('\n'),
  );
  const { code, stdout } = await runCli([
    'train',
    '--data',
    path,
    '--out',
    join(folder, 'by-row'),
    '--encoder',
    encoder,
    '--json',
  ]);
  expect([code, JSON.parse(stdout).held_out.unseen_origin_classes]).toEqual([0, 0]);
});

test('labels that cannot be learnt from are one sentence each, before any row is encoded', async () => {
  const lines = (await readFile(labelled, 'utf8')).trim().split('\n');
  const rare = lines.map((line, i) => (i < 3 ? line.replace(/"persona":"\w+"/, '"persona":"poet"') : line));
  const cases: [string, string, string][] = [
    ['rare.jsonl', rare.join('\n'), 'fewer than 5 different rows for: poet (3)'],
    ['same.jsonl', lines.filter((_, i) => i % 4 === 0).join('\n'), 'all rows are labelled code_expert'],
    ['unknown.jsonl', lines.join('\n').replace('math_tutor', 'math_tuter'), 'did you mean "math_tutor"?'],
    ['damaged.jsonl.gz', 'no gzip at all', 'damaged.jsonl.gz'],
  ];
  for (const [name, content, message] of cases) {
    await writeFile(join(folder, name), content);
    const { code, stderr } = await runCli([
      'train',
      '--data',
      join(folder, name),
      '--out',
      join(folder, 'never'),
      '--encoder',
      encoder,
    ]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(stderr).not.toMatch(/\n\s+at |encode:/);
  }
  expect(await readdir(folder)).not.toContain('never');
});

test('a folder that is no result of train is never replaced', async () => {
  await mkdir(join(folder, 'notes'));
  await writeFile(join(folder, 'notes', 'diary.txt'), 'mine');
  const other = await train('notes');
  expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('is no tagger folder')]);
  const shipped = await train('encoder');
  expect([shipped.code, shipped.stderr]).toEqual([1, expect.stringContaining('was not made by train')]);
  expect(await readdir(join(folder, 'notes'))).toEqual(['diary.txt']);
  expect((await train('kept')).code).toBe(0);
  await writeFile(join(folder, 'kept', 'labels.jsonl'), 'mine');
  const beside = await train('kept');
  expect([beside.code, beside.stderr]).toEqual([1, expect.stringContaining('holds "labels.jsonl" too')]);
  expect(await readFile(join(folder, 'kept', 'labels.jsonl'), 'utf8')).toBe('mine');
});

test('an --out without a value leaves the working folder alone', async () => {
  const cwd = await temporaryFolder();
  await writeFile(join(cwd, 'diary.txt'), 'mine');
  for (const given of [['--out', ''], ['--out=']]) {
    const { code } = await runCli(['train', '--data', labelled, '--encoder', encoder, ...given], { cwd });
    expect([code, await readdir(cwd)]).toEqual([1, ['diary.txt']]);
  }
});

test('train says how many classes no threshold brings to the asked precision', async () => {
  const { stdout } = await train('strict', '--precision', '0.99999');
  expect(stdout).toContain('4 of 4 classes do not reach a precision of 99.999 %');
});

test('a tagger without a sentence encoder is refused', async () => {
  const { code, stderr } = await runCli([
    'train',
    '--data',
    labelled,
    '--out',
    join(folder, 'x'),
    '--encoder',
    'persona-v1',
  ]);
  expect([code, stderr]).toEqual([1, expect.stringContaining('has no sentence encoder')]);
});
