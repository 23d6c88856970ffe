import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { textBatchOf } from '../../scripts/training/text-batch.ts';
import { loadTaxonomy, openTagger, taggersRoot } from '../../taggers/index.ts';
import { taggerContract } from '../contract/tagger.contract.ts';

const folder = join(taggersRoot, 'traits-v1');
const open = async () => openTagger(folder, await loadTaxonomy());

taggerContract('traits-v1', open);

/** Traits that reach their threshold, before exclusive groups are settled. */
async function traitsOf(texts: readonly string[]): Promise<string[][]> {
  await using tagger = await open();
  const { labels, thresholds } = tagger.info;
  const { scores } = await tagger.tag(textBatchOf(texts.map((content) => [{ role: 'assistant', content }])));
  return texts.map((_, row) =>
    labels.filter((__, i) => (scores[row * labels.length + i] ?? 0) >= (thresholds[i] ?? 1)),
  );
}

const words = (count: number) =>
  Array.from({ length: count }, (_, i) => `word${'abcdefghij'[i % 10]}`).join(' ');

test.each([
  ['brief', words(99), words(100)],
  ['brief', `Short.\n\`\`\`\n${words(200)}\n\`\`\``, words(120)],
  ['detailed', words(300), words(299)],
  ['hedged', 'It may rain; perhaps it will likely snow.', 'Rain falls. Snow falls. In May we travel.'],
  ['direct', 'The answer is four. Two and two make four.', 'Great question! The answer is four.'],
  ['direct', 'Paris is the capital of France.', 'Perhaps it is Paris.'],
  ['methodical', '1. Boil water.\n2. Add tea.\n3. Wait.', '1. Boil water.\n2. Add tea.'],
  [
    'methodical',
    'First, boil water. Then add tea. Finally, wait.',
    'It was the first time, and the second too, that he went last.',
  ],
  ['inquisitive', 'Where does it hurt? Since when?', 'Is it that? It is this. I know it.'],
  ['inquisitive', 'I see. What would help you today?', 'I see what would help you today.'],
  [
    'nuanced',
    'Trams are quick. However, the benefits come late. Although cheap, the risks remain.',
    'However you look at it, trams are quick.',
  ],
  ['technical', 'Use the API:\n```js\nfetch(url)\n```', 'The therapist was rapid about the capital.'],
  [
    'technical',
    'The server caches each query in memory.',
    'The middle class people met in the aftermath of the storm.',
  ],
  ['exploratory', 'What if we paint it? Alternatively, sell it.', 'We paint it and sell it.'],
  ['exploratory', 'Some ideas:\n- swim\n- walk\n- sing', 'Buy:\n- milk\n- bread\n- salt'],
  [
    'vivid',
    'The golden light fell like a ribbon on velvet water.',
    'The lamp was on and the lake was near the road.',
  ],
])('%s holds for %j and not for %j', async (trait, hit, miss) => {
  const [yes, no] = await traitsOf([hit, miss]);
  expect(yes).toContain(trait);
  expect(no).not.toContain(trait);
});

test('a row without assistant text has no trait', async () => {
  await using tagger = await open();
  const { scores } = await tagger.tag(textBatchOf([[{ role: 'user', content: 'Perhaps? Maybe!' }]]));
  expect(scores.every((score) => score === 0)).toBe(true);
});

test('only the assistant is measured', async () => {
  await using tagger = await open();
  const row = [
    { role: 'user', content: 'It may, might, perhaps, maybe be so' },
    { role: 'assistant', content: 'Water boils at one hundred degrees.' },
  ];
  const { scores } = await tagger.tag(textBatchOf([row]));
  expect(scores[tagger.info.labels.indexOf('hedged')]).toBe(0);
});

test('golden rows keep their traits', async () => {
  const golden = readFileSync(join(folder, 'golden.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { output: string; traits: string[]; not: string[] });
  const found = await traitsOf(golden.map((row) => row.output));
  for (const [i, row] of golden.entries()) {
    expect(found[i], row.output).toEqual(expect.arrayContaining(row.traits));
    for (const trait of row.not) expect(found[i], row.output).not.toContain(trait);
  }
});
