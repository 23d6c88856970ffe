import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { BalanceProblem } from '../../src/balance/problem.ts';
import { selectUnits } from '../../src/balance/select-units.ts';
import { solveBalance } from '../../src/balance/solve.ts';
import { mix32 } from '../../src/lib/hash.ts';

const personas = ['architect', 'humorist', 'poet'];

interface Supply {
  readonly problem: BalanceProblem;
  readonly cells: Uint32Array;
  readonly keys: Uint32Array;
  readonly units: Uint32Array;
}

/** Rows of three personas, some made, with lengths that differ by a factor of up to a hundred. */
function supply(rows: number, seed: number, settings: Partial<BalanceProblem> = {}): Supply {
  const draw = (row: number, what: number): number => (mix32(seed + row * 31 + what * 7919) >>> 0) / 2 ** 32;
  const cells = Uint32Array.from(
    { length: rows },
    (_, row) => Math.floor(draw(row, 1) * 3) * 2 + Number(draw(row, 2) < 0.3),
  );
  const units = Uint32Array.from({ length: rows }, (_, row) => Math.ceil(10 * 100 ** draw(row, 3)));
  const keys = Uint32Array.from({ length: rows * 2 }, (_, i) => mix32(seed ^ (i + 1)) >>> 0);
  const list = personas.flatMap((persona, p) =>
    [false, true].map((synthetic, s) => {
      const own = Array.from(cells, (cell, row) => (cell === p * 2 + s ? (units[row] ?? 0) : -1));
      const lengths = own.filter((length) => length >= 0);
      const sum = lengths.reduce((all, length) => all + length, 0);
      return {
        persona,
        traits: [],
        rows: lengths.length,
        unitsPerRow: sum / Math.max(1, lengths.length),
        synthetic,
      };
    }),
  );
  return {
    cells,
    keys,
    units,
    problem: {
      cells: list,
      personaWeights: { architect: 0.5, humorist: 0.3, poet: 0.2 },
      traitRequirements: {},
      categoryBands: {},
      parents: {},
      categories: {},
      exclusive: [],
      rest: 'natural',
      total: 20_000,
      maxRepeats: 3,
      ...settings,
    },
  };
}

test('shares of tokens hold to the length of a row or two, counted with the lengths of the very rows', async () => {
  for (const seed of [1, 2, 3]) {
    const { problem, ...rows } = supply(2000, seed);
    const { unitQuotas } = await solveBalance(problem);
    const { units, copies } = selectUnits({ problem, quotas: unitQuotas, ...rows });
    const sum = (of: (cell: number) => boolean): number =>
      Array.from(copies).reduce((all, count, row) => {
        return all + (of(rows.cells[row] ?? 0) ? count * (rows.units[row] ?? 0) : 0);
      }, 0);
    expect(sum(() => true)).toBe(units.reduce((all, value) => all + value, 0));
    expect(Math.abs(sum((cell) => cell < 2) - 10_000)).toBeLessThan(500);
    expect(Math.abs(sum((cell) => cell >= 4) - 4000)).toBeLessThan(500);
  }
});

test('a larger quota only adds rows, and every row enters once before any enters twice', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(40_000), fc.nat(40_000), (seed, a, b) => {
      const { problem, ...rows } = supply(120, seed, { personaWeights: {} });
      const copiesAt = (quota: number): Uint8Array | Uint16Array =>
        selectUnits({ problem, quotas: [quota, 0, 0, 0, 0, 0], ...rows }).copies;
      const [fewer, more] = [copiesAt(Math.min(a, b)), copiesAt(Math.max(a, b))];
      fewer.forEach((count, row) => expect(more[row]).toBeGreaterThanOrEqual(count));
      const own = Array.from(more).filter((_, row) => rows.cells[row] === 0);
      if (own.length > 0) expect(Math.max(...own) - Math.min(...own)).toBeLessThanOrEqual(1);
    }),
  );
});

test('caps on synthetic tokens hold exactly in the tokens of the rows', async () => {
  const share = 0.05;
  for (const seed of [4, 5, 6]) {
    const { problem, ...rows } = supply(1500, seed, {
      syntheticCaps: { corpus: share, personas: { poet: 0.02 } },
    });
    const { unitQuotas } = await solveBalance(problem);
    const { units } = selectUnits({ problem, quotas: unitQuotas, ...rows });
    const total = units.reduce((all, value) => all + value, 0);
    const made = (units[1] ?? 0) + (units[3] ?? 0) + (units[5] ?? 0);
    expect(made).toBeLessThanOrEqual(share * total);
    expect(made).toBeGreaterThan(share * total - 2500); // what the longest row can cost
    expect(units[5]).toBeLessThanOrEqual(0.02 * ((units[4] ?? 0) + (units[5] ?? 0)));
  }
});
