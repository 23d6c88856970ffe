import { askedBands } from './bands.ts';
import { buildCertificate } from './certificate.ts';
import { findCure } from './cure.ts';
import { judgeFeasibility, largestTotal } from './feasibility.ts';
import { floor } from './fraction.ts';
import { openSolver } from './linear-program.ts';
import { mixRows } from './mix.ts';
import { buildModel } from './model.ts';
import { findNearest } from './nearest.ts';
import type { BalanceProblem } from './problem.ts';
import { reportConstraints, unitsOfRows } from './report-constraints.ts';
import type { BalanceSolution } from './solution.ts';
import { spreadOverCells, spreadUnits } from './spread.ts';

export type { BalanceSolution } from './solution.ts';

/**
 * How many copies of each cell the balanced corpus takes. Exact about what is possible, deterministic, and the same for
 * every order of cells and keys. Where the shares cannot all hold, the nearest mix and a certificate.
 * 57 personas × 16 traits × 2,000 cells take well under a second (bench/results.md).
 * @throws ConfigError `balance-problem` for a problem that makes no sense
 * @throws FatalError `balance-solver` when the solver fails, which no known problem makes it do
 */
export async function solveBalance(problem: BalanceProblem): Promise<BalanceSolution> {
  const solver = await openSolver();
  const model = buildModel(problem);
  const all = model.constraints.map((_, index) => index);
  const supplied = model.groups.some((group) => group.capacity > 0n);
  const { feasible } = supplied
    ? judgeFeasibility(model, { shares: all, total: model.total }, solver)
    : { feasible: model.total === 0n };
  const nearest = feasible ? null : findNearest(model, solver);
  const size = model.total ?? (feasible ? floor(largestTotal(model, model.supplied, solver)) : 0n);
  const total = nearest ? nearest.total : Number(size) / Number(model.unitScale);
  const { counts, values } = mixRows(model, nearest?.bands ?? askedBands(model), total, solver);
  const quotas = spreadOverCells(model, counts, problem.cells);
  return {
    feasible,
    quotas,
    unitQuotas: spreadUnits(model, values, problem.cells),
    total: quotas.reduce((sum, quota) => sum + quota, 0),
    constraints: reportConstraints(model, counts, unitsOfRows(model, counts)),
    growth:
      feasible && model.total === null && size < model.supplied ? findCure(problem, model, solver) : null,
    certificate: nearest && buildCertificate(problem, model, nearest, solver),
  };
}
