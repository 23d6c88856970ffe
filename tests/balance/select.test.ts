import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { selectionKeys, selectRows } from '../../src/balance/select.ts';

const noCell = 0xffffffff;

const tables = fc
  .array(fc.record({ cell: fc.constantFrom(0, 1, 2, noCell), key: fc.nat(40) }), { maxLength: 80 })
  .map((rows) => ({
    cells: Uint32Array.from(rows, ({ cell }) => cell),
    // Few distinct keys, so that ties are met.
    keys: Uint32Array.from(rows.flatMap(({ key }) => [key >> 2, key & 3])),
  }));

test('every cell gets its quota, evenly: copies of two rows of a cell differ by at most one', () => {
  fc.assert(
    fc.property(tables, fc.array(fc.nat(200), { minLength: 3, maxLength: 3 }), (table, quotas) => {
      const { copies } = selectRows({ ...table, quotas });
      for (const cell of [0, 1, 2]) {
        const own = [...copies].filter((_, row) => table.cells[row] === cell);
        if (own.length === 0) continue;
        expect(own.reduce((sum, count) => sum + count, 0)).toBe(quotas[cell]);
        expect(Math.max(...own) - Math.min(...own)).toBeLessThanOrEqual(1);
      }
      expect([...copies].filter((count, row) => table.cells[row] === noCell && count > 0)).toEqual([]);
    }),
  );
});

test('the extra copy goes to the smallest keys, and the threshold says up to which', () => {
  fc.assert(
    fc.property(tables, fc.nat(60), (table, quota) => {
      const { copies, thresholds, baseCopies, extraRows } = selectRows({ ...table, quotas: [quota, 0, 0] });
      const rows = [...copies.keys()].filter((row) => table.cells[row] === 0);
      const rank = (row: number): number => (table.keys[row * 2] ?? 0) * 4 + (table.keys[row * 2 + 1] ?? 0);
      const sorted = rows.toSorted((a, b) => rank(a) - rank(b) || a - b);
      const extra = sorted.slice(0, extraRows[0]);
      const base = baseCopies[0] ?? 0;
      expect(sorted.map((row) => copies[row])).toEqual(
        sorted.map((row) => base + Number(extra.includes(row))),
      );
      const last = extra.at(-1);
      if (last !== undefined) expect((thresholds[0] ?? 0) * 4 + (thresholds[1] ?? 0)).toBe(rank(last));
    }),
  );
});

test('a larger quota only adds copies', () => {
  fc.assert(
    fc.property(tables, fc.nat(150), fc.nat(50), (table, quota, more) => {
      const small = selectRows({ ...table, quotas: [quota, 5, 0] }).copies;
      const large = selectRows({ ...table, quotas: [quota + more, 5, 0] }).copies;
      expect([...small].filter((count, row) => count > (large[row] ?? 0))).toEqual([]);
    }),
  );
});

test('keys depend on content and seed, and spread evenly', () => {
  const rows = 4096;
  const hashes = Uint32Array.from({ length: rows * 4 }, (_, index) => index);
  const keys = selectionKeys({ hashes, seed: 1 });
  expect(selectionKeys({ hashes: hashes.slice(40, 44), seed: 1 })).toEqual(keys.slice(20, 22));
  expect(selectionKeys({ hashes, seed: 2 })).not.toEqual(keys);
  const lower = [...keys].filter((word, index) => index % 2 === 0 && word < 2 ** 31).length;
  expect(Math.abs(lower - rows / 2)).toBeLessThan(4 * Math.sqrt(rows / 4));
  expect(
    new Set(Array.from({ length: rows }, (_, row) => `${keys[row * 2]} ${keys[row * 2 + 1]}`)).size,
  ).toBe(rows);
});

test('more than 255 copies of a row are counted', () => {
  const { copies } = selectRows({
    cells: Uint32Array.of(0, 0),
    keys: Uint32Array.of(1, 1, 2, 2),
    quotas: [601],
  });
  expect([...copies]).toEqual([301, 300]);
});
