import fc from 'fast-check';
import { expect, test } from 'vitest';

import { isWithinBound, measureAxis } from '../../src/shard/axis-balance.ts';

const measure = (labels: readonly (readonly number[])[]) =>
  measureAxis({
    axis: 'trait',
    rows: labels.length,
    labels: 4,
    labelsOf: (row, visit) => labels[row]?.forEach(visit),
  });

test('every prefix and every batch counts, as if each were looked at', () => {
  fc.assert(
    fc.property(fc.array(fc.subarray([0, 1, 2, 3]), { maxLength: 300 }), (labels) => {
      const total = (label: number, from: number, to: number): number =>
        labels.slice(from, to).filter((set) => set.includes(label)).length;
      let [prefix, batch] = [0, 0];
      for (const label of [0, 1, 2, 3]) {
        const share = total(label, 0, labels.length) / Math.max(1, labels.length);
        for (let end = 1; end <= labels.length; end++)
          prefix = Math.max(prefix, Math.abs(total(label, 0, end) - share * end));
        for (let end = 64; end <= labels.length; end += 64)
          batch = Math.max(batch, Math.abs(total(label, end - 64, end) - share * 64));
      }
      const measured = measure(labels);
      expect(measured.worstPrefixRows).toBeCloseTo(prefix, 6);
      expect(measured.worstBatchRows).toBeCloseTo(batch, 6);
    }),
    { numRuns: 40 },
  );
});

test('a sorted split is beyond the bound, an alternating one within', () => {
  const half = Array.from({ length: 640 }, (_, row) => (row < 320 ? [0] : [1]));
  expect(measure(half)).toMatchObject({ worstPrefixRows: 160, worstBatchRows: 32 });
  expect(isWithinBound(measure(half))).toBe(false);
  expect(isWithinBound(measure(half.map((_, row) => [row % 2])))).toBe(true);
});
