import { addColumn, addRow, type LinearProgram, type Solver } from './linear-program.ts';
import { type Margin, sumOver } from './rake.ts';

/**
 * Moves values as little as possible (sum of changes, each relative to its group's size) so that the margins hold: the last
 * step where raking converges slowly, at the very edge of what is possible. What cannot hold is missed by as little as possible.
 */
export function project(params: {
  readonly values: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly margins: readonly Margin[];
  readonly total: number;
  readonly solver: Solver;
}): Float64Array {
  const { values, lower, upper, margins, total, solver } = params;
  const program: LinearProgram = { rows: [], columns: [] };
  const rowsOf = Array.from(values, (): number[] => []);
  const coefficientsOf = Array.from(values, (): number[] => []);
  margins.forEach((margin, row) => {
    const sum = sumOver(margin, values);
    addRow(program, (margin.lo - sum) / total, (margin.hi - sum) / total);
    margin.groups.forEach((group, k) => {
      rowsOf[group]?.push(row);
      coefficientsOf[group]?.push(margin.coefficients?.[k] ?? 1);
    });
  });
  const moved = Array.from(values, (value, group) => {
    const rows = rowsOf[group] ?? [];
    const cost = 1 / (1e-3 + value / total);
    const up = { cost, lower: 0, upper: Math.max(0, ((upper[group] ?? 0) - value) / total), rows };
    const down = { ...up, upper: Math.max(0, (value - (lower[group] ?? 0)) / total) };
    return {
      up: addColumn(program, { ...up, values: coefficientsOf[group] ?? [] }),
      down: addColumn(program, {
        ...down,
        values: (coefficientsOf[group] ?? []).map((coefficient) => -coefficient),
      }),
    };
  });
  margins.forEach((_, row) => {
    for (const sign of [1, -1]) {
      addColumn(program, { cost: missCost, lower: 0, upper: Infinity, rows: [row], values: [sign] });
    }
  });
  const columns = solver(program)?.columns;
  if (!columns) return values;
  return values.map((value, group) => {
    const { up, down } = moved[group] ?? { up: -1, down: -1 };
    const next = value + ((columns[up] ?? 0) - (columns[down] ?? 0)) * total;
    return Math.min(upper[group] ?? 0, Math.max(lower[group] ?? 0, next));
  });
}

/** Dearer than any chain of moves that would avoid the miss. */
const missCost = 1e6;
