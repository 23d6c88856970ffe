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

test('the same pass gives learnt trait heads, and the trait tagger takes them', async () => {
  await using tagger = await open();
  await using traits = await openTagger(join(taggersRoot, 'traits-v1'), await loadTaxonomy());
  const batch = textBatchOf([
    [{ role: 'assistant', content: 'We hereby confirm receipt of your application and regret the delay.' }],
    [{ role: 'assistant', content: 'lol nah dude, gonna grab pizza, wanna come??' }],
  ]);
  const { heads } = await tagger.tag(batch);
  expect(heads?.names.slice(0, 2)).toEqual(['formality', 'positive']);
  const formality = [heads?.values[0] ?? 0, heads?.values[heads.names.length] ?? 0];
  expect(formality[0]).toBeGreaterThan(0.5);
  expect(formality[1]).toBeLessThan(0.5);
  const [formal, brief] = ['formal', 'brief'].map((trait) => traits.info.labels.indexOf(trait));
  const width = traits.info.labels.length;
  const own = (await traits.tag(batch)).scores;
  const given = (await traits.tag(batch, heads)).scores;
  for (const row of [0, 1]) {
    expect(given[row * width + (formal ?? 0)]).toBe(formality[row]);
    expect(given[row * width + (brief ?? 0)]).toBe(own[row * width + (brief ?? 0)]);
  }
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
