import { type IntegerMargin, repairMargins, roundLargestRemainders } from './apportion.ts';
import { apportionByProgram } from './apportion-program.ts';
import { repairUnits } from './apportion-units.ts';
import { askedBands, type Bands } from './bands.ts';
import { bindingCaps, capCoefficient, capsHold, groupsOfCap } from './caps.ts';
import { keepCaps } from './keep-caps.ts';
import { ceiling, compare, floor, fraction, multiply, one, subtract, toNumber, zero } from './fraction.ts';
import type { Solver } from './linear-program.ts';
import type { Constraint, Model } from './model.ts';
import { project } from './project.ts';
import { type Margin, rake } from './rake.ts';
import { fewestCopies, grantWishes } from './wishes.ts';

/**
 * Whole copies per group that meet the bands at this size: wishes granted, fewest copies, proportional to the supply inside
 * every margin, each margin within one row (one row's units where units are not rows). Caps on synthetic shares hold exactly.
 */
export function mixRows(model: Model, asked: Bands, total: number, solver: Solver): Mix {
  if (total <= 0) return { counts: model.groups.map(() => 0), values: new Float64Array(model.groups.length) };
  const bands = grantWishes(model, asked, total, solver);
  const real = mixUnits(model, bands, total, solver);
  return { counts: roundMix(model, bands, { ...real, total }, solver), values: real.values };
}

export interface Mix {
  /** Whole copies per group. */
  readonly counts: number[];
  /** Units per group before rounding. */
  readonly values: Float64Array;
}

function roundMix(
  model: Model,
  bands: Bands,
  real: { readonly values: Float64Array; readonly most: Float64Array; readonly total: number },
  solver: Solver,
): number[] {
  const { values, most, total } = real;
  const upper = model.groups.map((group) => group.capacityRows);
  if (model.groups.some((group) => group.unitsPerRow !== 1)) {
    const margins = realMargins(model, bands, total);
    return keepCaps(model, repairUnits({ groups: model.groups, values, upper, margins }));
  }
  const margins = [
    ...restPersonaMargins(model, values),
    ...integerMargins(model, bands, total),
    ...capMargins(model, values),
  ];
  const cheapest = upper.map((rows, group) => Math.min(rows, Math.ceil((most[group] ?? 0) - 1e-6)));
  for (const limit of [cheapest, upper]) {
    const counts = roundLargestRemainders(values, total, limit);
    const complete = counts.reduce((sum, count) => sum + count, 0) === total;
    if (complete && repairMargins({ counts, values, upper: limit, margins }) && capsHold(model, counts))
      return counts;
  }
  const counts = roundLargestRemainders(values, total, upper);
  return keepCaps(model, apportionByProgram({ values, upper, margins, total, solver }) ?? counts);
}

/** Real-valued units per group, and the most that a mix with the fewest copies gives each. */
function mixUnits(
  model: Model,
  bands: Bands,
  total: number,
  solver: Solver,
): { values: Float64Array; most: Float64Array } {
  const { lower, upper } = fewestCopies(model, bands, total, solver);
  const margins = realMargins(model, bands, total);
  for (const margin of margins) {
    if (margin.hi > 0 || margin.coefficients) continue;
    for (const group of margin.groups) {
      lower[group] = 0;
      upper[group] = 0;
    }
  }
  const prior = Float64Array.from(model.groups, (group) => group.prior);
  const tolerance = Math.max(1e-6, total * 1e-12);
  const raked = rake({ prior, lower, upper, margins, tolerance });
  if (raked.residual <= Math.max(maxResidual, tolerance)) return { values: raked.values, most: upper };
  const values = project({ values: raked.values, lower, upper, margins, total, solver });
  return { values, most: upper };
}

/** Rows; what rounding would not notice. */
const maxResidual = 1e-3;

/** The bands at this size, the rest where the weights fix it, and the size itself. */
function realMargins(model: Model, bands: Bands, total: number): Margin[] {
  const margins = model.constraints.map(({ groups }, index): Margin => {
    return { groups, lo: (bands.lo[index] ?? 0) * total, hi: (bands.hi[index] ?? 1) * total };
  });
  const rest = restGroups(model, bands);
  if (rest && model.restShare) {
    const share = toNumber(model.restShare) * total;
    margins.push({ groups: rest, lo: share, hi: share });
  }
  margins.push({ groups: model.groups.map((_, group) => group), lo: total, hi: total });
  for (const cap of bindingCaps(model)) {
    const limit = model.caps[cap];
    const { base } = groupsOfCap(model, cap);
    if (!limit) continue;
    const coefficients = base.map((group) => capCoefficient(limit, model.groups[group]?.synthetic ?? false));
    margins.push({ groups: base, coefficients, lo: -Infinity, hi: 0 });
  }
  return margins;
}

/** Caps in whole rows, as if the base came out a row below its real-valued sum (a corpus does not). */
function capMargins(model: Model, values: Float64Array): IntegerMargin[] {
  return bindingCaps(model).flatMap((cap) => {
    const limit = model.caps[cap];
    if (!limit) return [];
    const { base, synthetic } = groupsOfCap(model, cap);
    const sum = base.reduce((all, group) => all + (values[group] ?? 0), 0);
    const least = limit.personas === null ? sum : Math.max(0, Math.floor(sum + 1e-6) - 1);
    const most = Math.floor(toNumber(limit.share) * least + 1e-6);
    return [{ groups: synthetic, wantedLo: 0, wantedHi: most, allowedLo: 0, allowedHi: most }];
  });
}

/** Groups of the rest where weights that were not widened fix its share. */
function restGroups(model: Model, bands: Bands): number[] | null {
  if (!model.restShare || compare(model.restShare, zero) < 0) return null;
  const asked = askedBands(model);
  const kept = model.constraints.every(({ kind }, index) => {
    return kind !== 'persona' || (asked.lo[index] === bands.lo[index] && asked.hi[index] === bands.hi[index]);
  });
  const groups = model.groups.flatMap((group, index) => (group.owner === null ? [index] : []));
  return kept ? groups : null;
}

/** Each persona of the rest keeps its real-valued sum where that costs no other margin its allowance. */
function restPersonaMargins(model: Model, values: Float64Array): IntegerMargin[] {
  const groupsOf = new Map<string, number[]>();
  model.groups.forEach((group, index) => {
    if (group.owner === null) groupsOf.set(group.persona, [...(groupsOf.get(group.persona) ?? []), index]);
  });
  return [...groupsOf.values()].map((groups) => {
    const sum = groups.reduce((all, group) => all + (values[group] ?? 0), 0);
    return { groups, wantedLo: sum, wantedHi: sum, allowedLo: 0, allowedHi: Infinity };
  });
}

/** Margins in whole rows; asked bands are judged exactly, widened or wished ones to a millionth of a row. */
function integerMargins(model: Model, bands: Bands, total: number): IntegerMargin[] {
  const asked = askedBands(model);
  const margins = model.constraints.map((constraint, index): IntegerMargin => {
    const lo = bands.lo[index] ?? 0;
    const hi = bands.hi[index] ?? 1;
    const limits = { wantedLo: lo * total, wantedHi: hi * total };
    const exact = exactAllowance(constraint, total);
    const widened = {
      allowedLo: Math.ceil(lo * total - 1 - 1e-6),
      allowedHi: Math.floor(hi * total + 1 + 1e-6),
    };
    return {
      groups: constraint.groups,
      ...limits,
      allowedLo: asked.lo[index] === lo ? exact.allowedLo : widened.allowedLo,
      allowedHi: asked.hi[index] === hi ? exact.allowedHi : widened.allowedHi,
    };
  });
  const rest = restGroups(model, bands);
  if (rest && model.restShare) {
    const share = toNumber(model.restShare) * total;
    const restConstraint = { lo: model.restShare, hi: model.restShare };
    margins.push({
      groups: rest,
      wantedLo: share,
      wantedHi: share,
      ...exactAllowance(restConstraint, total),
    });
  }
  return margins;
}

/** One row either way; none where a share is 0 or 1. */
function exactAllowance(
  { lo, hi }: Pick<Constraint, 'lo' | 'hi'>,
  total: number,
): { allowedLo: number; allowedHi: number } {
  const strict = compare(hi, zero) === 0 || compare(lo, one) === 0;
  const tolerance = strict ? zero : one;
  const size = fraction(BigInt(total));
  return {
    allowedLo: Number(ceiling(subtract(multiply(lo, size), tolerance))),
    allowedHi: Number(floor(subtract(multiply(hi, size), fraction(-tolerance.numerator)))),
  };
}
