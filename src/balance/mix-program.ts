import { bindingCaps, capCoefficient } from './caps.ts';
import { askedBands, type Bands, capacityUnits } from './bands.ts';
import { addColumn, addRow, type LinearProgram, type ProgramColumn } from './linear-program.ts';
import type { Group, Model } from './model.ts';

/** A mix as shares of `scaleUnits`: a column per group, one for the size, and deviations from the bands. */
export interface MixProgram {
  readonly program: LinearProgram;
  readonly sizeColumn: number;
  /** `sign` 1: missing below the band; -1: too much above it. */
  readonly deviations: readonly {
    readonly column: number;
    readonly constraint: number;
    readonly sign: 1 | -1;
  }[];
}

/**
 * Rows `members + missing ≥ lo × size` and `members − excess ≤ hi × size`, and one that sums the groups to the size.
 * The size is 1 (times `scaleUnits`) until its bounds are changed; deviations cost 1 a share and are left out where `elastic`
 * is false. `scaleUnits` null: a mix of any size, capped by no supply.
 */
export function mixProgram(
  model: Model,
  options: { readonly scaleUnits: number | null; readonly elastic: boolean; readonly bands?: Bands },
): MixProgram {
  const bands = options.bands ?? askedBands(model);
  const program: LinearProgram = { rows: [], columns: [] };
  const sumRow = addRow(program, 0, 0);
  const size: ProgramColumn = { cost: 0, lower: 1, upper: 1, rows: [sumRow], values: [-1] };
  const rowsOf = model.constraints.map(() => ({ lower: -1, upper: -1 }));
  model.constraints.forEach((_, index) => {
    const lo = bands.lo[index] ?? 0;
    const hi = bands.hi[index] ?? 1;
    const rows = rowsOf[index];
    if (!rows) return;
    if (lo > 0 || hi <= lo)
      rows.lower = bandRow(program, size, { share: lo, lower: 0, upper: hi <= lo ? 0 : Infinity });
    if (hi <= lo) rows.upper = rows.lower;
    else if (hi < 1) rows.upper = bandRow(program, size, { share: hi, lower: -Infinity, upper: 0 });
  });
  const capRows = new Map(bindingCaps(model).map((cap) => [cap, addRow(program, -Infinity, 0)]));
  model.groups.forEach((group, index) => {
    const { scaleUnits } = options;
    const capacity = capacityUnits(model, index);
    const upper = scaleUnits === null ? Number(capacity > 0) : Math.min(1, capacity / scaleUnits);
    const own = group.members.flatMap((member) => [rowsOf[member]?.lower ?? -1, rowsOf[member]?.upper ?? -1]);
    const rows = [sumRow, ...new Set(own.filter((row) => row >= 0))];
    const column = { cost: 0, lower: 0, upper, rows, values: rows.map(() => 1) };
    addColumn(program, withCaps(model, group, column, capRows));
  });
  const deviations: MixProgram['deviations'][number][] = [];
  rowsOf.forEach(({ lower, upper }, constraint) => {
    if (!options.elastic) return;
    const deviation = { cost: 1, lower: 0, upper: 1 };
    if (lower >= 0 && (bands.lo[constraint] ?? 0) > 0) {
      const column = addColumn(program, { ...deviation, rows: [lower], values: [1] });
      deviations.push({ column, constraint, sign: 1 });
    }
    if (upper >= 0) {
      const column = addColumn(program, { ...deviation, rows: [upper], values: [-1] });
      deviations.push({ column, constraint, sign: -1 });
    }
  });
  return { program, sizeColumn: addColumn(program, size), deviations };
}

/** The column with its coefficients in the rows of the caps. */
export function withCaps(
  model: Model,
  group: Pick<Group, 'caps' | 'synthetic'>,
  column: ProgramColumn,
  capRows: ReadonlyMap<number, number>,
): ProgramColumn {
  for (const cap of group.caps) {
    const row = capRows.get(cap);
    const limit = model.caps[cap];
    if (row === undefined || !limit) continue;
    column.rows.push(row);
    column.values.push(capCoefficient(limit, group.synthetic));
  }
  return column;
}

function bandRow(
  program: LinearProgram,
  size: ProgramColumn,
  band: { readonly share: number; readonly lower: number; readonly upper: number },
): number {
  const row = addRow(program, band.lower, band.upper);
  size.rows.push(row);
  size.values.push(-band.share);
  return row;
}
