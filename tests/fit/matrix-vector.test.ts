import fc from 'fast-check';
import { expect, test } from 'vitest';

import { MatrixVector } from '../../src/fit/matrix-vector.ts';

/** The promised order: four sums side by side, the columns that are left go to the first. */
function inOrder(row: Float64Array, vector: Float64Array): number {
  const sums = [0, 0, 0, 0];
  const even = row.length - (row.length % 4);
  for (const [i, value] of row.entries()) {
    const to = i < even ? i % 4 : 0;
    sums[to] = (sums[to] ?? 0) + value * (vector[i] ?? 0);
  }
  return sums.reduce((all, sum) => all + sum);
}

const numbers = (length: number): fc.Arbitrary<Float64Array> =>
  fc
    .array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: length, maxLength: length })
    .map((values) => Float64Array.from(values));

test('products have the promised order of sums, to the bit, at any width', () => {
  fc.assert(
    fc.property(
      fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 30 })).chain(([rows, width]) =>
        fc.record({
          width: fc.constant(width),
          matrix: numbers(rows * width),
          vectors: fc.array(numbers(width), { minLength: 1, maxLength: 3 }),
        }),
      ),
      ({ width, matrix, vectors }) => {
        const opened = new MatrixVector(matrix, width);
        for (const vector of vectors) {
          opened.vector.set(vector);
          opened.multiply();
          const wanted = Array.from(opened.product, (_, row) =>
            inOrder(matrix.subarray(row * width, (row + 1) * width), vector),
          );
          expect([...opened.product]).toEqual(wanted);
        }
      },
    ),
  );
});

test('a matrix of many pages, and one without rows', () => {
  const width = 301;
  const matrix = Float64Array.from({ length: 200 * width }, (_, i) => Math.sin(i));
  const opened = new MatrixVector(matrix, width);
  opened.vector.forEach((_, i) => (opened.vector[i] = i));
  opened.multiply();
  expect(opened.product[199]).toBe(inOrder(matrix.subarray(199 * width), opened.vector));
  const empty = new MatrixVector(new Float64Array(), 3);
  empty.multiply();
  expect(empty.product).toHaveLength(0);
});
