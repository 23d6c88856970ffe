import type { PlanTable, TaggedUnit } from './plan-table.ts';

/** The corpus as tables of one unit at a time; a unit can be read again, and is the same then. */
export interface UnitStream {
  readonly units: readonly TaggedUnit[];
  readonly rows: number;
  /** Position of each unit's first row in the corpus. */
  readonly firstRow: Float64Array;
  read(unit: number): Promise<PlanTable>;
}

export function streamUnits(
  units: readonly TaggedUnit[],
  read: (unit: TaggedUnit, index: number) => Promise<PlanTable>,
): UnitStream {
  const firstRow = new Float64Array(units.length);
  let rows = 0;
  units.forEach((unit, index) => {
    firstRow[index] = rows;
    rows += unit.rows;
  });
  return {
    units,
    rows,
    firstRow,
    async read(index) {
      const unit = units[index];
      if (!unit) throw new RangeError(`unit ${index} of ${units.length}`);
      return read(unit, index);
    },
  };
}
