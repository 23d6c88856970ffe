import { suppliedUnits } from './bands.ts';
import type { Cap } from './caps.ts';
import { compare, one, toNumber, zero } from './fraction.ts';
import { type Constraint, type Model, sumOf } from './model.ts';
import type { BalanceProblem } from './problem.ts';
import { bandWords, countWords, listWords, percentWords } from './words.ts';

/** Why the named constraints cannot hold together, in plain words; no full stop. */
export function explainConflict(problem: BalanceProblem, model: Model, conflicts: readonly string[]): string {
  const constraints = model.constraints.filter((constraint) => conflicts.includes(constraint.name));
  const caps = model.caps.filter((cap) => conflicts.includes(cap.name));
  const withTotal = conflicts.includes('total');
  const size = Number(model.total ?? 0n) / Number(model.unitScale);
  if (caps.length > 0) return explainCaps({ constraints, caps, size: withTotal ? size : null });
  const [only] = constraints;
  if (!only) return explainTotal(model, size);
  if (withTotal && constraints.length === 1) return explainScarce(model, only, size);
  if (!withTotal && constraints.length === 1) return explainAlone(model, only);
  const sums = withTotal ? null : explainSums(problem, constraints);
  if (sums) return sums;
  const parts = constraints.map((constraint) => `${words(constraint)} (${bandOf(constraint)})`);
  return `${listWords(parts)} cannot hold together${withTotal ? ` at ${countWords(size)} rows` : ''}`;
}

function explainCaps(parts: {
  readonly constraints: readonly Constraint[];
  readonly caps: readonly Cap[];
  /** Null where the size is no part of the conflict. */
  readonly size: number | null;
}): string {
  const named = [
    ...parts.constraints.map((constraint) => `${words(constraint)} (${bandOf(constraint)})`),
    ...parts.caps.map((cap) => {
      const base = cap.personas === null ? 'the corpus' : cap.name.slice('synthetic:'.length);
      return `at most ${percentWords(toNumber(cap.share))} synthetic rows in ${base}`;
    }),
  ];
  const at = parts.size === null ? '' : ` at ${countWords(parts.size)} rows`;
  if (named.length === 1) return `${named.join('')} leaves too few rows${at || ': no other are supplied'}`;
  return `${listWords(named)} cannot hold together${at}`;
}

function explainTotal(model: Model, size: number): string {
  const capacity = model.groups.reduce((sum, group) => sum + group.capacity, 0n) / model.unitScale;
  if (model.supplied === 0n && model.total === null) return 'no rows are supplied';
  if (model.total === null)
    return 'no supplied row has a persona with a weight, and rows without one are dropped';
  return `${countWords(size)} rows are asked for and the supply, copies included, gives ${countWords(Number(capacity))}`;
}

function explainScarce(model: Model, constraint: Constraint, size: number): string {
  const supplied = constraint.groups.reduce((sum, group) => sum + suppliedUnits(model, group), 0);
  const most =
    constraint.groups.reduce((sum, group) => sum + (model.groups[group]?.capacity ?? 0n), 0n) /
    model.unitScale;
  const wanted = toNumber(constraint.lo) * size;
  if (wanted <= Number(most)) {
    return `${words(constraint)} at ${bandOf(constraint)} leaves too few other rows for ${countWords(size)} in all`;
  }
  const asked = `${words(constraint)} at ${bandOf(constraint)} of ${countWords(size)} needs ${countWords(wanted)} rows`;
  return `${asked}; ${countWords(supplied)} are supplied, ${countWords(Number(most))} with every copy allowed`;
}

function explainAlone(model: Model, constraint: Constraint): string {
  const open = constraint.groups.some((group) => (model.groups[group]?.capacity ?? 0n) > 0n);
  if (!open) return `${words(constraint)} is to be ${bandOf(constraint)} and has no rows`;
  return `${words(constraint)} is to be ${bandOf(constraint)} and nothing else is supplied`;
}

/** Shares that exclude each other and sum to more than the whole, or cover everything and sum to less. */
function explainSums(problem: BalanceProblem, constraints: readonly Constraint[]): string | null {
  const kind = constraints[0]?.kind;
  if (!kind || constraints.some((constraint) => constraint.kind !== kind)) return null;
  const names = constraints.map((constraint) => constraint.name.slice(kind.length + 1));
  const excluding =
    kind !== 'trait' || problem.exclusive.some((group) => names.every((name) => group.includes(name)));
  const exact = constraints.every(({ lo, hi }) => compare(lo, hi) === 0);
  const plural = `${kind} ${exact ? (kind === 'persona' ? 'weights' : 'shares') : 'minima'}`;
  const lowest = sumOf(constraints, 'lo');
  if (excluding && compare(lowest, one) > 0) {
    const why = kind === 'trait' ? ', which exclude each other,' : '';
    return `the ${plural} of ${listWords(names)}${why} sum to ${percentWords(toNumber(lowest))}`;
  }
  const highest = sumOf(constraints, 'hi');
  if (compare(highest, one) >= 0 || compare(highest, zero) < 0) return null;
  const most = `${kind} ${exact ? (kind === 'persona' ? 'weights' : 'shares') : 'maxima'}`;
  return `the ${most} of ${listWords(names)} sum to ${percentWords(toNumber(highest))} and no other row may take the rest`;
}

function words(constraint: Constraint): string {
  return constraint.name.replace(':', ' ');
}

function bandOf({ lo, hi }: Constraint): string {
  return bandWords(toNumber(lo), toNumber(hi));
}
