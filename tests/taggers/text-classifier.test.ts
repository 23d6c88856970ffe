import { join } from 'node:path';
import { expect, test } from 'vitest';
import { textBatchOf } from '../../scripts/training/text-batch.ts';
import { loadTaxonomy, openTagger } from '../../taggers/index.ts';
import { taggerContract } from '../contract/tagger.contract.ts';

const open = async () => openTagger(join(import.meta.dirname, 'fixtures/tiny-bert'), await loadTaxonomy());

taggerContract('tiny-bert', open);

test("a user's own transformer gives a probability for each of its labels", async () => {
  await using tagger = await open();
  const { scores } = await tagger.tag(
    textBatchOf([
      [
        { role: 'user', content: 'Write code for me' },
        { role: 'assistant', content: 'def f(): pass' },
      ],
      [{ role: 'assistant', content: 'Once upon a time.' }],
    ]),
  );
  for (const row of [0, 1]) {
    const sum = scores.subarray(row * 57, row * 57 + 57).reduce((a, b) => a + b, 0);
    expect(sum).toBeGreaterThan(0.99);
    expect(sum).toBeLessThan(1.01);
  }
  expect(scores.subarray(0, 57)).not.toEqual(scores.subarray(57));
});
