import { expect, test } from 'vitest';

import { contentStemsOf, hasPhrase, stemsOf } from '../../src/lib/stemmed-text.ts';

const holds = (text: string, phrase: string): boolean => hasPhrase(stemsOf(text), stemsOf(phrase));

test('a word inside another word is not that word', () => {
  expect(holds('We disclose the numbers', 'close')).toBe(false);
  expect(holds('Dealership visit', 'deal')).toBe(false);
  expect(holds('Repeat the planning', 'pea')).toBe(false);
});

test('other forms of a word are that word', () => {
  expect(holds('Closing the deals', 'close')).toBe(true);
  expect(holds('Customer escalations today', 'customer escalation')).toBe(true);
  expect(holds('PIPELINES, reviewed', 'pipeline review')).toBe(true);
});

test('the words of a phrase stand beside each other', () => {
  expect(holds('customer asks for escalation', 'customer escalation')).toBe(false);
  expect(holds('customer customer escalation', 'customer escalation')).toBe(true);
});

test('one-on-ones are read in every spelling', () => {
  for (const text of ['1:1 with Ana', '1on1 with Ana', '1-on-1 with Ana', 'One on one with Ana']) {
    expect(holds(text, 'one on one'), text).toBe(true);
  }
});

test('words without meaning of their own do not count as content', () => {
  expect(contentStemsOf('Deal reviews with the leadership')).toEqual(stemsOf('deal review leadership'));
});
