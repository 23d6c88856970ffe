import { leastNewRows, listMakers } from './cure-program.ts';
import { judgeFeasibility } from './feasibility.ts';
import type { Solver } from './linear-program.ts';
import { buildModel, type Model } from './model.ts';
import type { BalanceProblem } from './problem.ts';
import type { NewRows } from './solution.ts';

/**
 * Fewest new rows (each usable `maxRepeats` times) with which every share holds at the asked size, or at the size of the
 * supply where the largest is asked; null where no new row helps. Per persona the program chooses how many rows come and how
 * many of them carry each trait; exclusive traits share the rows, others overlap freely, so few distinct kinds are needed.
 * The answer is checked exactly.
 */
export function findCure(problem: BalanceProblem, model: Model, solver: Solver): NewRows[] | null {
  const totalUnits = Number(model.total ?? model.supplied) / Number(model.unitScale);
  if (totalUnits <= 0) return null;
  const makers = listMakers(problem, model);
  const cures = (rows: readonly NewRows[]): boolean => curesAt(problem, rows, { totalUnits, solver });
  // Rows that a generator makes count as synthetic; where the caps leave no room for them, rows from elsewhere may still help.
  const kinds = model.caps.length > 0 ? [true, false] : [false];
  const tries = kinds.flatMap((synthetic) =>
    squeezes(totalUnits).map((squeezeUnits) => ({ synthetic, squeezeUnits })),
  );
  for (const { synthetic, squeezeUnits } of tries) {
    const needs = leastNewRows(problem, model, { makers, totalUnits, squeezeUnits, synthetic, solver });
    if (!needs) continue;
    const rows = needs.map((need) => ({ ...need, rows: Math.ceil(need.rows - 1e-6) }));
    if (cures(rows)) return squeezeUnits > 0 ? trim(rows, cures) : rows.filter((entry) => entry.rows > 0);
  }
  return null;
}

function squeezes(totalUnits: number): readonly number[] {
  // A gap below the solver's tolerance shows only once every group is taken to have a little less than it has.
  return [0, Math.max(1, totalUnits * 1e-8)];
}

function curesAt(
  problem: BalanceProblem,
  rows: readonly NewRows[],
  options: { readonly totalUnits: number; readonly solver: Solver },
): boolean {
  const cured = buildModel({ ...problem, cells: [...problem.cells, ...rows] });
  const total = (BigInt(Math.round(options.totalUnits * 1000)) * cured.unitScale) / 1000n;
  const shares = cured.constraints.map((_, index) => index);
  return judgeFeasibility(cured, { shares, total }, options.solver).feasible;
}

/** Lowers each count as far as the cure still works (by bisection). */
function trim(rows: readonly NewRows[], cures: (rows: readonly NewRows[]) => boolean): NewRows[] {
  let kept = [...rows];
  for (let index = 0; index < kept.length; index++) {
    const withCount = (count: number): NewRows[] =>
      kept.map((entry, at) => (at === index ? { ...entry, rows: count } : entry));
    let low = 0;
    let high = kept[index]?.rows ?? 0;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (cures(withCount(middle))) high = middle;
      else low = middle + 1;
    }
    kept = withCount(high);
  }
  return kept.filter((entry) => entry.rows > 0);
}
