import { toNumber } from './fraction.ts';
import type { Model } from './model.ts';

/** Shares that a mix aims at, per constraint of the model; may be wider or narrower than the ones asked for. */
export interface Bands {
  readonly lo: Float64Array;
  readonly hi: Float64Array;
}

/** The bands as asked for. */
export function askedBands(model: Model): Bands {
  return {
    lo: Float64Array.from(model.constraints, (constraint) => toNumber(constraint.lo)),
    hi: Float64Array.from(model.constraints, (constraint) => toNumber(constraint.hi)),
  };
}

/** Capacity of a group in units. */
export function capacityUnits(model: Model, group: number): number {
  return Number(model.groups[group]?.capacity ?? 0n) / Number(model.unitScale);
}

/** Units supplied by a group, every row once. */
export function suppliedUnits(model: Model, group: number): number {
  const { rows, unitsPerRow } = model.groups[group] ?? { rows: 0, unitsPerRow: 1 };
  return rows * unitsPerRow;
}
