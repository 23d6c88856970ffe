import { judgeFeasibility, largestTotal } from './feasibility.ts';
import { compare, divide, fraction, ceiling, zero } from './fraction.ts';
import type { Solver } from './linear-program.ts';
import { buildModel, type Model } from './model.ts';
import type { BalanceProblem } from './problem.ts';

/**
 * Smallest `maxRepeats` at which every share holds at the asked size; null where none does or the largest size is asked.
 * Exact: a size holds with r copies of each row just when a size r times smaller holds with one. Personas with a limit of their
 * own keep it, so with such limits the answer is checked and may be null.
 */
export function repeatsNeeded(problem: BalanceProblem, model: Model, solver: Solver): number | null {
  if (model.total === null || model.total === 0n) return null;
  const single = buildModel({ ...problem, maxRepeats: 1, personaRepeats: {}, restEpochs: undefined });
  const largest = largestTotal(single, model.total, solver);
  if (compare(largest, zero) <= 0) return null;
  const maxRepeats = Number(ceiling(divide(fraction(model.total), largest)));
  if (problem.rest !== 'unimax' && Object.keys(problem.personaRepeats ?? {}).length === 0) return maxRepeats;
  const tried = buildModel({ ...problem, maxRepeats });
  const shares = model.constraints.map((_, index) => index);
  return judgeFeasibility(tried, { shares, total: tried.total }, solver).feasible ? maxRepeats : null;
}
