import { expect, test } from 'vitest';

import { WordHashes } from '../../src/lib/word-hashes.ts';

function wordsOf(...texts: string[]): number[] {
  const words = new WordHashes();
  for (const text of texts) words.add(text);
  return [...words.hashes.subarray(0, words.count)];
}

test('case, punctuation and spacing do not matter, the order of words does', () => {
  expect(wordsOf('Hello,  WORLD!')).toEqual(wordsOf('hello\nworld'));
  expect(wordsOf('ÉCOLE Ω Привет')).toEqual(wordsOf('école ω привет'));
  expect(wordsOf('a b')).not.toEqual(wordsOf('b a'));
  expect(wordsOf('… — !')).toEqual([]);
});

test('texts that are added one after the other give the words of both', () => {
  expect(wordsOf('one two', 'three')).toEqual(wordsOf('one two three'));
});

test('in scripts without spaces every character is a word', () => {
  expect(wordsOf('日本語。')).toHaveLength(3);
  expect(wordsOf('日本語 and สวัสดี')).toHaveLength(3 + 1 + 6);
  expect(new Set(wordsOf('日本語'))).toEqual(new Set(wordsOf('本日語')));
});

test('a text longer than the buffer keeps all its words', () => {
  const words = wordsOf('short', Array.from({ length: 9000 }, (_, i) => `w${i}`).join(' '));
  expect(words).toHaveLength(9001);
  expect(new Set(words).size).toBe(9001);
  expect(words[0]).toBe(wordsOf('short')[0]);
});
