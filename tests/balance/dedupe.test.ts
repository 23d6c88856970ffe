import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { findDuplicates } from '../../src/balance/dedupe.ts';

interface Entry {
  readonly content: number;
  readonly rank: number;
  readonly key: number;
  readonly eligible: boolean;
}

const entries: fc.Arbitrary<Entry[]> = fc.uniqueArray(
  fc.record({ content: fc.nat(12), rank: fc.nat(2), key: fc.nat(1_000_000), eligible: fc.boolean() }),
  { maxLength: 60, selector: ({ key }) => key },
);

function find(rows: readonly Entry[]): ReturnType<typeof findDuplicates> {
  return findDuplicates({
    // One content differs from another only in its last word, and all collide in the table.
    hashes: Uint32Array.from(rows.flatMap(({ content }) => [7, 7, 7, content])),
    rowKeys: Uint32Array.from(rows.flatMap(({ key }) => [1, 1, 1, key])),
    eligible: Uint8Array.from(rows, ({ eligible }) => Number(eligible)),
    sourceRank: Uint16Array.from(rows, ({ rank }) => rank),
  });
}

test('of each content exactly the smallest rank, then the smallest key, stays', () => {
  fc.assert(
    fc.property(entries, (rows) => {
      const { duplicate, dropped } = find(rows);
      const expected = rows.map((row) =>
        Number(
          row.eligible &&
            rows.some((other) => other.eligible && other.content === row.content && better(other, row)),
        ),
      );
      expect([...duplicate]).toEqual(expected);
      expect(dropped).toBe(expected.filter((flag) => flag === 1).length);
    }),
  );
});

test('the order of rows does not decide which one stays', () => {
  fc.assert(
    fc.property(entries, (rows) => {
      expect(kept(rows.toReversed())).toEqual(kept(rows));
    }),
  );
});

test('contents that occur more than once are counted, rows that are not eligible are not', () => {
  const { groups, dropped, duplicate } = find([
    entry(1, 9),
    entry(1, 3),
    entry(1, 5),
    entry(2, 1),
    entry(3, 2),
    entry(3, 8, false),
  ]);
  expect({ groups, dropped, duplicate: [...duplicate] }).toEqual({
    groups: 1,
    dropped: 2,
    duplicate: [1, 0, 1, 0, 0, 0],
  });
});

function better(a: Entry, b: Entry): boolean {
  return a.rank < b.rank || (a.rank === b.rank && a.key < b.key);
}

function kept(order: readonly Entry[]): number[] {
  const { duplicate } = find(order);
  return order.flatMap((row, index) => (duplicate[index] === 1 ? [] : [row.key])).toSorted((a, b) => a - b);
}

function entry(content: number, key: number, eligible = true): Entry {
  return { content, rank: 0, key, eligible };
}
