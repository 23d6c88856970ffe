import { askedBands, type Bands, capacityUnits } from './bands.ts';
import { bindingCaps } from './caps.ts';
import { judgeFeasibility } from './feasibility.ts';
import { toNumber } from './fraction.ts';
import { addColumn, addRow, type Solver } from './linear-program.ts';
import { mixProgram } from './mix-program.ts';
import { type Model, sumOf } from './model.ts';

/** The nearest mix to targets that cannot all hold. */
export interface Nearest {
  /** The asked bands, each widened by just what the nearest mix needs. */
  readonly bands: Bands;
  /** Sum of the share deviations. */
  readonly l1: number;
  /** Size in units. */
  readonly total: number;
}

/**
 * Smallest sum of share deviations over the named constraints; of those mixes the evenest one (smallest largest deviation).
 * An asked size is kept where the rows allow it; otherwise, and for `max`, the largest size among the nearest mixes.
 */
export function findNearest(model: Model, solver: Solver): Nearest {
  const capacity = model.groups.reduce((sum, _, group) => sum + capacityUnits(model, group), 0);
  const asked = model.total === null ? null : Number(model.total) / Number(model.unitScale);
  const supplied = Number(model.supplied) / Number(model.unitScale);
  const limit = Math.min(asked ?? supplied, capacity);
  if (limit <= 0) return emptyMix(model);
  const fits = (): boolean => judgeFeasibility(model, { shares: [], total: model.total }, solver).feasible;
  const kept = asked !== null && asked <= capacity && (bindingCaps(model).length === 0 || fits());
  const shares = model.constraints.map((_, index) => index);
  const { l1 } = judgeFeasibility(model, { shares, total: kept ? model.total : null }, solver);
  const total = kept ? asked : largestAt(model, l1, limit, solver);
  if (total <= 0) return emptyMix(model);
  return { bands: evenest(model, total, l1, solver), l1, total };
}

/** Where no row can be taken every share is 0, and each constraint misses its lower bound by all of it. */
function emptyMix(model: Model): Nearest {
  const bands = askedBands(model);
  bands.lo.fill(0);
  return { bands, l1: toNumber(sumOf(model.constraints, 'lo')), total: 0 };
}

/** Slack for sums of a hundred deviations that the solver knows to 1e-9 each. */
const slack = 1e-8;
/** What that slack can leave on a constraint that needs no deviation. */
const noise = 3e-8;

/** The largest size, in units, at which the deviations sum to no more than `l1`. */
function largestAt(model: Model, l1: number, limit: number, solver: Solver): number {
  const { program, deviations, sizeColumn } = mixProgram(model, { scaleUnits: limit, elastic: true });
  const sumRow = addRow(program, -Infinity, 0);
  for (const { column } of deviations)
    changeColumn(program.columns[column], { cost: 0, row: sumRow, value: 1 });
  changeColumn(program.columns[sizeColumn], { cost: -1, lower: 0, row: sumRow, value: -(l1 + slack) });
  const share = solver(program)?.columns[sizeColumn] ?? 0;
  const total = Math.min(limit, share * limit + 1e-6);
  return model.unitScale === 1n ? Math.floor(total) : total;
}

/** Bands widened by the deviations of the evenest mix with the least sum. */
function evenest(model: Model, total: number, l1: number, solver: Solver): Bands {
  const { program, deviations } = mixProgram(model, { scaleUnits: total, elastic: true });
  const sumRow = addRow(program, -Infinity, l1 + slack);
  const largest = addColumn(program, { cost: 1, lower: 0, upper: 1, rows: [], values: [] });
  for (const { column } of deviations) {
    changeColumn(program.columns[column], { cost: 0, row: sumRow, value: 1 });
    const row = addRow(program, -Infinity, 0);
    changeColumn(program.columns[column], { row, value: 1 });
    changeColumn(program.columns[largest], { row, value: -1 });
  }
  const solution = solver(program);
  const bands = askedBands(model);
  for (const { column, constraint, sign } of deviations) {
    const value = solution?.columns[column] ?? 0;
    if (value < noise) continue;
    if (sign > 0) bands.lo[constraint] = Math.max(0, (bands.lo[constraint] ?? 0) - value);
    else bands.hi[constraint] = Math.min(1, (bands.hi[constraint] ?? 1) + value);
  }
  return bands;
}

function changeColumn(
  column: { cost: number; lower: number; rows: number[]; values: number[] } | undefined,
  change: { readonly cost?: number; readonly lower?: number; readonly row: number; readonly value: number },
): void {
  if (!column) return;
  column.cost = change.cost ?? column.cost;
  column.lower = change.lower ?? column.lower;
  column.rows.push(change.row);
  column.values.push(change.value);
}
