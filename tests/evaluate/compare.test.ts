import fc from 'fast-check';
import { expect, test } from 'vitest';

import { compareLabels } from '../../src/evaluate/compare.ts';

const repeat = (value: number, times: number): number[] => Array.from({ length: times }, () => value);

/** 200 rows of class 0; each tagger is right in the first rows of the given number. */
function compared(firstRight: number, secondRight: number): ReturnType<typeof compareLabels> {
  return compareLabels({
    gold: new Uint8Array(200),
    first: Uint8Array.from([...repeat(0, firstRight), ...repeat(1, 200 - firstRight)]),
    second: Uint8Array.from([...repeat(0, secondRight), ...repeat(1, 200 - secondRight)]),
    classes: 2,
  });
}

test('counts who is right where, and the difference of accuracy', () => {
  const comparison = compared(150, 100);
  expect(comparison).toMatchObject({
    rows: 200,
    both_right: 100,
    only_first_right: 50,
    only_second_right: 0,
    none_right: 50,
  });
  expect(comparison.accuracy.difference).toBe(0.25);
});

test('the interval has the width that theory gives for paired rows', () => {
  const { accuracy } = compared(150, 100);
  // Standard error of a share of 0.25 over 200 rows: sqrt(0.25 * 0.75 / 200) = 0.0306.
  expect(accuracy.low).toBeGreaterThan(0.25 - 2.4 * 0.0306);
  expect(accuracy.low).toBeLessThan(0.25 - 1.5 * 0.0306);
  expect(accuracy.high).toBeGreaterThan(0.25 + 1.5 * 0.0306);
  expect(accuracy.high).toBeLessThan(0.25 + 2.4 * 0.0306);
});

test('the same labels twice differ by exactly nothing', () => {
  const { accuracy, macro_f1: macro } = compared(120, 120);
  expect([accuracy, macro]).toEqual([
    { difference: 0, low: 0, high: 0 },
    { difference: 0, low: 0, high: 0 },
  ]);
});

test('swapping the taggers mirrors the differences, and the same call gives the same numbers', () => {
  const label = fc.integer({ min: 0, max: 3 });
  fc.assert(
    fc.property(fc.array(fc.tuple(label, label, label), { minLength: 1, maxLength: 12 }), (rows) => {
      const [gold, first, second] = [0, 1, 2].map((column) =>
        Uint8Array.from(rows, (row) => row[column] ?? 0),
      ) as [Uint8Array, Uint8Array, Uint8Array];
      const one = compareLabels({ gold, first, second, classes: 4 });
      const other = compareLabels({ gold, first: second, second: first, classes: 4 });
      expect(one).toEqual(compareLabels({ gold, first, second, classes: 4 }));
      expect(other.accuracy.difference).toBeCloseTo(-one.accuracy.difference, 12);
      expect(other.macro_f1.difference).toBeCloseTo(-one.macro_f1.difference, 12);
      expect(one.both_right + one.only_first_right + one.only_second_right + one.none_right).toBe(
        rows.length,
      );
    }),
    { numRuns: 20 },
  );
});
