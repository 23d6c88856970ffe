import fc from 'fast-check';
import { expect, test } from 'vitest';

import { WordHashes } from '../../src/lib/word-hashes.ts';
import { NgramFinder, NgramIndexBuilder } from '../../src/tag/ngram-index.ts';

const settings = { ngram: 5, minWords: 3 };

function build(benchmarks: readonly (readonly string[])[]): NgramFinder {
  const builder = new NgramIndexBuilder(settings);
  benchmarks.forEach((texts, number) => {
    for (const text of texts) {
      const words = hashes(text);
      builder.add(number, words, words.length);
    }
  });
  return new NgramFinder(builder.finish());
}

function hashes(text: string): Uint32Array {
  const words = new WordHashes();
  words.add(text);
  return words.hashes.slice(0, words.count);
}

function hits(finder: NgramFinder, text: string, maskWords = 1): number[] {
  const words = hashes(text);
  const found = new Uint32Array(maskWords);
  finder.find(words, { start: 0, end: words.length }, found, 0);
  return [...Array(maskWords * 32).keys()].filter((bit) => (found[bit >>> 5] ?? 0) & (1 << (bit & 31)));
}

test('a text that shares as many words in a row is found, whatever its case and punctuation; one word less is not', () => {
  const finder = build([['the quick brown fox jumps over the lazy dog']]);
  expect(hits(finder, 'I said: BROWN fox, jumps over the… what?')).toEqual([0]);
  expect(hits(finder, 'brown fox jumps over a fence')).toEqual([]);
});

test('a benchmark text shorter than the n-gram is looked for as a whole, and one below the least length not at all', () => {
  const finder = build([['name three primes', 'too short']]);
  expect(hits(finder, 'please name three primes now')).toEqual([0]);
  expect(hits(finder, 'this is too short for anything')).toEqual([]);
});

test('an n-gram of several benchmarks counts for each, and there may be more than 32 of them', () => {
  const texts = Array.from({ length: 40 }, (_, i) => [
    `shared words stand in every one`,
    `only number ${i} holds these`,
  ]);
  const finder = build(texts);
  expect(hits(finder, 'shared words stand in every one', 2)).toHaveLength(40);
  expect(hits(finder, 'only number 37 holds these', 2)).toEqual([37]);
});

test('what is found is what a search by text finds', () => {
  const word = fc.constantFrom('a', 'b', 'c', 'd');
  const text = fc.array(word, { minLength: 0, maxLength: 12 });
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), text, (benchmark, row) => {
      const finder = build([benchmark.map((words) => words.join(' '))]);
      const windows = benchmark.flatMap((words) => {
        const length = Math.min(words.length, settings.ngram);
        if (length < settings.minWords) return [];
        return words.slice(0, words.length - length + 1).map((_, at) => words.slice(at, at + length));
      });
      const expected = windows.some((window) => ` ${row.join(' ')} `.includes(` ${window.join(' ')} `));
      expect(hits(finder, row.join(' ')).length > 0).toBe(expected);
    }),
  );
});
