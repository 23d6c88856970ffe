import type { Band, BalanceProblem } from '../../src/balance/problem.ts';

/** Constraints that whole quotas miss by more than a row; written apart from the balancer's own reading of a problem. */
export function missedMargins(problem: BalanceProblem, quotas: readonly number[]): string[] {
  const total = quotas.reduce((sum, quota) => sum + quota, 0);
  const missed: string[] = [];
  const look = (name: string, band: number | Band, counts: (index: number) => boolean): void => {
    const { lo, hi } = ends(band);
    const sum = quotas.reduce((all, quota, index) => (counts(index) ? all + quota : all), 0);
    const tolerance = (hi === 0 || lo === 1 ? 0 : 1) + 1e-6;
    if (sum < lo * total - tolerance || sum > hi * total + tolerance)
      missed.push(`${name}: ${sum} of ${total}`);
  };
  const owner = (index: number): string => {
    const persona = problem.cells[index]?.persona ?? '';
    return persona in problem.personaWeights ? persona : (problem.parents[persona] ?? '');
  };
  for (const [name, band] of Object.entries(problem.personaWeights))
    look(name, band, (i) => owner(i) === name);
  for (const [name, band] of Object.entries(problem.traitRequirements)) {
    look(name, band, (i) => problem.cells[i]?.traits.includes(name) ?? false);
  }
  for (const [name, band] of Object.entries(problem.categoryBands)) {
    look(name, band, (i) => problem.categories[problem.cells[i]?.persona ?? ''] === name);
  }
  return missed;
}

function ends(band: number | Band): { lo: number; hi: number } {
  if (typeof band === 'number') return { lo: band, hi: band };
  if (band.min === undefined && band.max === undefined) return { lo: band.target ?? 0, hi: band.target ?? 1 };
  return { lo: band.min ?? 0, hi: band.max ?? 1 };
}
