import {
  compare,
  divide,
  type Fraction,
  fraction,
  leastCommonMultiple,
  one,
  toNumber,
  zero,
} from './fraction.ts';
import { type ExactColumn, type ExactProgram, solveExactly } from './exact-program.ts';
import { bindingCaps, exactCoefficient } from './caps.ts';
import type { Solver } from './linear-program.ts';
import type { Model } from './model.ts';

/** A choice of constraints: indices into `model.constraints` and `model.caps`, and whether the size is one of them. */
export interface ConstraintSet {
  readonly shares: readonly number[];
  /** Left out: all that could bind. */
  readonly caps?: readonly number[];
  /** Size times `unitScale`; null: any size above 0. */
  readonly total: bigint | null;
}

export interface Feasibility {
  readonly feasible: boolean;
  /** Constraints of the set that already conflict; empty when feasible. */
  readonly proof: readonly number[];
  /** Caps that they need for it. */
  readonly proofCaps: readonly number[];
  /** Least sum of share deviations at that size, where the rows allow the size; exact before the conversion. */
  readonly l1: number;
}

/**
 * Whether real-valued quotas meet every constraint of the set, exactly and before rounding. At any size the supply does not
 * matter beyond which groups have rows at all: a mix that fits one size fits every smaller one.
 */
export function judgeFeasibility(model: Model, set: ConstraintSet, solver: Solver): Feasibility {
  const shares = set.shares.filter((index) => !isFree(model, index));
  const caps = set.caps ?? bindingCaps(model);
  if (set.total === 0n) return { feasible: true, proof: [], proofCaps: [], l1: 0 };
  const { program, whole } = elasticProgram(model, { ...set, shares, caps });
  const solution = solveExactly(program, solver);
  const l1 = toNumber(divide(solution.objective, fraction(whole)));
  if (compare(solution.objective, zero) === 0) return { feasible: true, proof: [], proofCaps: [], l1: 0 };
  const { tightRows } = solution;
  return {
    feasible: false,
    proof: tightRows.flatMap((row) => shares[row] ?? []),
    proofCaps: tightRows.flatMap((row) => caps[row - shares.length - 1] ?? []),
    l1,
  };
}

/** min Σ distance from the bands, with size `total` (1 where any size will do), in integers. Rows: shares, total, caps. */
function elasticProgram(
  model: Model,
  { shares, caps, total }: Required<ConstraintSet>,
): { program: ExactProgram; whole: bigint } {
  const constraints = shares.map((index) => model.constraints[index] ?? { lo: zero, hi: one });
  const scale = leastCommonMultiple(constraints.flatMap(({ lo, hi }) => [lo.denominator, hi.denominator]));
  const size = total ?? 1n;
  const whole = size * scale;
  const rowOf = new Map(shares.map((index, row) => [index, row]));
  const totalRow = shares.length;
  const rows = constraints.map(({ lo, hi }) => ({
    lower: (lo.numerator * whole) / lo.denominator,
    upper: (hi.numerator * whole) / hi.denominator,
  }));
  rows.push({ lower: whole, upper: whole });
  const columns: ExactColumn[] = openSignatures(model, { rowOf, caps, total }).map((signature) => {
    const { members, capacity, terms } = signature;
    return {
      cost: 0n,
      lower: 0n,
      upper: capacity === null || capacity * scale > whole ? whole : capacity * scale,
      rows: [...members, totalRow, ...terms.map(({ at }) => totalRow + 1 + at)],
      values: [...members.map(() => 1n), 1n, ...terms.map(({ value }) => value)],
    };
  });
  const elastic = rows.length;
  for (const cap of caps) rows.push(capRow(model, cap, whole));
  rows.slice(0, elastic).forEach((row, index) => {
    // A size that the rows do not allow costs more than all the deviations that it could spare.
    const cost = index === totalRow ? BigInt(elastic) : 1n;
    const slack = { cost, lower: 0n, upper: whole, rows: [index] };
    if (row.lower > 0n) columns.push({ ...slack, values: [1n] });
    if (row.upper < whole) columns.push({ ...slack, values: [-1n] });
  });
  return { program: { rows, columns }, whole };
}

/** At most nothing above the cap; the lower bound is one that no mix of `whole` units can reach. */
function capRow(model: Model, cap: number, whole: bigint): { lower: bigint; upper: bigint } {
  return { lower: -(model.caps[cap]?.share.numerator ?? 0n) * whole, upper: 0n };
}

interface Signature {
  readonly members: number[];
  /** Position among the caps of the set, and coefficient. */
  readonly terms: readonly { readonly at: number; readonly value: bigint }[];
  capacity: bigint | null;
}

/** Open groups merged by the constraints of the set that they count towards; capacity null where size does not matter. */
function openSignatures(
  model: Model,
  set: {
    readonly rowOf: ReadonlyMap<number, number>;
    readonly caps: readonly number[];
    readonly total: bigint | null;
  },
): Signature[] {
  const { rowOf, caps, total } = set;
  const merged = new Map<string, Signature>();
  for (const group of model.groups) {
    if (group.capacity === 0n) continue;
    const members = group.members.map((index) => rowOf.get(index)).filter((row) => row !== undefined);
    const terms = caps.flatMap((cap, at) => {
      const limit = model.caps[cap];
      return limit && group.caps.includes(cap)
        ? [{ at, value: exactCoefficient(limit, group.synthetic) }]
        : [];
    });
    const key = `${members.join(' ')}/${terms.map(({ at, value }) => `${at}:${value}`).join(' ')}`;
    const found = merged.get(key);
    if (!found) merged.set(key, { members, terms, capacity: total === null ? null : group.capacity });
    else if (found.capacity !== null) found.capacity += group.capacity;
  }
  return [...merged.values()];
}

/** The largest size (times `unitScale`, at most `limit`) at which every share holds; exact. */
export function largestTotal(model: Model, limit: bigint, solver: Solver): Fraction {
  const shares = model.constraints.map((_, index) => index).filter((index) => !isFree(model, index));
  const scale = leastCommonMultiple(
    model.constraints.flatMap(({ lo, hi }) => [lo.denominator, hi.denominator]),
  );
  const rows: { lower: bigint; upper: bigint }[] = [{ lower: 0n, upper: 0n }];
  const rowsOf = new Map<number, number[]>();
  const sizeRows = [0];
  const sizeValues = [-1n];
  const addRow = (index: number, share: Fraction, exact: boolean, above: boolean): void => {
    // scale × members − share × scale × size: zero, not negative, or not positive
    const far = limit * scale;
    rows.push({ lower: exact || above ? 0n : -far, upper: exact || !above ? 0n : far });
    rowsOf.set(index, [...(rowsOf.get(index) ?? []), rows.length - 1]);
    sizeRows.push(rows.length - 1);
    sizeValues.push(-(share.numerator * scale) / share.denominator);
  };
  for (const index of shares) {
    const { lo, hi } = model.constraints[index] ?? { lo: zero, hi: one };
    const exact = compare(lo, hi) === 0;
    if (exact || compare(lo, zero) > 0) addRow(index, lo, exact, true);
    if (!exact && compare(hi, one) < 0) addRow(index, hi, false, false);
  }
  const rowOf = new Map(shares.map((index) => [index, index]));
  const caps = bindingCaps(model);
  const firstCap = rows.length;
  for (const cap of caps) rows.push(capRow(model, cap, limit));
  const columns: ExactColumn[] = openSignatures(model, { rowOf, caps, total: limit }).map((signature) => {
    const { members, capacity, terms } = signature;
    const scaled = members.flatMap((index) => rowsOf.get(index) ?? []);
    return {
      cost: 0n,
      lower: 0n,
      upper: capacity === null || capacity > limit ? limit : capacity,
      rows: [0, ...scaled, ...terms.map(({ at }) => firstCap + at)],
      values: [1n, ...scaled.map(() => scale), ...terms.map(({ value }) => value)],
    };
  });
  columns.push({ cost: -1n, lower: 0n, upper: limit, rows: sizeRows, values: sizeValues });
  const { objective } = solveExactly({ rows, columns }, solver);
  return fraction(-objective.numerator, objective.denominator);
}

function isFree(model: Model, index: number): boolean {
  const constraint = model.constraints[index];
  return !constraint || (compare(constraint.lo, zero) <= 0 && compare(constraint.hi, one) >= 0);
}
