import { capacityUnits } from './bands.ts';
import { judgeFeasibility } from './feasibility.ts';
import { addColumn, addRow, type Solver } from './linear-program.ts';
import { buildModel, type Group, type Model } from './model.ts';
import type { BalanceProblem } from './problem.ts';
import { shareProgram } from './share-program.ts';

/**
 * Smallest `maxRepeats` at which every share holds at the asked size; null where none does or the largest size is asked.
 * Cells with a limit of their own keep it.
 */
export function repeatsNeeded(problem: BalanceProblem, model: Model, solver: Solver): number | null {
  if (model.total === null || model.total === 0n) return null;
  const totalUnits = Number(model.total) / Number(model.unitScale);
  const ownLimit = (group: Group): boolean => group.capacityRows !== group.rows * problem.maxRepeats;
  const { program } = shareProgram(model, (index) => {
    const group = model.groups[index];
    return group && ownLimit(group) ? Math.min(1, capacityUnits(model, index) / totalUnits) : 1;
  });
  const repeats = addColumn(program, { cost: 1, lower: 1, upper: Infinity, rows: [], values: [] });
  model.groups.forEach((group, index) => {
    if (ownLimit(group)) return;
    const row = addRow(program, -Infinity, 0);
    program.columns[index]?.rows.push(row);
    program.columns[index]?.values.push(1);
    program.columns[repeats]?.rows.push(row);
    program.columns[repeats]?.values.push((-group.rows * group.unitsPerRow) / totalUnits);
  });
  const least = solver(program)?.columns[repeats];
  if (least === undefined) return null;
  const all = model.constraints.map((_, index) => index);
  const from = Math.max(1, Math.ceil(least - 1e-6));
  return (
    [from, from + 1].find((maxRepeats) => {
      const tried = buildModel({ ...problem, maxRepeats });
      return judgeFeasibility(tried, { shares: all, total: tried.total }, solver).feasible;
    }) ?? null
  );
}
