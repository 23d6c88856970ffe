import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { forEachDuplicate } from '../../src/balance/dedupe.ts';

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

/** Rows dropped, in the order of `rows`. */
function find(rows: readonly Entry[]): number[] {
  const duplicate = rows.map(() => 0);
  forEachDuplicate({
    rows: rows.length,
    // One content differs from another only in its last word, and all collide in the table.
    hashes: Uint32Array.from(rows.flatMap(({ content }) => [0xffffffff, 7, 7, content])),
    isEligible: (row) => rows[row]?.eligible === true,
    isBefore: (a, b) => better(rows[a] ?? entry(0, 0), rows[b] ?? entry(0, 0)),
    visit: (row) => (duplicate[row] = (duplicate[row] ?? 0) + 1),
  });
  return duplicate;
}

test('of each content exactly the smallest rank, then the smallest key, stays', () => {
  fc.assert(
    fc.property(entries, (rows) => {
      const duplicate = find(rows);
      const expected = rows.map((row) =>
        Number(
          row.eligible &&
            rows.some((other) => other.eligible && other.content === row.content && better(other, row)),
        ),
      );
      expect(duplicate).toEqual(expected);
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

test('rows that are not eligible are neither kept for a content nor dropped', () => {
  const rows = [entry(1, 9), entry(1, 3), entry(1, 5), entry(2, 1), entry(3, 2), entry(3, 1, false)];
  expect(find(rows)).toEqual([1, 0, 1, 0, 0, 0]);
});

function better(a: Entry, b: Entry): boolean {
  return a.rank < b.rank || (a.rank === b.rank && a.key < b.key);
}

function kept(order: readonly Entry[]): number[] {
  const duplicate = find(order);
  return order.flatMap((row, index) => (duplicate[index] === 1 ? [] : [row.key])).toSorted((a, b) => a - b);
}

function entry(content: number, key: number, eligible = true): Entry {
  return { content, rank: 0, key, eligible };
}
