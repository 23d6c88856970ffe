import { askedBands } from './bands.ts';
import { addColumn, addRow, type LinearProgram } from './linear-program.ts';
import { withCaps } from './mix-program.ts';
import type { Model } from './model.ts';

/**
 * The shares of a corpus of fixed size: row i is constraint i, then the total, then every cap; column g is group g, at most
 * `upper(g)`.
 */
export function shareProgram(
  model: Model,
  upper: (group: number) => number,
): { program: LinearProgram; totalRow: number; capRows: ReadonlyMap<number, number> } {
  const bands = askedBands(model);
  const program: LinearProgram = { rows: [], columns: [] };
  model.constraints.forEach((_, index) => addRow(program, bands.lo[index] ?? 0, bands.hi[index] ?? 1));
  const totalRow = addRow(program, 1, 1);
  const capRows = new Map(model.caps.map((_, cap) => [cap, addRow(program, -Infinity, 0)]));
  model.groups.forEach((group, index) => {
    const rows = [...group.members, totalRow];
    const column = { cost: 0, lower: 0, upper: upper(index), rows, values: rows.map(() => 1) };
    addColumn(program, withCaps(model, group, column, capRows));
  });
  return { program, totalRow, capRows };
}
