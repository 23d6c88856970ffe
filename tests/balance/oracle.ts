import { type LinearProgram, openSolver } from '../../src/balance/linear-program.ts';
import type { Band, BalanceProblem } from '../../src/balance/problem.ts';

/** A share that a problem names, read apart from the balancer: the cells that count, and its band. */
export interface NamedShare {
  readonly name: string;
  readonly cells: readonly number[];
  readonly lo: number;
  readonly hi: number;
}

/** A cap on synthetic rows: those cells against the cells of the base. */
export interface NamedCap {
  readonly name: string;
  readonly synthetic: readonly number[];
  readonly base: readonly number[];
  readonly share: number;
}

export function namedShares(problem: BalanceProblem): NamedShare[] {
  const all = problem.cells.map((_, cell) => cell);
  const persona = (cell: number): string => problem.cells[cell]?.persona ?? '';
  const read = (
    kind: string,
    bands: Readonly<Record<string, number | Band>>,
    counts: (cell: number, name: string) => boolean,
  ): NamedShare[] =>
    Object.entries(bands).map(([name, value]) => ({
      name: `${kind}:${name}`,
      cells: all.filter((cell) => counts(cell, name)),
      ...ends(value),
    }));
  return [
    ...read(
      'persona',
      problem.personaWeights,
      (cell, name) => covering(problem, problem.personaWeights, persona(cell)) === name,
    ),
    ...read('trait', problem.traitRequirements, (cell, name) =>
      (problem.cells[cell]?.traits ?? []).includes(name),
    ),
    ...read('category', problem.categoryBands, (cell, name) => problem.categories[persona(cell)] === name),
  ];
}

export function namedCaps(problem: BalanceProblem): NamedCap[] {
  const { corpus, eachPersona, personas = {} } = problem.syntheticCaps ?? {};
  const caps: NamedCap[] = [];
  const push = (name: string, share: number | undefined, counts: (persona: string) => boolean): void => {
    if (share === undefined) return;
    const base = problem.cells.flatMap((cell, index) => (counts(cell.persona) ? [index] : []));
    caps.push({ name, share, base, synthetic: base.filter((index) => problem.cells[index]?.synthetic) });
  };
  push('synthetic', corpus, () => true);
  for (const [name, share] of Object.entries(personas))
    push(`synthetic:${name}`, share, (persona) => covering(problem, personas, persona) === name);
  for (const name of new Set(problem.cells.map((cell) => cell.persona)))
    if (covering(problem, personas, name) === null)
      push(`synthetic:${name}`, eachPersona, (persona) => persona === name);
  return caps;
}

/** Most copies of all rows of a cell together. */
export function mostCopies(problem: BalanceProblem, cell: number): number {
  const { persona = '', rows = 0 } = problem.cells[cell] ?? {};
  const isRest = covering(problem, problem.personaWeights, persona) === null;
  if (isRest && problem.rest === 'drop') return 0;
  const own = covering(problem, problem.personaRepeats ?? {}, persona);
  const repeats = own === null ? problem.maxRepeats : (problem.personaRepeats?.[own] ?? 1);
  return rows * (isRest && problem.rest === 'unimax' ? Math.min(repeats, problem.restEpochs ?? 4) : repeats);
}

export interface Optimum {
  readonly value: number;
  readonly total: number;
}

/**
 * The least of a goal over all real-valued mixes within supply and caps, written straight from `balance-cases.md`:
 * `deviation`: sum of the distances of the shares from their bands (in shares); `copies`: rows beyond the supply of their
 * cell, every share kept; `size`: minus the largest size at which every share holds. `total` null: any size; null: impossible.
 */
export async function optimum(
  problem: BalanceProblem,
  goal: 'deviation' | 'copies' | 'size',
  options: {
    readonly total: number | null;
    readonly names?: readonly string[];
    readonly relaxed?: ReadonlyMap<string, readonly [number, number]>;
  },
): Promise<Optimum | null> {
  const solve = await openSolver();
  const supplied = problem.cells.reduce((sum, { rows }) => sum + rows, 0);
  const limit = options.total ?? Math.max(1, supplied);
  const program: LinearProgram = { rows: [], columns: [] };
  const row = (lower: number, upper: number): number => program.rows.push({ lower, upper }) - 1;
  const sum = row(0, 0);
  // Shares of `limit`; at any size the supply says only which cells are there at all.
  const anySize = options.total === null && goal === 'deviation';
  const cells = problem.cells.map((_, cell) => {
    const most = mostCopies(problem, cell) / limit;
    const upper = anySize ? Number(most > 0) : most;
    const once = Math.min(upper, (problem.cells[cell]?.rows ?? 0) / limit);
    const single = { cost: 0, lower: 0, upper: goal === 'copies' ? once : upper, rows: [sum], values: [1] };
    const copy = { cost: 1, lower: 0, upper: upper - once, rows: [sum], values: [1] };
    return goal === 'copies' ? [single, copy] : [single];
  });
  const fixed = options.total !== null || anySize;
  const size = { cost: goal === 'size' ? -1 : 0, lower: fixed ? 1 : 0, upper: 1, rows: [sum], values: [-1] };
  const put = (columns: readonly { rows: number[]; values: number[] }[], at: number, value: number): void =>
    columns.forEach((column) => {
      column.rows.push(at);
      column.values.push(value);
    });
  const slacks: LinearProgram['columns'] = [];
  for (const share of namedShares(problem)) {
    if (options.names && !options.names.includes(share.name)) continue;
    const [lo, hi] = options.relaxed?.get(share.name) ?? [share.lo, share.hi];
    const [low, high] = [row(0, Infinity), row(-Infinity, 0)];
    for (const cell of share.cells) for (const at of [low, high]) put(cells[cell] ?? [], at, 1);
    put([size], low, -lo);
    put([size], high, -hi);
    if (goal !== 'deviation') continue;
    slacks.push({ cost: 1, lower: 0, upper: 1, rows: [low], values: [1] });
    slacks.push({ cost: 1, lower: 0, upper: 1, rows: [high], values: [-1] });
  }
  for (const cap of namedCaps(problem)) {
    if (options.names && !options.names.includes(cap.name)) continue;
    const at = row(-Infinity, 0);
    for (const cell of cap.base) put(cells[cell] ?? [], at, Number(cap.synthetic.includes(cell)) - cap.share);
  }
  program.columns.push(...cells.flat(), size, ...slacks);
  const solution = solve(program);
  if (!solution) return null;
  const total = (solution.columns[cells.flat().length] ?? 0) * limit;
  return { value: solution.objective * (goal === 'deviation' ? 1 : limit), total };
}

function covering(
  problem: BalanceProblem,
  entries: Readonly<Record<string, unknown>>,
  persona: string,
): string | null {
  if (persona in entries) return persona;
  const parent = problem.parents[persona] ?? '';
  return parent in entries ? parent : null;
}

function ends(band: number | Band): { lo: number; hi: number } {
  if (typeof band === 'number') return { lo: band, hi: band };
  if (band.min === undefined && band.max === undefined) return { lo: band.target ?? 0, hi: band.target ?? 1 };
  return { lo: band.min ?? 0, hi: band.max ?? 1 };
}
