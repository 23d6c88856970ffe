import { FatalError } from '../core/errors.ts';
import { type Equation, solveEquations } from './exact-equations.ts';
import { add, compare, type Fraction, fraction, leastCommonMultiple, multiply, zero } from './fraction.ts';
import type { LinearProgram, Solver } from './linear-program.ts';

/** min cost·x with lower ≤ x ≤ upper and rowLower ≤ A x ≤ rowUpper, all finite integers. */
export interface ExactProgram {
  readonly rows: readonly { readonly lower: bigint; readonly upper: bigint }[];
  readonly columns: readonly ExactColumn[];
}

export interface ExactColumn {
  readonly cost: bigint;
  readonly lower: bigint;
  readonly upper: bigint;
  readonly rows: readonly number[];
  readonly values: readonly bigint[];
}

export interface ExactSolution {
  readonly objective: Fraction;
  /** Rows with a multiplier other than zero: they alone prove that nothing better exists. */
  readonly tightRows: readonly number[];
}

/**
 * The exact optimum. HiGHS finds a basis in floating point; the basis is then evaluated in rational arithmetic and, where
 * rounding left it short of optimal, improved by exact dual simplex steps. Every variable has two finite bounds, so any
 * basis can be made dual feasible by choosing bounds, and the answer never depends on a tolerance.
 * @throws FatalError `balance-solver` when no x meets the bounds (callers pass elastic programs) or after too many steps
 */
export function solveExactly(program: ExactProgram, solver: Solver): ExactSolution {
  const state = startState(program, solver);
  for (let step = 0; step < maxSteps; step++) {
    const point = evaluate(program, state);
    const leaving = mostInfeasible(point);
    if (!leaving) return { objective: point.objective, tightRows: tightRows(point.duals) };
    exchange(program, state, point, leaving);
  }
  throw solverError('the exact simplex did not finish');
}

/** Far more than the handful of steps that a nearly optimal basis needs; Bland's rule makes cycling impossible. */
const maxSteps = 2000;

/** Index j < columns: a column; columns + i: the activity of row i. */
interface State {
  readonly basic: boolean[];
  /** Per variable that is not basic: whether it stands at its upper bound. */
  readonly atUpper: boolean[];
}

interface Point {
  readonly basics: readonly { variable: number; value: Fraction; lower: bigint; upper: bigint }[];
  readonly duals: readonly bigint[];
  readonly dualScale: bigint;
  readonly objective: Fraction;
}

function startState(program: ExactProgram, solver: Solver): State {
  const found = solver(toFloat(program));
  if (!found) throw solverError('an elastic program has no solution');
  const statuses = [...found.columnStatus, ...found.rowStatus];
  const state = {
    basic: statuses.map((status) => status === 1),
    atUpper: statuses.map((status) => status === 2),
  };
  const count = state.basic.filter(Boolean).length;
  const rows = program.rows.length;
  if (count !== rows || !solveDuals(program, state)) {
    state.basic.forEach((_, variable) => (state.basic[variable] = variable >= program.columns.length));
  }
  return state;
}

/** The same program with bounds divided by the largest one and each row by its largest coefficient. */
function toFloat(program: ExactProgram): LinearProgram {
  let largest = 1n;
  for (const column of program.columns) if (column.upper > largest) largest = column.upper;
  const scale = Number(largest);
  const rowScale = program.rows.map(() => 1);
  for (const column of program.columns) {
    column.rows.forEach((row, k) => {
      const size = Math.abs(Number(column.values[k] ?? 0n));
      rowScale[row] = Math.max(rowScale[row] ?? 1, size);
    });
  }
  return {
    rows: program.rows.map((row, i) => ({
      lower: Number(row.lower) / scale / (rowScale[i] ?? 1),
      upper: Number(row.upper) / scale / (rowScale[i] ?? 1),
    })),
    columns: program.columns.map((column) => ({
      cost: Number(column.cost),
      lower: Number(column.lower) / scale,
      upper: Number(column.upper) / scale,
      rows: [...column.rows],
      values: column.values.map((value, k) => Number(value) / (rowScale[column.rows[k] ?? 0] ?? 1)),
    })),
  };
}

/** Values of the basic variables and multipliers of the rows; puts nonbasic variables at the bound that their price wants. */
function evaluate(program: ExactProgram, state: State): Point {
  const { columns, rows } = program;
  const duals = solveDuals(program, state);
  if (!duals) throw solverError('a basis is singular');
  const dualScale = leastCommonMultiple(duals.map((dual) => dual.denominator));
  const scaled = duals.map((dual) => (dual.numerator * dualScale) / dual.denominator);
  const right = rows.map(() => 0n);
  const atBound = (variable: number, lower: bigint, upper: bigint): bigint => {
    const price = priceOf(program, scaled, dualScale, variable);
    if (price !== 0n) state.atUpper[variable] = price < 0n;
    return state.atUpper[variable] ? upper : lower;
  };
  let fixedCost = 0n;
  columns.forEach((column, j) => {
    if (state.basic[j]) return;
    const value = atBound(j, column.lower, column.upper);
    if (value === 0n) return;
    fixedCost += column.cost * value;
    column.rows.forEach((row, k) => (right[row] = (right[row] ?? 0n) + (column.values[k] ?? 0n) * value));
  });
  const equations = rows.map((row, i): Equation => {
    const slack = columns.length + i;
    const bound = state.basic[slack] ? 0n : atBound(slack, row.lower, row.upper);
    return { terms: new Map(), right: bound - (right[i] ?? 0n) };
  });
  const basicColumns = columns.flatMap((column, j) => (state.basic[j] ? [{ column, j }] : []));
  const kernel: Equation[] = [];
  for (const { column, j } of basicColumns) {
    column.rows.forEach((row, k) => setTerm(equations[row]?.terms, j, column.values[k]));
  }
  equations.forEach((equation, i) => {
    if (!state.basic[columns.length + i])
      kernel.push({ terms: new Map(equation.terms), right: equation.right });
  });
  const solved = solveEquations(kernel);
  if (!solved) throw solverError('a basis is singular');
  let objective = fraction(fixedCost);
  const basics = basicColumns.map(({ column, j }) => {
    const value = solved.get(j) ?? zero;
    if (column.cost !== 0n) objective = add(objective, multiply(fraction(column.cost), value));
    return { variable: j, value, lower: column.lower, upper: column.upper };
  });
  rows.forEach((row, i) => {
    if (!state.basic[columns.length + i]) return;
    let value = fraction(right[i] ?? 0n);
    for (const [j, term] of equations[i]?.terms ?? [])
      value = add(value, multiply(fraction(term), solved.get(j) ?? zero));
    basics.push({ variable: columns.length + i, value, lower: row.lower, upper: row.upper });
  });
  return { basics, duals: scaled, dualScale, objective };
}

/** A coefficient of zero (a share of 0 times the size) is no term: it cannot be a pivot. */
function setTerm(terms: Map<number, bigint> | undefined, unknown: number, value: bigint | undefined): void {
  if (value) terms?.set(unknown, value);
}

/** Row multipliers y with yᵀB = cost of the basics; zero on rows whose activity is basic. Null: the basis is singular. */
function solveDuals(program: ExactProgram, state: State): readonly Fraction[] | null {
  return solveTransposed(program, state, (column) => program.columns[column]?.cost ?? 0n);
}

/** Solves zᵀ B = target over the rows whose activity is not basic; `target` per basic column. */
function solveTransposed(
  program: ExactProgram,
  state: State,
  target: (column: number) => bigint,
): readonly Fraction[] | null {
  const { columns, rows } = program;
  const equations: Equation[] = [];
  columns.forEach((column, j) => {
    if (!state.basic[j]) return;
    const terms = new Map<number, bigint>();
    column.rows.forEach((row, k) => {
      if (!state.basic[columns.length + row]) setTerm(terms, row, column.values[k]);
    });
    equations.push({ terms, right: target(j) });
  });
  const solved = solveEquations(equations);
  return solved && rows.map((_, i) => solved.get(i) ?? zero);
}

/** Reduced cost of a variable, times the common scale of the multipliers. */
function priceOf(
  program: ExactProgram,
  duals: readonly bigint[],
  dualScale: bigint,
  variable: number,
): bigint {
  const column = program.columns[variable];
  if (!column) return duals[variable - program.columns.length] ?? 0n;
  let price = column.cost * dualScale;
  column.rows.forEach((row, k) => (price -= (duals[row] ?? 0n) * (column.values[k] ?? 0n)));
  return price;
}

function mostInfeasible(point: Point): Point['basics'][number] | null {
  for (const basic of point.basics) {
    if (compare(basic.value, fraction(basic.lower)) < 0 || compare(basic.value, fraction(basic.upper)) > 0)
      return basic;
  }
  return null;
}

/** One step of the dual simplex: `leaving` goes to the bound it broke, the cheapest variable that mends it enters. */
function exchange(program: ExactProgram, state: State, point: Point, leaving: Point['basics'][number]): void {
  const { columns, rows } = program;
  const { variable } = leaving;
  const row = variable - columns.length;
  const entry = (column: number): bigint => {
    const at = columns[column]?.rows.indexOf(row) ?? -1;
    return at < 0 ? 0n : (columns[column]?.values[at] ?? 0n);
  };
  const combination = solveTransposed(program, state, (column) =>
    row < 0 ? BigInt(column === variable) : entry(column),
  );
  if (!combination) throw solverError('a basis is singular');
  const scale = leastCommonMultiple(combination.map((part) => part.denominator));
  const weights = combination.map((part) => (part.numerator * scale) / part.denominator);
  const rises = compare(leaving.value, fraction(leaving.lower)) < 0;
  let entering = -1;
  let bestPrice = 0n;
  let bestSlope = 1n;
  for (let j = 0; j < columns.length + rows.length; j++) {
    if (state.basic[j]) continue;
    const bounds = columns[j] ?? rows[j - columns.length];
    if (!bounds || bounds.lower === bounds.upper) continue;
    let slope = weights[j - columns.length] ?? 0n;
    const column = columns[j];
    if (column) {
      slope = row < 0 ? 0n : entry(j) * scale;
      column.rows.forEach((i, k) => (slope -= (weights[i] ?? 0n) * (column.values[k] ?? 0n)));
    }
    const helps = rises === (state.atUpper[j] ? slope < 0n : slope > 0n);
    if (slope === 0n || !helps) continue;
    const size = slope < 0n ? -slope : slope;
    const price = priceOf(program, point.duals, point.dualScale, j);
    const cost = price < 0n ? -price : price;
    if (entering >= 0 && cost * bestSlope >= bestPrice * size) continue;
    [entering, bestPrice, bestSlope] = [j, cost, size];
  }
  if (entering < 0) throw solverError('an elastic program has no solution');
  state.basic[entering] = true;
  state.basic[variable] = false;
  state.atUpper[variable] = !rises;
}

function tightRows(duals: readonly bigint[]): number[] {
  return duals.flatMap((dual, row) => (dual === 0n ? [] : [row]));
}

function solverError(message: string): FatalError {
  return new FatalError(`balance: ${message}`, {
    code: 'balance-solver',
    hint: 'report the balance problem',
  });
}
