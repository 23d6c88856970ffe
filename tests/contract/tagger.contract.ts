import { expect, test } from 'vitest';
import type { Tagger } from '../../src/core/tagger.ts';
import { textBatchOf } from '../../scripts/training/text-batch.ts';

type Conversation = Parameters<typeof textBatchOf>[0][number];

const say = (user: string, assistant: string): Conversation => [
  { role: 'user', content: user },
  { role: 'assistant', content: assistant },
];

/** Short, long, empty, one-sided, many-turned and foreign rows: what batches really hold. */
const conversations: readonly Conversation[] = [
  say('hi', 'Hello!'),
  say('', ''),
  [],
  [{ role: 'assistant', content: 'Only the assistant speaks here.' }],
  [{ role: 'user', content: 'Only the user speaks here.' }],
  [{ role: 'system', content: 'Be kind.' }, ...say('Sort a list', '```js\nlist.sort((a, b) => a - b);\n```')],
  say('Explain tides', 'The moon pulls the water. '.repeat(400)),
  say('翻译一下', '今天天气很好。'),
  say('emoji 🙂 please', '🙂🙃 naïve café'),
  [...say('first', 'one'), ...say('and then?', 'two'), ...say('what about that one?', 'three')],
];

/** What every tagger promises, whatever is inside; `open` is called once per test. */
export function taggerContract(name: string, open: () => Promise<Tagger>): void {
  test(`${name}: gives one score in [0, 1] per row and label`, async () => {
    await using tagger = await open();
    const { scores } = await tagger.tag(textBatchOf(conversations));
    expect(scores).toHaveLength(conversations.length * tagger.info.labels.length);
    expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true);
    expect(tagger.info.thresholds).toHaveLength(tagger.info.labels.length);
    expect(tagger.info.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test(`${name}: scores of a row do not depend on the batch around it`, async () => {
    await using tagger = await open();
    const width = tagger.info.labels.length;
    const together = (await tagger.tag(textBatchOf(conversations))).scores;
    const reversed = (await tagger.tag(textBatchOf(conversations.toReversed()))).scores;
    const many = conversations.flatMap((conversation) => Array.from({ length: 40 }, () => conversation));
    const repeated = (await tagger.tag(textBatchOf(many))).scores;
    for (const [row, conversation] of conversations.entries()) {
      const expected = together.subarray(row * width, (row + 1) * width);
      const alone = (await tagger.tag(textBatchOf([conversation]))).scores;
      const back = (conversations.length - 1 - row) * width;
      expectClose(alone, expected);
      expectClose(reversed.subarray(back, back + width), expected);
      expectClose(repeated.subarray(row * 40 * width, (row * 40 + 1) * width), expected);
    }
  });

  test(`${name}: tags an empty batch and the same batch object again`, async () => {
    await using tagger = await open();
    expect((await tagger.tag(textBatchOf([]))).scores).toHaveLength(0);
    const batch = textBatchOf(conversations.slice(0, 3));
    const first = (await tagger.tag(batch)).scores;
    expect((await tagger.tag(batch)).scores).toEqual(first);
  });
}

/** Scores are rounded to 1e-5 or coarser; two sums on either side of a rounding border may differ by one step. */
function expectClose(actual: Float32Array, expected: Float32Array): void {
  expect(actual).toHaveLength(expected.length);
  for (let i = 0; i < expected.length; i++)
    expect(Math.abs((actual[i] ?? 0) - (expected[i] ?? 0))).toBeLessThan(2e-4);
}
