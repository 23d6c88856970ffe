import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { floatValue, node, tensor } from '../../src/onnx/onnx-proto.ts';
import { textBatchOf } from '../../scripts/training/text-batch.ts';
import { loadTaxonomy, openEncoder, openTagger, taggersRoot } from '../../taggers/index.ts';
import { encodeRow, openTokenizer } from '../../taggers/token-rows.ts';
import { taggerContract } from '../contract/tagger.contract.ts';
import { extendedModel, writeTinyEncoder } from '../support/tiny-encoder.ts';

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
    [
      { role: 'user', content: 'Has my application arrived?' },
      { role: 'assistant', content: 'We hereby confirm receipt of your application and regret the delay.' },
    ],
    [
      { role: 'user', content: 'Are you still at work?' },
      { role: 'assistant', content: 'lol nah dude, gonna grab pizza, wanna come??' },
    ],
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

test('an embedding of every token is no embedding of the row', async () => {
  const tokenwise = await mkdtemp(join(tmpdir(), 'tagger-'));
  try {
    await writeTinyEncoder(tokenwise);
    const model = await extendedModel({
      nodes: [
        node('Cast', ['input_ids'], 'codes', { to: 1 }),
        node('Unsqueeze', ['codes', 'last'], 'embedding'),
      ],
      initializers: [tensor('last', [1], BigInt64Array.from([2n]))],
      output: floatValue('embedding', ['rows', 'tokens', 1]),
    });
    await writeFile(join(tokenwise, 'model.onnx'), model);
    const path = join(tokenwise, 'tagger.json');
    const json = JSON.parse(await readFile(path, 'utf8')) as { files: Record<string, string> };
    json.files['model.onnx'] = createHash('sha256').update(model).digest('hex');
    await writeFile(path, JSON.stringify(json));
    await expect(openEncoder(tokenwise, await loadTaxonomy())).rejects.toMatchObject({
      code: 'onnx-wrong-shape',
      message: expect.stringMatching(/has the dimensions 1 × \d+ × 1; expected one vector a row$/) as string,
    });
  } finally {
    await rm(tokenwise, { recursive: true });
  }
});

test('scores are those of the encoder times a power of those of the bag', async () => {
  const alone = await mkdtemp(join(tmpdir(), 'tagger-'));
  try {
    await cp(folder, alone, { recursive: true });
    const path = join(alone, 'tagger.json');
    const { bag, ...rest } = JSON.parse(await readFile(path, 'utf8')) as { bag: { weight: number } };
    await writeFile(path, JSON.stringify(rest));
    await using both = await open();
    await using encoder = await openTagger(alone, await loadTaxonomy());
    await using fast = await openTagger(join(taggersRoot, 'persona-v1'), await loadTaxonomy());
    const say = (content: string) => ({ role: 'user', content });
    // Four user turns, so that the rule of multi_turn leaves the scores alone.
    const batch = textBatchOf([
      [
        say('hello'),
        say('a table for two'),
        say('at eight'),
        say('thanks'),
        { role: 'assistant', content: 'Booked.' },
      ],
    ]);
    const [found, own, bags] = await Promise.all(
      [both, encoder, fast].map(async (t) => (await t.tag(batch)).scores),
    );
    const products = Array.from(own ?? [], (p, j) => p * Math.max(bags?.[j] ?? 0, 1e-5) ** bag.weight);
    const sum = products.reduce((a, b) => a + b, 0);
    const best = products.indexOf(Math.max(...products));
    expect(found?.[best]).toBeCloseTo((products[best] ?? 0) / sum, 2);
    expect(found?.[best]).not.toBe(own?.[best]);
  } finally {
    await rm(alone, { recursive: true });
  }
});

test("a repair of the code in the request is marked before the assistant's tokens", async () => {
  const json = JSON.parse(await readFile(join(folder, 'tagger.json'), 'utf8')) as { copyMark: string };
  const tokenizer = await openTokenizer(join(folder, 'tokenizer.json'));
  const code = 'total = 0\nfor price in prices:\n    total = price\nprint(total)';
  const encode = (answer: string) => {
    const batch = textBatchOf([
      [
        { role: 'user', content: code },
        { role: 'assistant', content: answer },
      ],
    ]);
    return encodeRow(tokenizer, batch, 0, { task: 'persona', maximumTokens: 128, copyMark: json.copyMark });
  };
  const repaired = encode(code.replace('total = price', 'total += price'));
  expect(repaired.ids[repaired.firstLength]).toBe(tokenizer.idOf(json.copyMark));
  const explained = encode('It prints the last price.');
  expect(explained.ids).not.toContain(tokenizer.idOf(json.copyMark));
});
