import { join } from 'node:path';
import { expect, test } from 'vitest';

import { textBatchOf } from '../../scripts/training/text-batch.ts';
import type { BagModel } from '../../src/onnx/bag-model.ts';
import { featurise } from '../../src/onnx/featurise.ts';
import { explainBag } from '../../taggers/explain-bag.ts';
import { loadTaxonomy, openTagger, taggersRoot } from '../../taggers/index.ts';

type Conversation = Parameters<typeof textBatchOf>[0][number];
const say = (user: string, assistant: string): Conversation => [
  { role: 'user', content: user },
  { role: 'assistant', content: assistant },
];
const bucket = (word: string): number =>
  featurise(textBatchOf([[{ role: 'assistant', content: word }]])).assistantIds[0] ?? 0;

/** A model of one label whose probability is known: 0.5, and 0.3 more where the assistant says "magic" at all. */
const magicModel: BagModel = {
  score({ rows, assistantIds }) {
    const width = assistantIds.length / rows;
    const scores = Float32Array.from({ length: rows }, (_, row) =>
      assistantIds.subarray(row * width, (row + 1) * width).includes(bucket('magic')) ? 0.8 : 0.5,
    );
    return Promise.resolve(scores);
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

test('the weight of a word is what the score loses when all its occurrences are gone', async () => {
  const batch = textBatchOf([say('x', 'Magic is magic, they say'), say('magic', 'nothing')]);
  const params = { labels: ['poet'], chosen: [0, 0], most: 5 };
  expect(await explainBag(magicModel, batch, params)).toEqual([
    [{ side: 'assistant', kind: 'word', feature: 'magic', weight: 0.3 }],
    [],
  ]);
});

test('the shipped tagger names what a reader would name', async () => {
  await using tagger = await openTagger(join(taggersRoot, 'persona-v1'), await loadTaxonomy());
  const batch = textBatchOf([
    say('Write a Python function that adds numbers.', '```python\ndef add(a, b):\n    return a + b\n```'),
    [],
  ]);
  const label = tagger.info.labels.indexOf('code_expert');
  const evidence = (await tagger.explain?.(batch, [label, label], 3)) ?? [];
  expect(evidence.map((row) => row.length <= 3)).toEqual([true, true]);
  const words = evidence[0]?.flatMap(({ feature }) => feature.split(' '));
  expect(words).toEqual(expect.arrayContaining(['return', 'function']));
  const weights = evidence[0]?.map(({ weight }) => weight) ?? [];
  expect(weights).toEqual(weights.toSorted((a, b) => b - a));
  expect(weights.every((weight) => weight > 0 && weight <= 1)).toBe(true);
  expect(await tagger.explain?.(batch, [label, label], 3)).toEqual(evidence);
});
