import type { UnitRange } from '../core/unit.ts';

export interface CutUnit {
  readonly range: UnitRange;
  readonly firstRow: number;
  readonly records: number;
}

/** Collects consecutive records into units of about `unitBytes`; a unit ends at a record's end. */
export function unitCutter(unitBytes: number): {
  add(offset: number, stop: number): void;
  finish(): CutUnit[];
} {
  const units: CutUnit[] = [];
  let start = 0;
  let end = 0;
  let firstRow = 0;
  let records = 0;
  const close = () => {
    if (records > 0) units.push({ range: { kind: 'bytes', start, end }, firstRow, records });
    firstRow += records;
    records = 0;
  };
  return {
    add(offset, stop) {
      if (records > 0 && stop - start > unitBytes) close();
      if (records === 0) start = offset;
      end = stop;
      records++;
    },
    finish() {
      close();
      return units;
    },
  };
}
