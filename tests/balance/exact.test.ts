import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { solveEquations } from '../../src/balance/exact-equations.ts';
import { type ExactProgram, solveExactly } from '../../src/balance/exact-program.ts';
import {
  add,
  ceiling,
  decimalFraction,
  floor,
  fraction,
  multiply,
  toNumber,
  zero,
} from '../../src/balance/fraction.ts';
import { openSolver } from '../../src/balance/linear-program.ts';

test('a share is the decimal it prints as', () => {
  expect(decimalFraction(0.1)).toEqual({ numerator: 1n, denominator: 10n });
  expect(decimalFraction(1e-7)).toEqual({ numerator: 1n, denominator: 10_000_000n });
  expect(add(decimalFraction(0.1), decimalFraction(0.2))).toEqual(decimalFraction(0.3));
  expect([floor(fraction(-7n, 2n)), ceiling(fraction(-7n, 2n)), floor(fraction(7n, 2n))]).toEqual([
    -4n,
    -3n,
    3n,
  ]);
  expect(toNumber(fraction(12_000_000_023n, 2n))).toBe(6_000_000_011.5);
});

test('equations are solved exactly or found to have no single solution', () => {
  const square = fc.integer({ min: 1, max: 6 }).chain((size) => {
    const row = fc.array(fc.integer({ min: -2, max: 2 }), { minLength: size, maxLength: size });
    return fc.tuple(fc.array(row, { minLength: size, maxLength: size }), row);
  });
  fc.assert(
    fc.property(square, ([matrix, right]) => {
      const solved = solveEquations(
        matrix.map((row, i) => ({
          terms: new Map(
            row.flatMap((value, j): [number, bigint][] => (value === 0 ? [] : [[j, BigInt(value)]])),
          ),
          right: BigInt(right[i] ?? 0),
        })),
      );
      if (!solved) return;
      const sums = matrix.map((row) =>
        row.reduce(
          (sum, value, j) => add(sum, multiply(fraction(BigInt(value)), solved.get(j) ?? zero)),
          zero,
        ),
      );
      expect(sums).toEqual(right.map((value) => fraction(BigInt(value))));
    }),
  );
});

test('an optimum is exact where the difference is far below any floating-point tolerance', async () => {
  // max x + y with x + y ≤ 10^18 + 1 and 3 x ≤ 10^18: the optimum has eighteen digits.
  const far = 10n ** 18n;
  const program: ExactProgram = {
    rows: [
      { lower: 0n, upper: far + 1n },
      { lower: 0n, upper: far },
    ],
    columns: [
      { cost: -2n, lower: 0n, upper: far * 2n, rows: [0, 1], values: [1n, 3n] },
      { cost: -1n, lower: 0n, upper: far * 2n, rows: [0], values: [1n] },
    ],
  };
  const { objective } = solveExactly(program, await openSolver());
  // x = 10^18 / 3, y = 10^18 + 1 - x
  expect(objective).toEqual(fraction(-(far * 4n + 3n), 3n));
});

test('a useless starting basis is mended by exact steps', async () => {
  const solver = await openSolver();
  const values = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(values, values, async (sizes, costs) => {
      const program: ExactProgram = {
        rows: [0, 1, 2].map((row) => ({
          lower: BigInt(sizes[row] ?? 0),
          upper: BigInt((sizes[row] ?? 0) + 5),
        })),
        columns: [0, 1, 2, 3, 4, 5, 6, 7, 8].map((column) => ({
          cost: BigInt(costs[column] ?? 0) - 4n,
          lower: 0n,
          upper: BigInt(3 + (sizes[column + 3] ?? 0)),
          rows: [column % 3],
          values: [1n],
        })),
      };
      const good = solveExactly(program, solver);
      const poor = solveExactly(program, (given) => {
        const found = solver(given);
        return (
          found && { ...found, columnStatus: found.columnStatus.fill(0), rowStatus: found.rowStatus.fill(1) }
        );
      });
      expect(poor.objective).toEqual(good.objective);
    }),
    { numRuns: 60 },
  );
});
