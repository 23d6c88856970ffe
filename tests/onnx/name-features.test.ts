import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { parseRow, textBatchOf } from '../../scripts/training/text-batch.ts';
import { denseNames } from '../../src/onnx/dense-names.ts';
import { denseCount, featurise } from '../../src/onnx/featurise.ts';
import { nameFeatures } from '../../src/onnx/name-features.ts';
import { featureLimits } from '../../src/onnx/scan-layout.ts';

type Conversation = Parameters<typeof textBatchOf>[0][number];
const sides = ['assistant', 'user'] as const;

function idsOf(features: ReturnType<typeof featurise>, row: number, speaker: 0 | 1): number[] {
  const [ids, counts] =
    speaker === 0
      ? [features.assistantIds, features.assistantCounts]
      : [features.userIds, features.userCounts];
  const from = row * featureLimits[speaker];
  return [...ids.subarray(from, from + (counts[row] ?? 0))];
}

/** Every named word, read alone, must fall into the bucket that it names; every pair as the third feature of its two words. */
function checkNames(conversations: readonly Conversation[]): number {
  const batch = textBatchOf(conversations);
  const features = featurise(batch);
  let checked = 0;
  for (const row of conversations.keys()) {
    const names = nameFeatures(batch, row);
    for (const speaker of [0, 1] as const) {
      const ids = idsOf(features, row, speaker);
      const named = names[speaker];
      expect(named).toHaveLength(ids.length);
      const alone = featurise(
        textBatchOf(named.map(({ text }) => [{ role: sides[speaker], content: text }])),
      );
      named.forEach(({ kind, text }, place) => {
        const read = idsOf(alone, place, speaker);
        expect([text, read[kind === 'word' ? 0 : 2]]).toEqual([text, ids[place]]);
        checked++;
      });
    }
  }
  return checked;
}

test('names of words and pairs, in the order of the features', () => {
  const batch = textBatchOf([
    [
      { role: 'user', content: "Speaker: What's 2024?\nSpeaker: a year" },
      { role: 'assistant', content: 'It’s “naïve” — really.\n```\nx = 1\n```' },
    ],
  ]);
  const [assistant, user] = nameFeatures(batch, 0);
  expect(user.map(({ text }) => text)).toEqual(["What's", '2024', "What's 2024", 'a', 'year', 'a year']);
  expect(assistant.filter(({ kind }) => kind === 'word').map(({ text }) => text)).toEqual([
    'It’s',
    'naïve',
    'really',
    'x',
    '1',
  ]);
});

test('names have the buckets of the featuriser, in any text of any number of messages', () => {
  const word = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom('the', 'Cat', "can't", 'don’t', 'naïve', '翻译', 'x2y', '3rd', '007'),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom('User:', '\nUser: ', '\n```\n', '\n- ', '1. ', '…', '“q”', "'tis", '\u00a0'),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 4 }) },
  );
  const message = fc.record({
    role: fc.constantFrom('user', 'assistant', 'system'),
    content: fc
      .array(fc.tuple(word, fc.constantFrom(' ', '', ', ', '\n')), { maxLength: 30 })
      .map((parts) => parts.flat().join('')),
  });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 4 }), (conversation) => {
      checkNames([[{ role: 'user', content: 'row before' }], conversation]);
    }),
  );
});

const sample = join(
  process.env['TAG_DATASETS_SHARED'] ?? join(import.meta.dirname, '..', '..', '..', 'shared'),
  'data',
  '_persona_labelled_sample.jsonl.gz',
);

test.skipIf(!existsSync(sample))(
  'names have the buckets of the featuriser on 300 real rows (needs ../shared)',
  () => {
    const lines = gunzipSync(readFileSync(sample)).toString('utf8').trim().split('\n');
    const rows = lines.filter((_, i) => i % Math.floor(lines.length / 300) === 0).map(parseRow);
    expect(checkNames(rows)).toBeGreaterThan(10_000);
  },
);

test('every structural feature has a name of its own', () => {
  expect(denseNames).toHaveLength(denseCount);
  const names = denseNames.map(({ side, name }) => `${side} ${name}`);
  expect(new Set(names).size).toBe(denseCount);
});

test('structural features carry the names of what they measure', () => {
  const present = (conversation: Conversation): string[] =>
    denseNames.flatMap(({ side, name, canBeAbsent }, place) =>
      canBeAbsent && featurise(textBatchOf([conversation])).dense[place] !== 0 ? [`${side} ${name}`] : [],
    );
  expect(present([{ role: 'assistant', content: '`x`\n```\nx\n```' }])).toEqual(
    expect.arrayContaining(['assistant code fences', 'assistant backticks', 'conversation no user text']),
  );
  expect(present([{ role: 'user', content: 'why?' }])).toEqual(
    expect.arrayContaining(['user questions', 'user ends as question', 'conversation no assistant text']),
  );
  expect(present([{ role: 'system', content: 'x' }])).toContain('conversation system message');
  expect(present([{ role: 'assistant', content: 'perhaps so' }])).toContain('assistant hedge words');
  expect(present([{ role: 'user', content: 'a; b | c' }])).toEqual(
    expect.arrayContaining(['user semicolons']),
  );
});
