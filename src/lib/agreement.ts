import { seededRandom } from './seeded-random.ts';

export interface Agreement {
  readonly pairs: number;
  /** Share of pairs that agree, 0 … 1. */
  readonly observed: number;
  /** Cohen's kappa; null without pairs, 1 where both always say the same single thing. */
  readonly kappa: number | null;
  /** 95 % percentile bootstrap of kappa; null without pairs. */
  readonly interval: readonly [number, number] | null;
}

/** Agreement of two raters over the same things, corrected for chance (Cohen 1960), with a seeded bootstrap interval. At most 256 names. */
export function agreementOf(
  pairs: readonly (readonly [string, string])[],
  { resamples = 1000, seed = '42' }: { readonly resamples?: number; readonly seed?: string } = {},
): Agreement {
  if (pairs.length === 0) return { pairs: 0, observed: 0, kappa: null, interval: null };
  const { table, size, cells } = countPairs(pairs);
  const observed = agreeing(table, size) / pairs.length;
  const random = seededRandom(`agreement/${seed}`);
  const kappas = Array.from({ length: resamples }, () => kappaOf(resample(cells, size, random), size));
  kappas.sort((left, right) => left - right);
  const at = (share: number): number => kappas[Math.min(resamples - 1, Math.floor(share * resamples))] ?? 0;
  return { pairs: pairs.length, observed, kappa: kappaOf(table, size), interval: [at(0.025), at(0.975)] };
}

function countPairs(pairs: readonly (readonly [string, string])[]): {
  table: Float64Array;
  size: number;
  cells: Uint16Array;
} {
  const names = [...new Set(pairs.flat())].sort();
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const table = new Float64Array(names.length ** 2);
  const cells = Uint16Array.from(
    pairs,
    ([left, right]) => (indexOf.get(left) ?? 0) * names.length + (indexOf.get(right) ?? 0),
  );
  for (const cell of cells) table[cell] = (table[cell] ?? 0) + 1;
  return { table, size: names.length, cells };
}

/** A draw of as many pairs with replacement, cell by cell of the table. `cells`: the cell of every pair. */
function resample(cells: Uint16Array, size: number, random: () => number): Float64Array {
  const drawn = new Float64Array(size ** 2);
  for (let index = 0; index < cells.length; index++) {
    const cell = cells[Math.floor(random() * cells.length)] ?? 0;
    drawn[cell] = (drawn[cell] ?? 0) + 1;
  }
  return drawn;
}

function agreeing(table: Float64Array, size: number): number {
  let sum = 0;
  for (let index = 0; index < size; index++) sum += table[index * size + index] ?? 0;
  return sum;
}

function kappaOf(table: Float64Array, size: number): number {
  const total = table.reduce((left, right) => left + right, 0);
  const rows = new Float64Array(size);
  const columns = new Float64Array(size);
  table.forEach((count, cell) => {
    rows[Math.floor(cell / size)] = (rows[Math.floor(cell / size)] ?? 0) + count;
    columns[cell % size] = (columns[cell % size] ?? 0) + count;
  });
  const chance = rows.reduce((sum, count, index) => sum + count * (columns[index] ?? 0), 0) / total ** 2;
  const observed = agreeing(table, size) / total;
  return chance >= 1 ? 1 : (observed - chance) / (1 - chance);
}
