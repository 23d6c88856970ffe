import { type Bands, capacityUnits, suppliedUnits } from './bands.ts';
import { toNumber } from './fraction.ts';
import { addColumn, addRow, type Solver } from './linear-program.ts';
import { mixProgram } from './mix-program.ts';
import type { Model } from './model.ts';

/** Narrows the bands so that wished targets are missed by the smallest possible sum of shares at this size. */
export function grantWishes(model: Model, bands: Bands, total: number, solver: Solver): Bands {
  const wished = model.constraints.flatMap(({ target }, index) =>
    target ? [{ index, target: toNumber(target) }] : [],
  );
  if (wished.length === 0) return bands;
  const { program } = mixProgram(model, { scaleUnits: total, elastic: false, bands: loosen(bands) });
  const wishes = wished.map(({ index, target }) => {
    const row = addRow(program, target, target);
    for (const group of model.constraints[index]?.groups ?? []) {
      program.columns[group]?.rows.push(row);
      program.columns[group]?.values.push(1);
    }
    const deviation = { cost: 1, lower: 0, upper: 1, rows: [row] };
    const missing = addColumn(program, { ...deviation, values: [1] });
    const excess = addColumn(program, { ...deviation, values: [-1] });
    return { index, target, missing, excess };
  });
  const columns = solver(program)?.columns;
  if (!columns) return bands;
  const lo = bands.lo.slice();
  const hi = bands.hi.slice();
  for (const { index, target, missing, excess } of wishes) {
    lo[index] = Math.min(hi[index] ?? 1, Math.max(lo[index] ?? 0, target - (columns[missing] ?? 0)));
    hi[index] = Math.max(lo[index] ?? 0, Math.min(hi[index] ?? 1, target + (columns[excess] ?? 0)));
  }
  return { lo, hi };
}

/** Least and most units of each group. */
export interface Bounds {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/**
 * Bounds that keep to the mixes with the fewest copies. With an optimal price per group, a group cheaper than a copy takes
 * no copies, one dearer takes all, and only groups at the very price between them are free: so the bounds describe every
 * cheapest mix, not one of them, and the split inside stays proportional.
 */
export function fewestCopies(model: Model, bands: Bands, total: number, solver: Solver): Bounds {
  const lower = new Float64Array(model.groups.length);
  const upper = Float64Array.from(model.groups, (_, group) => Math.min(total, capacityUnits(model, group)));
  const once = model.groups.map((group, index) =>
    group.copiesCount ? Math.min(suppliedUnits(model, index), upper[index] ?? 0) : (upper[index] ?? 0),
  );
  if (once.every((units, index) => units >= (upper[index] ?? 0))) return { lower, upper };
  const { program } = mixProgram(model, { scaleUnits: total, elastic: false, bands: loosen(bands) });
  const originals = program.columns.slice(0, model.groups.length);
  originals.forEach((column, index) => {
    const copies = (upper[index] ?? 0) - (once[index] ?? 0);
    column.upper = (once[index] ?? 0) / total;
    if (copies > 0) addColumn(program, { ...column, cost: 1, upper: copies / total });
  });
  const duals = solver(program)?.rowDuals;
  if (!duals) return { lower, upper };
  originals.forEach((column, index) => {
    const price = column.rows.reduce((sum, row, k) => sum + (duals[row] ?? 0) * (column.values[k] ?? 1), 0);
    const single = once[index] ?? 0;
    if (price < -priceTolerance) upper[index] = 0;
    else if (price < 1 - priceTolerance) upper[index] = single;
    if (price > 1 + priceTolerance) lower[index] = upper[index] ?? 0;
    else if (price > priceTolerance) lower[index] = Math.min(single, upper[index] ?? 0);
  });
  return { lower, upper };
}

/** Prices are small rationals; anything nearer than this to 0 or 1 is 0 or 1. */
const priceTolerance = 1e-6;

/** Widens bands by less than a thousandth of a row at a million, so that the solver's own rounding cannot close them. */
function loosen(bands: Bands): Bands {
  return {
    lo: bands.lo.map((lo) => (lo > 0 ? lo - 1e-9 : lo)),
    hi: bands.hi.map((hi) => (hi > 0 && hi < 1 ? hi + 1e-9 : hi)),
  };
}
