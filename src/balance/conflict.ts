import { bindingCaps } from './caps.ts';
import { judgeFeasibility } from './feasibility.ts';
import type { Solver } from './linear-program.ts';
import type { Model } from './model.ts';

/**
 * One minimal set of constraints that cannot hold together, by name, in canonical order: with any one taken away the others
 * can. Starts from the constraints that the exact multipliers use and drops one after another; of three orders of dropping
 * the smallest set wins, and of equally small ones the set that names what is short of rows rather than what there is too
 * much of. `total` is only in it where another size would help.
 */
export function findConflict(model: Model, solver: Solver): string[] {
  const all = model.constraints.map((_, index) => index);
  const scarce = scarceShares(model);
  // Rows, but none that may be taken: no set is minimal, and what asks for rows that are not there says most.
  if (model.supplied > 0n && model.groups.every((group) => group.capacity === 0n))
    return [model.constraints[scarce[0] ?? -1]?.name ?? 'total'];
  const caps = bindingCaps(model);
  const fixed = model.total === null ? null : judge(model, { shares: all, caps, total: model.total }, solver);
  const free = judge(model, { shares: all, caps, total: null }, solver);
  const starts: Choice[] = [free, fixed].filter((choice) => choice !== null);
  const alone = scarce
    .slice(0, mostScarce)
    .map((index) => ({ shares: [index], caps: [], total: model.total }));
  starts.push(...alone);
  const found = starts.flatMap((start) => orders(start).map((order) => shrink(model, order, solver)));
  const best = found.toSorted((a, b) => compareChoices(a, b, scarce))[0];
  if (!best) return ['total'];
  const names = best.shares.toSorted((a, b) => a - b).map((index) => model.constraints[index]?.name ?? '');
  names.push(...best.caps.map((cap) => model.caps[cap]?.name ?? ''));
  return best.total === null && names.length > 0 ? names : [...names, 'total'];
}

/** Constraints whose rows, copies included, are fewer than the asked size needs; all of them conflict with the size. */
function scarceShares(model: Model): number[] {
  const { total } = model;
  return model.constraints.flatMap(({ lo, groups }, index) => {
    const capacity = groups.reduce((sum, group) => sum + (model.groups[group]?.capacity ?? 0n), 0n);
    const short =
      total === null
        ? capacity === 0n && lo.numerator > 0n
        : capacity * lo.denominator < lo.numerator * total;
    return short ? [index] : [];
  });
}

/** Enough to find a small set; each costs a few exact programs. */
const mostScarce = 5;

interface Choice {
  readonly shares: readonly number[];
  readonly caps: readonly number[];
  readonly total: bigint | null;
}

/** The constraints that prove a conflict (all of them, should the proof alone be feasible), or null when there is none. */
function judge(model: Model, choice: Choice, solver: Solver): Choice | null {
  const { feasible, proof, proofCaps } = judgeFeasibility(model, choice, solver);
  if (feasible) return null;
  const alone = { shares: proof, caps: proofCaps, total: choice.total };
  return judgeFeasibility(model, alone, solver).feasible ? choice : alone;
}

function orders(choice: Choice): Choice[] {
  const { shares } = choice;
  const outside = shares.toSorted(
    (a, b) => Math.abs(b - shares.length / 2) - Math.abs(a - shares.length / 2),
  );
  const several = shares.length > 1 ? [shares, shares.toReversed(), outside] : [shares];
  return several.map((order) => ({ ...choice, shares: order }));
}

/** Takes away what is not needed, in the order given; the size and the caps first. */
function shrink(model: Model, choice: Choice, solver: Solver): Choice {
  let { shares, total } = choice;
  const conflicts = (set: Choice): boolean => !judgeFeasibility(model, set, solver).feasible;
  if (total !== null && conflicts({ ...choice, total: null })) total = null;
  const caps = shrinkCaps({ ...choice, total }, conflicts);
  for (const candidate of choice.shares) {
    if (!shares.includes(candidate)) continue;
    const rest = shares.filter((index) => index !== candidate);
    const { feasible, proof } = judgeFeasibility(model, { shares: rest, caps, total }, solver);
    if (feasible) continue;
    const proven = rest.filter((index) => proof.includes(index));
    const enough = proven.length < rest.length && conflicts({ shares: proven, caps, total });
    shares = enough ? proven : rest;
  }
  return { shares, caps, total };
}

function shrinkCaps(choice: Choice, conflicts: (set: Choice) => boolean): readonly number[] {
  let { caps } = choice;
  if (caps.length === 0 || conflicts({ ...choice, caps: [] })) return [];
  for (const candidate of choice.caps) {
    const rest = caps.filter((cap) => cap !== candidate);
    if (conflicts({ ...choice, caps: rest })) caps = rest;
  }
  return caps;
}

function compareChoices(a: Choice, b: Choice, scarce: readonly number[]): number {
  const sizeOf = ({ shares, caps, total }: Choice): number =>
    shares.length + caps.length + Number(total !== null);
  const size = sizeOf(a) - sizeOf(b);
  if (size !== 0) return size;
  const short = (choice: Choice): number => choice.shares.filter((index) => scarce.includes(index)).length;
  if (short(a) !== short(b)) return short(b) - short(a);
  const [left, right] = [a, b].map(({ shares }) => shares.toSorted((x, y) => x - y));
  const at = left?.findIndex((index, k) => index !== right?.[k]) ?? -1;
  return at < 0 ? 0 : (left?.[at] ?? 0) - (right?.[at] ?? 0);
}
