import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseRow, textBatchOf } from '../../scripts/training/text-batch.ts';
import type { Tagger } from '../../src/core/tagger.ts';
import { loadTaxonomy, openTagger, taggersRoot } from '../../taggers/index.ts';
import { taggerContract } from '../contract/tagger.contract.ts';

const folder = join(taggersRoot, 'persona-v1');
const open = async () => openTagger(folder, await loadTaxonomy());

taggerContract('persona-v1', open);

async function bestOf(tagger: Tagger, conversations: Parameters<typeof textBatchOf>[0]): Promise<string[]> {
  const { labels } = tagger.info;
  const { scores } = await tagger.tag(textBatchOf(conversations));
  return conversations.map((_, row) => {
    const own = scores.subarray(row * labels.length, (row + 1) * labels.length);
    return labels[own.indexOf(Math.max(...own))] ?? '';
  });
}

test('scores of a row are probabilities over all personas of the taxonomy', async () => {
  await using tagger = await open();
  const { personas } = await loadTaxonomy();
  expect(tagger.info.labels).toEqual(personas.map((persona) => persona.id));
  const { scores } = await tagger.tag(textBatchOf([[{ role: 'assistant', content: 'def f(x): return x' }]]));
  expect(scores.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 2);
});

test.each(['persona-v1', 'minilm-v1'])(
  '%s: golden rows keep their persona, and words that only look like a persona do not make it',
  async (name) => {
    const lines = readFileSync(join(taggersRoot, name, 'golden.jsonl'), 'utf8')
      .trim()
      .split('\n');
    const golden = lines.map((line) => JSON.parse(line) as { persona?: string; not?: string[] });
    expect(golden.flatMap((row) => row.not ?? []).length).toBeGreaterThan(9);
    await using tagger = await openTagger(join(taggersRoot, name), await loadTaxonomy());
    const found = await bestOf(tagger, lines.map(parseRow));
    for (const [i, row] of golden.entries()) {
      if (row.persona) expect(found[i], lines[i]).toBe(row.persona);
      for (const persona of row.not ?? []) expect(found[i], lines[i]).not.toBe(persona);
    }
  },
);

test('multi_turn needs three user turns, quoted turns included', async () => {
  await using tagger = await open();
  const place = tagger.info.labels.indexOf('multi_turn');
  const turn = (user: string, assistant: string) => [
    { role: 'user', content: user },
    { role: 'assistant', content: assistant },
  ];
  const two = [
    ...turn('I need a table for two tonight.', 'Which town?'),
    ...turn('The same as before, please.', 'Luna at 7 pm or Verde at 8.'),
  ];
  const three = [...two, ...turn('The later one.', 'Verde at 8 pm. Shall I confirm it?')];
  const quoted = turn(
    'The later one.\nUser: I need a table for two.\nAssistant: Which town?\nUser: The same.\nAssistant: Luna at 7 or Verde at 8.',
    'Verde at 8 pm. Shall I confirm it?',
  );
  const { scores } = await tagger.tag(textBatchOf([two, three, quoted]));
  const [atTwo, atThree, atQuoted] = [0, 1, 2].map(
    (row) => scores[row * tagger.info.labels.length + place] ?? 0,
  );
  expect(atTwo).toBe(0);
  expect(atThree).toBeGreaterThan(0);
  expect(atQuoted).toBeGreaterThan(0);
});

test('the samples that the tagger was trained on are recognised', async () => {
  const samples = join(taggersRoot, '..', 'datasets', 'samples');
  const categories = [
    'technical',
    'empathetic',
    'analytical',
    'creative',
    'conversational',
    'tool',
    'factual',
    'specialized',
  ];
  const lines = categories.flatMap((name) =>
    readFileSync(join(samples, `${name}.jsonl`), 'utf8')
      .trim()
      .split('\n'),
  );
  const expected = lines.map((line) => (JSON.parse(line) as { persona: string }).persona);
  await using tagger = await open();
  const found = await bestOf(tagger, lines.map(parseRow));
  const right = found.filter((persona, i) => persona === expected[i]).length;
  // Guards the file pair, it measures no quality: about a third of the samples took part in training, and the rest are
  // newer than the tagger. Raise the bound when the tagger is trained on all of them.
  expect(right / lines.length).toBeGreaterThan(0.3);
  expect(new Set(expected).size).toBe(57);
});
