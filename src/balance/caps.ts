import { coveringName } from './coverage.ts';
import { compare, decimalFraction, type Fraction, fraction, toNumber, zero } from './fraction.ts';
import type { Group, Model } from './model.ts';
import type { BalanceProblem } from './problem.ts';

/** Synthetic units are at most `share` of all units of `personas`. Homogeneous: what holds at one size holds at every size. */
export interface Cap {
  /** `synthetic` (of the corpus) or `synthetic:poet`. */
  readonly name: string;
  readonly share: Fraction;
  /** Personas that make up the base; null: all. */
  readonly personas: ReadonlySet<string> | null;
}

/** Every cap that a problem names, the corpus first, then by persona. */
export function listCaps(problem: BalanceProblem): Cap[] {
  const { syntheticCaps } = problem;
  if (!syntheticCaps) return [];
  const { corpus, eachPersona, personas = {} } = syntheticCaps;
  const known = [
    ...new Set([...problem.cells.map((cell) => cell.persona), ...Object.keys(problem.categories)]),
  ];
  const bases = new Map<string, { share: number; personas: Set<string> }>();
  for (const persona of [...known, ...Object.keys(personas)].toSorted()) {
    const covering = coveringName(personas, problem.parents, persona);
    const share = covering === null ? eachPersona : personas[covering];
    if (share === undefined) continue;
    const base = bases.get(covering ?? persona) ?? { share, personas: new Set<string>() };
    base.personas.add(persona);
    bases.set(covering ?? persona, base);
  }
  const named = [...bases].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [
    ...(corpus === undefined ? [] : [{ name: 'synthetic', share: decimalFraction(corpus), personas: null }]),
    ...named.map(([name, base]) => ({
      name: `synthetic:${name}`,
      share: decimalFraction(base.share),
      personas: base.personas,
    })),
  ];
}

/** Indices of the caps whose base holds a persona. */
export function capsOver(caps: readonly Cap[], persona: string): number[] {
  return caps.flatMap((cap, index) => (cap.personas === null || cap.personas.has(persona) ? [index] : []));
}

/** Caps that could bind: synthetic rows of their base are supplied. */
export function bindingCaps(model: Model): number[] {
  const found = new Set<number>();
  for (const group of model.groups)
    if (group.synthetic && group.capacity > 0n) for (const cap of group.caps) found.add(cap);
  return [...found].toSorted((a, b) => a - b);
}

/** Coefficient of a unit in the row `synthetic - share × base ≤ 0`, times the denominator of the share. */
export function exactCoefficient({ share }: Cap, synthetic: boolean): bigint {
  return synthetic ? share.denominator - share.numerator : -share.numerator;
}

/** Coefficient of a unit in the row `synthetic - share × base ≤ 0`. */
export function capCoefficient(cap: Cap, synthetic: boolean): number {
  return (synthetic ? 1 : 0) - toNumber(cap.share);
}

/** Groups of a cap's base, and those of them that are synthetic. */
export function groupsOfCap(model: Model, cap: number): { base: number[]; synthetic: number[] } {
  const base = model.groups.flatMap((group, index) => (group.caps.includes(cap) ? [index] : []));
  return { base, synthetic: base.filter((index) => model.groups[index]?.synthetic) };
}

/** How far whole copies per group are above a cap: positive means broken. Exact, in scaled units. */
export function excessOf(model: Model, cap: number, counts: readonly number[]): Fraction {
  const limit = model.caps[cap];
  if (!limit) return zero;
  let excess = 0n;
  model.groups.forEach((group, index) => {
    if (!group.caps.includes(cap)) return;
    excess += exactCoefficient(limit, group.synthetic) * BigInt(counts[index] ?? 0) * unitsOf(model, group);
  });
  return fraction(excess, limit.share.denominator * model.unitScale);
}

export function capsHold(model: Model, counts: readonly number[]): boolean {
  return bindingCaps(model).every((cap) => compare(excessOf(model, cap, counts), zero) <= 0);
}

function unitsOf(model: Model, group: Group): bigint {
  return BigInt(Math.round(group.unitsPerRow * Number(model.unitScale)));
}
