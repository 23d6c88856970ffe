import { suppliedUnits } from './bands.ts';
import { bindingCaps, groupsOfCap } from './caps.ts';
import { toNumber, zero } from './fraction.ts';
import type { Constraint, Model } from './model.ts';
import type { ConstraintReport, GapCause } from './solution.ts';

/** Units of whole rows, each as long as the mean of its group. */
export function unitsOfRows(model: Model, counts: readonly number[]): number[] {
  return model.groups.map((group, index) => (counts[index] ?? 0) * group.unitsPerRow);
}

/** Every constraint against the copies and the units per group, `total` last. Counts in the report are units. */
export function reportConstraints(
  model: Model,
  counts: readonly number[],
  units: readonly number[],
): ConstraintReport[] {
  const unitsOf = (group: number): number => units[group] ?? 0;
  const total = model.groups.reduce((sum, _, group) => sum + unitsOf(group), 0);
  const reports = model.constraints.map((constraint) =>
    reportOne({ model, constraint, counts, unitsOf, total }),
  );
  const supplyRows = model.groups.reduce((sum, _, group) => sum + suppliedUnits(model, group), 0);
  const capacity = model.groups.reduce((sum, group) => sum + group.capacityRows * group.unitsPerRow, 0);
  const asked = model.total === null ? total : Number(model.total) / Number(model.unitScale);
  const missing = Math.max(0, asked - total);
  const rowUnits = largestRow(model);
  return [
    ...reports,
    ...bindingCaps(model).map((cap) => reportCap(model, cap, unitsOf)),
    {
      name: 'total',
      lo: 1,
      hi: 1,
      target: null,
      wantedRows: [asked, asked],
      rows: total,
      share: total > 0 ? 1 : 0,
      supplyRows,
      shortfallRows: missing,
      binding: model.total !== null,
      cause:
        missing === 0 ? null : missing <= rowUnits ? 'rounding' : capacity < asked ? 'supply' : 'conflict',
    },
  ];
}

/** Counts are the synthetic units, shares are of the base of the cap. */
function reportCap(model: Model, cap: number, unitsOf: (group: number) => number): ConstraintReport {
  const { base, synthetic } = groupsOfCap(model, cap);
  const sum = (groups: readonly number[]): number => groups.reduce((all, group) => all + unitsOf(group), 0);
  const { name = '', share = zero } = model.caps[cap] ?? {};
  const hi = toNumber(share);
  const [units, rows] = [sum(base), sum(synthetic)];
  return {
    name,
    lo: 0,
    hi,
    target: null,
    wantedRows: [0, hi * units],
    rows,
    share: units > 0 ? rows / units : 0,
    supplyRows: synthetic.reduce((all, group) => all + suppliedUnits(model, group), 0),
    shortfallRows: Math.max(0, rows - hi * units - 1e-6),
    binding: rows + largestRow(model) > hi * units,
    cause: null,
  };
}

function reportOne(parts: {
  readonly model: Model;
  readonly constraint: Constraint;
  readonly counts: readonly number[];
  readonly unitsOf: (group: number) => number;
  readonly total: number;
}): ConstraintReport {
  const { model, constraint, counts, unitsOf, total } = parts;
  const lo = toNumber(constraint.lo);
  const hi = toNumber(constraint.hi);
  const rows = constraint.groups.reduce((sum, group) => sum + unitsOf(group), 0);
  const supplyRows = constraint.groups.reduce((sum, group) => sum + suppliedUnits(model, group), 0);
  const wanted = [lo * total, hi * total] as const;
  // Products of a share and a count are exact to a millionth of a row at any size met in practice.
  const shortfallRows = Math.max(0, wanted[0] - rows - 1e-6, rows - wanted[1] - 1e-6);
  const rowUnits = largestRow(model);
  const used = constraint.groups.every(
    (group) => (counts[group] ?? 0) >= (model.groups[group]?.capacityRows ?? 0),
  );
  const atEnd = Math.abs(rows - wanted[0]) <= rowUnits || Math.abs(rows - wanted[1]) <= rowUnits;
  const capacity = constraint.groups.reduce((sum, group) => {
    return sum + (model.groups[group]?.capacityRows ?? 0) * (model.groups[group]?.unitsPerRow ?? 1);
  }, 0);
  return {
    name: constraint.name,
    lo,
    hi,
    target: constraint.target === null ? null : toNumber(constraint.target),
    wantedRows: wanted,
    rows,
    share: total > 0 ? rows / total : 0,
    supplyRows,
    shortfallRows,
    binding: (lo > 0 || hi < 1) && (atEnd || used || shortfallRows > 0),
    cause: causeOf(shortfallRows, { rowUnits, supply: rows < wanted[0] && capacity < wanted[0] }),
  };
}

function causeOf(
  shortfall: number,
  facts: { readonly rowUnits: number; readonly supply: boolean },
): GapCause | null {
  if (shortfall <= 0) return null;
  if (shortfall <= facts.rowUnits) return 'rounding';
  return facts.supply ? 'supply' : 'conflict';
}

/** Units of the longest mean row: what one row more or less can change. */
function largestRow(model: Model): number {
  return model.groups.reduce((largest, group) => Math.max(largest, group.unitsPerRow), 1);
}
