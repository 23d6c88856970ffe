import { expect, test } from 'vitest';

import { mix32 } from '../../src/lib/hash.ts';
import { MinHasher } from '../../src/tag/minhash.ts';

/** Two sets of `size` with the Jaccard similarity that comes closest to `similarity`. */
function pairOfSets(
  size: number,
  similarity: number,
  seed: number,
): { a: Uint32Array; b: Uint32Array; jaccard: number } {
  const shared = Math.round((2 * size * similarity) / (1 + similarity));
  const draw = (set: number, i: number): number =>
    mix32(mix32(seed * 3 + (i < shared ? 0 : set)) + i * 0x9e3779b9);
  return {
    a: Uint32Array.from({ length: size }, (_, i) => draw(1, i)),
    b: Uint32Array.from({ length: size }, (_, i) => draw(2, i)),
    jaccard: shared / (2 * size - shared),
  };
}

function bandsOf(hasher: MinHasher, words: Uint32Array): Uint32Array {
  const bands = new Uint32Array(hasher.params.bands * 2);
  hasher.sign(words, words.length);
  hasher.writeBands(bands, 0);
  return bands;
}

test.each([
  [30, 0.5],
  [30, 0.9],
  [300, 0.5],
  [300, 0.8],
])(
  'sets of %i with similarity %f: minima agree and bands meet as often as theory says',
  (size, similarity) => {
    const hasher = new MinHasher({ ngram: 1, bands: 14, rowsPerBand: 8 });
    const trials = 300;
    let agreed = 0;
    let expected = 0;
    let met = 0;
    let expectedMeetings = 0;
    for (let seed = 0; seed < trials; seed++) {
      const { a, b, jaccard } = pairOfSets(size, similarity, seed);
      hasher.sign(a, a.length);
      const minima = hasher.minima.slice();
      const first = bandsOf(hasher, a);
      const second = bandsOf(hasher, b);
      agreed += minima.filter((value, i) => value === hasher.minima[i]).length / minima.length;
      expected += jaccard;
      met += [...Array(14).keys()].some(
        (i) => first[i * 2] === second[i * 2] && first[i * 2 + 1] === second[i * 2 + 1],
      )
        ? 1
        : 0;
      expectedMeetings += 1 - (1 - jaccard ** 8) ** 14;
    }
    // Five standard errors of the mean of 112 agreements, and of the share of meetings.
    expect(Math.abs(agreed - expected) / trials).toBeLessThan(5 * Math.sqrt(0.25 / 112 / trials));
    expect(Math.abs(met - expectedMeetings) / trials).toBeLessThan(5 * Math.sqrt(0.25 / trials));
  },
);

test('the signature is of the set of n-grams: it does not change when one is repeated, and does when words swap', () => {
  const hasher = new MinHasher({ ngram: 2, bands: 4, rowsPerBand: 3 });
  const words = Uint32Array.from([5, 6, 7, 5, 6, 7, 5]);
  expect(bandsOf(hasher, words)).toEqual(bandsOf(hasher, Uint32Array.from([5, 6, 7, 5, 6, 7, 5, 6, 7, 5])));
  expect(bandsOf(hasher, words)).not.toEqual(bandsOf(hasher, Uint32Array.from([6, 5, 7, 6, 5, 7, 6])));
});

test('a row shorter than the n-gram is one shingle, a row without words has no signature', () => {
  const hasher = new MinHasher({ ngram: 5, bands: 3, rowsPerBand: 3 });
  expect(bandsOf(hasher, Uint32Array.from([1, 2]))).toEqual(bandsOf(hasher, Uint32Array.from([1, 2])));
  expect(bandsOf(hasher, Uint32Array.from([1, 2]))).not.toEqual(bandsOf(hasher, Uint32Array.from([2, 1])));
  expect(hasher.sign(new Uint32Array(0), 0)).toBe(false);
});
