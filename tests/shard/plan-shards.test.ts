import fc from 'fast-check';
import { expect, test } from 'vitest';

import { planShards } from '../../src/shard/plan-shards.ts';

const split = {
  name: 'foundation',
  folder: 'phases/1-foundation',
  split: 'train',
  members: 10,
  bytes: 350,
} as const;

test('a split is cut into shards of about the asked size', () => {
  expect(planShards({ splits: [split], shardBytes: 100 })).toEqual([
    { path: 'phases/1-foundation/train-00000-of-00004.parquet', split: 0, first: 0, count: 2 },
    { path: 'phases/1-foundation/train-00001-of-00004.parquet', split: 0, first: 2, count: 3 },
    { path: 'phases/1-foundation/train-00002-of-00004.parquet', split: 0, first: 5, count: 2 },
    { path: 'phases/1-foundation/train-00003-of-00004.parquet', split: 0, first: 7, count: 3 },
  ]);
});

test('an empty split gives no file, and the indices of the others stay', () => {
  const splits = [
    { ...split, members: 0, bytes: 0 },
    { ...split, split: 'validation' as const },
  ];
  expect(planShards({ splits })).toEqual([
    { path: 'phases/1-foundation/validation-00000-of-00001.parquet', split: 1, first: 0, count: 10 },
  ]);
});

test('shards cover every member once, in order, none empty, sizes within one row', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 5000 }),
      fc.nat({ max: 100_000 }),
      fc.integer({ min: 1, max: 5000 }),
      (members, bytes, shardBytes) => {
        const shards = planShards({ splits: [{ ...split, members, bytes }], shardBytes });
        let next = 0;
        for (const { first, count } of shards) {
          expect(first).toBe(next);
          expect(count).toBeGreaterThan(0);
          next += count;
        }
        expect(next).toBe(members);
        const counts = shards.map(({ count }) => count);
        if (members > 0) expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      },
    ),
  );
});
