import { buildModel } from './model.ts';
import type { BalanceProblem } from './problem.ts';
import { reportConstraints } from './report-constraints.ts';
import type { ConstraintReport } from './solution.ts';

/** The constraints against what was selected: copies and units per cell, which differ from copies × mean where rows do. */
export function recountConstraints(
  problem: BalanceProblem,
  selected: { readonly rows: ArrayLike<number>; readonly units: ArrayLike<number> },
): ConstraintReport[] {
  const model = buildModel(problem);
  const sum = (of: ArrayLike<number>): number[] =>
    model.groups.map((group) => group.cells.reduce((all, cell) => all + (of[cell] ?? 0), 0));
  return reportConstraints(model, sum(selected.rows), sum(selected.units));
}
