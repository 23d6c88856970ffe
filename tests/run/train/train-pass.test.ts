import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';

import { temporaryFolder, treeHashes } from '../../support/run-cli.ts';
import { labelledRows, trainTiny } from './tiny-training.ts';

async function readTagger(folder: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(folder, 'tagger.json'), 'utf8'));
}

/** Eleven texts a class, each under four system messages, in other letters, and longer behind the encoder's limit. */
const copies = [0, 1, 2, 3].flatMap((copy) =>
  labelledRows(22).map((row) => {
    const { instruction, output, persona } = row as Record<string, string>;
    const text = copy === 1 ? instruction?.toUpperCase() : instruction;
    const reply = `${output} ${'and so on '.repeat(60)}${copy === 2 ? 'to the end' : ''}`;
    const messages = [
      ...(copy === 3 ? [{ role: 'system', content: 'You are kind.' }] : []),
      { role: 'user', content: text },
      { role: 'assistant', content: reply },
    ];
    return { messages, persona };
  }),
);

test('rows that the encoder reads as one text are held out together, with equal bytes for any workers and order', async () => {
  const folder = await temporaryFolder();
  const result = await trainTiny(folder, copies);
  // A fifth of eleven texts is two, and each stands four times.
  expect(result.held_out).toEqual({ rows: 16, unseen_origin_classes: 0, repeated_rows: 0 });
  const hashes = await treeHashes(join(folder, 'mine'));
  await trainTiny(folder, copies, { workers: 2 });
  expect(await treeHashes(join(folder, 'mine'))).toEqual(hashes);
  const backwards = await trainTiny(folder, copies.toReversed());
  expect(backwards.held_out).toEqual(result.held_out);
});

test('rows that differ only where the encoder does not read are no different rows', async () => {
  const folder = await temporaryFolder();
  const few = copies.filter((_, row) => row % 22 < 8);
  await expect(trainTiny(folder, few)).rejects.toThrow(
    'fewer than 5 different rows for: math_tutor (4), poet (4)',
  );
});

test('the number of a data set names it as its text does', async () => {
  const folder = await temporaryFolder();
  const numbers = await trainTiny(
    folder,
    labelledRows(120, (row) => ({ origin: row % 12 })),
  );
  expect(numbers.held_out.unseen_origin_classes).toBe(2);
  const texts = await trainTiny(
    folder,
    labelledRows(120, (row) => ({ origin: String(row % 12) })),
  );
  expect(texts.held_out).toEqual(numbers.held_out);
});

test('a tagger that train made passes on the licence and data of its own encoder', async () => {
  const folder = await temporaryFolder();
  const [first, second, third] = ['first', 'second', 'third'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await trainTiny(folder, labelledRows(40), { out: first });
  await trainTiny(folder, labelledRows(60), { out: second, encoder: first });
  await trainTiny(folder, labelledRows(80), { out: third, encoder: second });
  expect(await readTagger(first)).toMatchObject({
    licence: 'encoder: MIT (random weights); head: as the licence of the labelled rows allows',
    data: [{ name: 'labelled.jsonl', licence: 'not stated', rows: 40 }],
  });
  expect(await readTagger(third)).toMatchObject({
    licence: 'encoder: MIT (random weights); head: as the licence of the labelled rows allows',
    data: [{ name: 'labelled.jsonl', licence: 'not stated', rows: 80 }],
    metrics: { encoder: { id: 'second-v1', licence: 'MIT (random weights)', data: [] } },
  });
});

test('the folder does not depend on how its path is spelt', async () => {
  const folder = await temporaryFolder();
  const out = join(folder, 'mine');
  await trainTiny(folder, labelledRows(40), { out });
  const hashes = await treeHashes(out);
  await trainTiny(folder, labelledRows(40), { out: `${relative(process.cwd(), out)}/` });
  expect(await treeHashes(out)).toEqual(hashes);
  expect(await readFile(join(out, 'README.md'), 'utf8')).not.toContain(folder);
});

test('classes whose threshold does not promise the asked precision are counted', async () => {
  const folder = await temporaryFolder();
  const strict = await trainTiny(folder, labelledRows(40), { precision: 0.99 });
  const sentence =
    '2 of 2 classes do not reach a precision of 99 % by what the held-out rows promise; they have the highest threshold, 0.95.';
  expect(strict.precision_missed).toEqual({ classes: ['math_tutor', 'poet'], sentence });
  expect(await readTagger(join(folder, 'mine'))).toMatchObject({
    metrics: { precision_missed: ['math_tutor', 'poet'] },
  });
  expect(await readFile(join(folder, 'mine', 'README.md'), 'utf8')).toContain(sentence);
  const lax = await trainTiny(folder, labelledRows(40), { precision: 0.1 });
  expect(lax.precision_missed).toEqual({ classes: [], sentence: null });
});
