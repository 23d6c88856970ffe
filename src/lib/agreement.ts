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

/** Agreement of two raters over the same things, corrected for chance (Cohen 1960), with a seeded bootstrap interval. */
export function agreementOf(
  pairs: readonly (readonly [string, string])[],
  { resamples = 1000, seed = '42' }: { readonly resamples?: number; readonly seed?: string } = {},
): Agreement {
  if (pairs.length === 0) return { pairs: 0, observed: 0, kappa: null, interval: null };
  const { table, size } = countPairs(pairs);
  const observed = agreeing(table, size) / pairs.length;
  const random = seededRandom(`agreement/${seed}`);
  const kappas = Array.from({ length: resamples }, () => kappaOf(resample(table, pairs.length, random), size));
  kappas.sort((left, right) => left - right);
  const at = (share: number): number => kappas[Math.min(resamples - 1, Math.floor(share * resamples))] ?? 0;
  return { pairs: pairs.length, observed, kappa: kappaOf(table, size), interval: [at(0.025), at(0.975)] };
}

function countPairs(pairs: readonly (readonly [string, string])[]): { table: Float64Array; size: number } {
  const names = [...new Set(pairs.flat())].sort();
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const table = new Float64Array(names.length ** 2);
  for (const [left, right] of pairs) {
    const cell = (indexOf.get(left) ?? 0) * names.length + (indexOf.get(right) ?? 0);
    table[cell] = (table[cell] ?? 0) + 1;
  }
  return { table, size: names.length };
}

/** A draw of as many pairs with replacement, cell by cell of the table. */
function resample(table: Float64Array, total: number, random: () => number): Float64Array {
  const ends = new Float64Array(table.length);
  let sum = 0;
  table.forEach((count, cell) => {
    sum += count;
    ends[cell] = sum;
  });
  const drawn = new Float64Array(table.length);
  for (let index = 0; index < total; index++) {
    const point = random() * total;
    const cell = ends.findIndex((end) => point < end);
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
