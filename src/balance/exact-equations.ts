import { type Fraction, fraction, greatestCommonDivisor, multiply, subtract } from './fraction.ts';

/** One row of a square system: coefficient per unknown, zeros left out, and the right side. */
export interface Equation {
  readonly terms: Map<number, bigint>;
  right: bigint;
}

/**
 * Solves a square integer system exactly, or returns null where it has no single solution. Changes `equations`. Sparse
 * elimination that prefers pivots of ±1 in short rows, so that 0/1 systems keep small numbers.
 */
export function solveEquations(equations: readonly Equation[]): Map<number, Fraction> | null {
  const open = new Set(equations);
  const byUnknown = new Map<number, Set<Equation>>();
  for (const equation of equations) {
    for (const unknown of equation.terms.keys()) {
      const users = byUnknown.get(unknown);
      if (users) users.add(equation);
      else byUnknown.set(unknown, new Set([equation]));
    }
  }
  const order: { equation: Equation; unknown: number }[] = [];
  while (open.size > 0) {
    const pivot = choosePivot(open, byUnknown);
    if (!pivot) return null;
    order.push(pivot);
    open.delete(pivot.equation);
    for (const unknown of pivot.equation.terms.keys()) byUnknown.get(unknown)?.delete(pivot.equation);
    // Each target leaves the set as its term vanishes, which a set's iterator allows.
    for (const target of byUnknown.get(pivot.unknown) ?? []) {
      eliminate(target, pivot.equation, pivot.unknown, byUnknown);
    }
  }
  return substituteBack(order);
}

function choosePivot(
  open: ReadonlySet<Equation>,
  byUnknown: ReadonlyMap<number, ReadonlySet<Equation>>,
): { equation: Equation; unknown: number } | null {
  let best: { equation: Equation; unknown: number } | null = null;
  let bestCost = Infinity;
  for (const equation of open) {
    if ((equation.terms.size - 1) * 0.5 >= bestCost) continue;
    for (const [unknown, value] of equation.terms) {
      const fill = (equation.terms.size - 1) * ((byUnknown.get(unknown)?.size ?? 1) - 1);
      const cost = value === 1n || value === -1n ? fill : fill * 4 + 1;
      if (cost >= bestCost) continue;
      bestCost = cost;
      best = { equation, unknown };
    }
    if (bestCost === 0) break;
  }
  return best;
}

function eliminate(
  target: Equation,
  source: Equation,
  unknown: number,
  byUnknown: ReadonlyMap<number, Set<Equation>>,
): void {
  const pivot = source.terms.get(unknown) ?? 1n;
  const value = target.terms.get(unknown) ?? 0n;
  const divisor = greatestCommonDivisor(pivot, value);
  const keep = pivot / divisor;
  const take = value / divisor;
  if (keep !== 1n) for (const [key, term] of target.terms) target.terms.set(key, term * keep);
  target.right = target.right * keep - source.right * take;
  for (const [key, term] of source.terms) {
    const sum = (target.terms.get(key) ?? 0n) - term * take;
    if (sum === 0n) {
      target.terms.delete(key);
      byUnknown.get(key)?.delete(target);
    } else {
      target.terms.set(key, sum);
      byUnknown.get(key)?.add(target);
    }
  }
  if (keep !== 1n && keep !== -1n) reduce(target);
}

function reduce(equation: Equation): void {
  let divisor = equation.right;
  for (const term of equation.terms.values()) {
    divisor = greatestCommonDivisor(divisor, term);
    if (divisor === 1n) return;
  }
  if (divisor === 0n) return;
  for (const [key, term] of equation.terms) equation.terms.set(key, term / divisor);
  equation.right /= divisor;
}

function substituteBack(
  order: readonly { equation: Equation; unknown: number }[],
): Map<number, Fraction> | null {
  const solved = new Map<number, Fraction>();
  for (const { equation, unknown } of order.toReversed()) {
    let right = fraction(equation.right);
    for (const [key, term] of equation.terms) {
      if (key === unknown) continue;
      const value = solved.get(key);
      if (!value) return null;
      right = subtract(right, multiply(fraction(term), value));
    }
    solved.set(unknown, multiply(right, fraction(1n, equation.terms.get(unknown) ?? 1n)));
  }
  return solved;
}
