import loadHighs, { type Highs } from 'highs';

import { FatalError } from '../core/errors.ts';

/** min cost·x with lower ≤ x ≤ upper and rowLower ≤ A x ≤ rowUpper, as plain arrays; A by columns. */
export interface LinearProgram {
  readonly rows: { lower: number; upper: number }[];
  readonly columns: ProgramColumn[];
}

export interface ProgramColumn {
  cost: number;
  lower: number;
  upper: number;
  readonly rows: number[];
  readonly values: number[];
  readonly integer?: boolean;
}

/** A program's optimum; `null` where no x meets the bounds. */
export interface ProgramSolution {
  readonly objective: number;
  readonly columns: Float64Array;
  /** Change of the objective per unit of a row's bound; zeros for integer programs. */
  readonly rowDuals: Float64Array;
  /** 1 basic, 2 at upper, else at lower; empty for integer programs. */
  readonly columnStatus: Int32Array;
  readonly rowStatus: Int32Array;
}

/** Solves a program by HiGHS (wasm, one thread, deterministic). Loads the solver once, about 30 ms. */
export async function openSolver(): Promise<(program: LinearProgram) => ProgramSolution | null> {
  loading ??= load();
  const highs = await loading;
  return (program) => solve(highs, program);
}

// The package's types describe its CommonJS build, where the loader is a property; its ES module exports the loader itself.
type Load = typeof loadHighs.default;

function load(): ReturnType<Load> {
  const loader: unknown = loadHighs;
  if (isLoader(loader)) return loader();
  throw new FatalError('the package highs exports no loader', {
    code: 'balance-solver',
    hint: 'reinstall dependencies with npm ci',
  });
}

function isLoader(value: unknown): value is Load {
  return typeof value === 'function';
}

let loading: ReturnType<Load> | undefined;

export type Solver = Awaited<ReturnType<typeof openSolver>>;

/** Adds a row and returns its index. */
export function addRow(program: LinearProgram, lower: number, upper: number): number {
  program.rows.push({ lower, upper });
  return program.rows.length - 1;
}

/** Adds a column and returns its index. */
export function addColumn(program: LinearProgram, column: ProgramColumn): number {
  program.columns.push(column);
  return program.columns.length - 1;
}

function solve(highs: Highs, program: LinearProgram): ProgramSolution | null {
  const { rows, columns } = program;
  const starts = new Int32Array(columns.length + 1);
  columns.forEach((column, j) => (starts[j + 1] = (starts[j] ?? 0) + column.rows.length));
  const integers = columns.some((column) => column.integer);
  const model = highs.createModel();
  try {
    model.options.set({
      output_flag: false,
      primal_feasibility_tolerance: 1e-9,
      dual_feasibility_tolerance: 1e-9,
      // Balances have few rows and many columns; presolve costs more than it saves and blurs the final basis.
      presolve: integers ? 'on' : 'off',
      ...(integers ? { mip_max_nodes: 20_000, mip_rel_gap: 0.01 } : {}),
    });
    model.passModel({
      numCols: columns.length,
      numRows: rows.length,
      colCost: Float64Array.from(columns, (column) => column.cost),
      colLower: Float64Array.from(columns, (column) => column.lower),
      colUpper: Float64Array.from(columns, (column) => column.upper),
      rowLower: Float64Array.from(rows, (row) => row.lower),
      rowUpper: Float64Array.from(rows, (row) => row.upper),
      matrix: {
        format: 'csc',
        numRows: rows.length,
        numCols: columns.length,
        starts,
        indices: Int32Array.from(columns.flatMap((column) => column.rows)),
        values: Float64Array.from(columns.flatMap((column) => column.values)),
      },
      ...(integers ? { integrality: Int32Array.from(columns, (column) => (column.integer ? 1 : 0)) } : {}),
    });
    model.run();
    return readSolution(highs, model, integers);
  } finally {
    model.dispose();
  }
}

function readSolution(
  highs: Highs,
  model: ReturnType<Highs['createModel']>,
  integers: boolean,
): ProgramSolution | null {
  const { modelStatus } = highs.constants;
  const status = model.getModelStatus();
  if (status === modelStatus.infeasible) return null;
  const { colValue, rowDual } = model.getSolution();
  const limited = integers && status === modelStatus.solutionLimit;
  if (status !== modelStatus.optimal && !limited) {
    throw new FatalError(`the linear-programming solver stopped with status ${status}`, {
      code: 'balance-solver',
      hint: 'report the balance problem; a different total usually avoids it',
    });
  }
  const empty = new Int32Array(0);
  const basis = integers ? { colStatus: empty, rowStatus: empty } : model.getBasis();
  return {
    objective: model.getObjectiveValue(),
    columns: colValue,
    rowDuals: rowDual,
    columnStatus: basis.colStatus,
    rowStatus: basis.rowStatus,
  };
}
