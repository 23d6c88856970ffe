import fc from 'fast-check';
import { expect, test } from 'vitest';
import { textBatchOf } from '../../scripts/training/text-batch.ts';
import { denseCount, featurise, featuriseFor, measureCount } from '../../src/onnx/featurise.ts';
import { categories, type Category } from '../../src/onnx/lexicon-categories.ts';
import { featureLimits, tally, tallyCount, wordBucketCount } from '../../src/onnx/scan-layout.ts';

const assistant = (content: string) => featurise(textBatchOf([[{ role: 'assistant', content }]]));
const user = (content: string) => featurise(textBatchOf([[{ role: 'user', content }]]));
const tallyOf = (text: string, name: keyof typeof tally) => assistant(text).measures[tally[name]];
const countOf = (text: string, category: Category) =>
  assistant(text).measures[tallyCount + categories[category]];

test('words are counted with apostrophes inside and without fenced code', () => {
  expect(tallyOf("It's a do-it-yourself shelf, isn’t it?", 'words')).toBe(8);
  expect(tallyOf('Run this:\n```sh\nls -la /tmp | wc -l\n```\nDone now.', 'words')).toBe(4);
  expect(tallyOf('', 'words')).toBe(0);
  expect(tallyOf('one\u00a0two—three…four', 'words')).toBe(4);
});

test('lexicon counts are word-bounded', () => {
  expect(countOf('The therapist was rapid about the capital.', 'technical')).toBe(0);
  expect(countOf('The api returns json.', 'technical')).toBe(2);
  expect(countOf('A maybell is no hedge; perhaps this is, and maybe that.', 'hedge')).toBe(2);
  expect(countOf('We met in May. It may rain.', 'hedge')).toBe(1);
  expect(countOf("It’s fine, it's fine", 'contraction')).toBe(2);
});

test('phrases of two to four words count once, at their last word', () => {
  expect(countOf('That sounds hard, and you are not alone.', 'validation')).toBe(2);
  expect(countOf('On the other hand, rent is low.', 'contrast')).toBe(1);
  expect(countOf('What if we waited? You could also ask.', 'option')).toBe(2);
  expect(countOf('What a day. If only.', 'option')).toBe(0);
});

test('numbered lists count their longest run from one', () => {
  expect(tallyOf('1. Wash\n2. Cut\n3) Boil', 'numberedRun')).toBe(3);
  expect(tallyOf('2019. A year\n2020. Another', 'numberedRun')).toBe(0);
  expect(tallyOf('- a\n* b\n• c', 'bullets')).toBe(3);
});

test('a list that the user begins is none of the assistant’s', () => {
  const content = '1. apples\n2. pears\nGo on.';
  const { measures } = featurise(
    textBatchOf([
      [
        { role: 'user', content },
        { role: 'assistant', content: '3. plums' },
      ],
    ]),
  );
  expect(measures[tally.numberedRun]).toBe(0);
});

test('lines that the assistant labels are no turns of the user', () => {
  const lines = 'Question: a?\nAnswer: b\nQuestion: c?\nAnswer: d';
  expect([...assistant(lines).userTurns, ...user(lines).userTurns]).toEqual([0, 1]);
});

test('sentences and questions end at punctuation followed by a blank', () => {
  expect(tallyOf('Version 2.5 is out. Why? Because!', 'sentences')).toBe(3);
  expect(tallyOf('Version 2.5 is out. Why? Because!', 'questions')).toBe(1);
  expect(tallyOf('Is it so?', 'endsAsQuestion')).toBe(1);
});

test('role labels at the start of a line are no features but turn marks', () => {
  const labelled = user('User: hello there\nAssistant: good day\nUser: bye');
  expect([...labelled.userIds.subarray(0, labelled.userCounts[0])]).not.toContain(user('user').userIds[0]);
  expect(labelled.userTurns[0]).toBe(2);
  expect(user('The user: a study').userCounts[0]).toBe(7);
});

test('a leading persona control token is not read', () => {
  const marked = user('<persona:code_expert>\nSort a list');
  expect(marked.userIds).toEqual(user('Sort a list').userIds);
  expect(user('<persona>x</persona>').userCounts[0]).toBeGreaterThan(2);
});

test('a word has one bucket on both sides, and pairs of words have the upper half of the buckets, apart by side', () => {
  const words = 'alpha beta gamma delta epsilon zeta eta theta';
  const [left, right] = [assistant(words), user(words)];
  const singles = (ids: Int32Array) => [...ids].filter((id) => id > 0 && id < wordBucketCount);
  const pairs = (ids: Int32Array) => [...ids].filter((id) => id >= wordBucketCount);
  expect(singles(left.assistantIds)).toHaveLength(8);
  expect(singles(right.userIds)).toEqual(singles(left.assistantIds));
  expect(pairs(left.assistantIds)).toHaveLength(7);
  expect(pairs(right.userIds).filter((id) => left.assistantIds.includes(id)).length).toBeLessThan(2);
});

test('case and digits fold, so that Year 1999 and year 2024 are the same features', () => {
  expect(assistant('Year 1999').assistantIds).toEqual(assistant('year 2024').assistantIds);
});

test('any bytes give bounded features, and each row is independent of its neighbours', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 400 });
  fc.assert(
    fc.property(fc.array(fc.record({ user: text, assistant: text }), { maxLength: 6 }), (rows) => {
      const conversations = rows.map((row) => [
        { role: 'user', content: row.user },
        { role: 'assistant', content: row.assistant },
      ]);
      const together = featurise(textBatchOf(conversations));
      for (const [row, conversation] of conversations.entries()) {
        const alone = featurise(textBatchOf([conversation]));
        expect(together.assistantCounts[row]).toBeLessThanOrEqual(featureLimits[0]);
        expect(together.userCounts[row]).toBeLessThanOrEqual(featureLimits[1]);
        expect(together.dense.subarray(row * denseCount, (row + 1) * denseCount)).toEqual(alone.dense);
        expect(together.measures.subarray(row * measureCount, (row + 1) * measureCount)).toEqual(
          alone.measures,
        );
        expect(alone.dense.every((value) => Number.isFinite(value) && value >= 0 && value < 3)).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test('features of a batch are computed once for two readers and anew for the next batch in the same object', () => {
  const [first, second] = [{}, {}];
  const batch = textBatchOf([[{ role: 'assistant', content: 'one two' }]]);
  const features = featuriseFor(first, batch);
  expect(featuriseFor(second, batch)).toBe(features);
  batch.bytes.set(Buffer.from('six'), 0);
  const anew = featuriseFor(first, batch);
  expect(anew).not.toBe(features);
  expect(featuriseFor(second, batch)).toBe(anew);
});
