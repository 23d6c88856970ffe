import type { BalanceProblem } from './problem.ts';

/** The entry of a map of personas that covers `persona`: its own, else its parent's; null: none. */
export function coveringName(
  entries: Readonly<Record<string, unknown>>,
  parents: Readonly<Record<string, string>>,
  persona: string,
): string | null {
  if (persona in entries) return persona;
  const parent = parents[persona];
  return parent !== undefined && parent in entries ? parent : null;
}

/** Most times that the rows of a persona may be used, on average over a cell; whole except for the epochs of UniMax. */
export function repeatsOf(problem: BalanceProblem, persona: string, isRest: boolean): number {
  const caps = problem.personaRepeats ?? {};
  const covering = coveringName(caps, problem.parents, persona);
  const repeats = covering === null ? problem.maxRepeats : (caps[covering] ?? problem.maxRepeats);
  return isRest && problem.rest === 'unimax' ? Math.min(repeats, problem.restEpochs ?? 4) : repeats;
}
