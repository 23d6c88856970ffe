import fc from 'fast-check';
import { expect, test } from 'vitest';

import { chooseClusters } from '../../src/extract/choose-clusters.ts';
import { adjustedRand, distanceTable, silhouettes } from '../../src/extract/cluster-quality.ts';
import { fitClusters, nearestCentroid } from '../../src/extract/fit-clusters.ts';
import { seededRandom } from '../../src/lib/seeded-random.ts';

/** `count` points around each of `centres`. */
function blobs(centres: readonly (readonly number[])[], count: number, spread: number, seed = 'a') {
  const random = seededRandom(seed);
  const points = centres.flatMap((centre) =>
    Array.from({ length: count }, () => centre.map((value) => value + (random() - 0.5) * spread)),
  );
  return { points, truth: centres.flatMap((_, cluster) => Array.from({ length: count }, () => cluster)) };
}

const corners = [
  [0, 0, 0],
  [5, 0, 0],
  [0, 5, 0],
  [0, 0, 5],
];

test('four far groups are found, and found to be four', () => {
  const { points, truth } = blobs(corners, 40, 2);
  const choice = chooseClusters(points, { forced: null, seed: 42 });
  expect(choice.k).toBe(4);
  expect(adjustedRand(choice.fit.clusters, truth)).toBe(1);
  expect(choice.stability).toBeGreaterThan(0.99);
  expect(choice.candidates.map(({ k }) => k)).toEqual([3, 4, 5, 6]);
});

test('a forced number is kept, and the same seed gives the same clusters', () => {
  const { points } = blobs(corners, 30, 6);
  const one = chooseClusters(points, { forced: 5, seed: 1 });
  expect(one.k).toBe(5);
  expect(one).toEqual(chooseClusters(points, { forced: 5, seed: 1 }));
});

test('clusters are numbered by size', () => {
  const { points } = blobs(
    [
      [0, 0],
      [9, 9],
    ],
    10,
    1,
  );
  const more = [...points, [9, 9], [9.1, 9]];
  const fit = fitClusters(more, 2, { seed: 'x', starts: 3 });
  expect(fit.clusters.at(-1)).toBe(0);
  expect(nearestCentroid([0, 0], fit.centroids).cluster).toBe(1);
});

test('the silhouette of the worked example of four points on a line is right', () => {
  const points = [[0], [1], [10], [11]];
  const each = silhouettes(distanceTable(points), [0, 0, 1, 1], 2);
  expect([...each].map((value) => Number(value.toFixed(4)))).toEqual([0.9048, 0.8947, 0.8947, 0.9048]);
});

test('the adjusted Rand index is 1 for renamed clusters and the published value for the textbook table', () => {
  expect(adjustedRand([0, 0, 1, 1], [5, 5, 3, 3])).toBe(1);
  // Contingency [[1,1,0],[1,2,1],[0,0,4]] of Hubert & Arabie's notation: 0.3125 by hand.
  const a = [0, 0, 1, 1, 1, 1, 2, 2, 2, 2];
  const b = [0, 1, 0, 1, 1, 2, 2, 2, 2, 2];
  expect(adjustedRand(a, b)).toBeCloseTo(0.3125, 3);
});

test('the adjusted Rand index does not hang on the names or the sides', () => {
  const labels = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })), {
    minLength: 3,
  });
  fc.assert(
    fc.property(labels, (pairs) => {
      const a = pairs.map(([one]) => one);
      const b = pairs.map(([, other]) => other);
      expect(adjustedRand(a, b)).toBeCloseTo(adjustedRand(b, a), 9);
      expect(adjustedRand(a, b)).toBeCloseTo(
        adjustedRand(
          a.map((one) => 9 - one),
          b,
        ),
        9,
      );
    }),
  );
});
