import fc from 'fast-check';
import { expect, test } from 'vitest';

import { largestRemainder } from '../../src/lib/largest-remainder.ts';

test('counts sum to the total and are less than one away from their exact share', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 12 }),
      fc.nat(5000),
      (weights, total) => {
        const counts = largestRemainder(weights, total);
        const sum = weights.reduce((left, right) => left + right, 0);
        expect(counts.reduce((left, right) => left + right, 0)).toBe(total);
        counts.forEach((count, index) =>
          expect(Math.abs(count - ((weights[index] ?? 0) / sum) * total)).toBeLessThan(1 + 1e-6),
        );
      },
    ),
  );
});

test('equal remainders go to the first', () => {
  expect(largestRemainder([1, 1, 1], 4)).toEqual([2, 1, 1]);
  expect(largestRemainder([], 4)).toEqual([]);
});
