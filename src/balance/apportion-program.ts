import type { IntegerMargin } from './apportion.ts';
import { addColumn, addRow, type LinearProgram, type Solver } from './linear-program.ts';

/**
 * The integer program behind the repair, for the rare case where single moves get stuck: every group within two rows of its
 * real value, margins inside their allowance, as near to the largest-remainder rounding as possible. Null: HiGHS found none.
 */
export function apportionByProgram(params: {
  readonly values: Float64Array;
  readonly upper: ArrayLike<number>;
  readonly margins: readonly IntegerMargin[];
  readonly total: number;
  readonly solver: Solver;
}): number[] | null {
  const { values, upper, margins, total, solver } = params;
  const base = Array.from(values, (value, group) =>
    Math.max(0, Math.min(Math.floor(value + 1e-9) - 1, upper[group] ?? 0)),
  );
  const rowsOf = base.map((): number[] => []);
  const program: LinearProgram = { rows: [], columns: [] };
  const sumOf = (groups: readonly number[]): number =>
    groups.reduce((sum, group) => sum + (base[group] ?? 0), 0);
  for (const margin of margins) {
    const sum = sumOf(margin.groups);
    const row = addRow(program, margin.allowedLo - sum, margin.allowedHi - sum);
    for (const group of margin.groups) rowsOf[group]?.push(row);
  }
  const left = total - sumOf(base.map((_, group) => group));
  const totalRow = addRow(program, left, left);
  base.forEach((count, group) => {
    const rows = [...(rowsOf[group] ?? []), totalRow];
    const most = (upper[group] ?? 0) - count;
    // Four steps of one row each; later ones cost more, so the program fills them in order.
    for (let step = 0; step < Math.min(4, most); step++) {
      const cost = 2 * (count + step + 0.5 - (values[group] ?? 0));
      addColumn(program, { cost, lower: 0, upper: 1, rows, values: rows.map(() => 1), integer: true });
    }
  });
  const columns = solver(program)?.columns;
  if (!columns) return null;
  let column = 0;
  const counts = base.map((count, group) => {
    let taken = 0;
    for (let step = 0; step < Math.min(4, (upper[group] ?? 0) - count); step++)
      taken += Math.round(columns[column++] ?? 0);
    return count + taken;
  });
  return counts.reduce((all, count) => all + count, 0) === total ? counts : null;
}
