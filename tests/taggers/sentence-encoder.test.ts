import { join } from 'node:path';
import { expect, test } from 'vitest';

import { textBatchOf } from '../../scripts/training/text-batch.ts';
import { loadTaxonomy, openEncoder, openTagger, taggersRoot } from '../../taggers/index.ts';
import { taggerContract } from '../contract/tagger.contract.ts';

const folder = join(taggersRoot, 'minilm-v1');
const open = async () => openTagger(folder, await loadTaxonomy());

taggerContract('minilm-v1', open);

test('multi_turn needs three user turns in the accurate tier too', async () => {
  await using tagger = await open();
  const label = tagger.info.labels.indexOf('multi_turn');
  const { scores } = await tagger.tag(
    textBatchOf([
      [
        { role: 'user', content: 'And what about the second one we talked about?' },
        { role: 'assistant', content: 'As I said before, the second one is cheaper.' },
      ],
    ]),
  );
  expect(scores[label]).toBe(0);
});

test('the encoder gives a row the same numbers of length 1, whatever the batch around it', async () => {
  await using encoder = await openEncoder(folder, await loadTaxonomy());
  const rows = ['short', 'a longer text about the tides and the moon', ''].map((content) => [
    { role: 'user', content },
    { role: 'assistant', content: 'yes' },
  ]);
  const together = await encoder.encode(textBatchOf(rows));
  for (const [i, row] of rows.entries()) {
    const alone = await encoder.encode(textBatchOf([row]));
    expect(alone).toEqual(together.slice(i * encoder.width, (i + 1) * encoder.width));
    expect(Math.hypot(...alone)).toBeCloseTo(1, 4);
  }
});
