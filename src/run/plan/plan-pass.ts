import type { Config } from '../../config/schema.ts';
import { ValidationError } from '../../core/errors.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import type { BalanceCell, BalanceProblem } from '../../balance/problem.ts';
import { recountConstraints } from '../../balance/recount.ts';
import { type Selection, selectionKeys, selectRows } from '../../balance/select.ts';
import { selectUnits } from '../../balance/select-units.ts';
import { type BalanceSolution, solveBalance } from '../../balance/solve.ts';
import type { CorpusSource } from './corpus.ts';
import { buildCells, noCell } from './plan-cells.ts';
import { buildProblem } from './plan-problem.ts';
import { hashText, mix32 } from '../../lib/hash.ts';
import { type PlanTable, stateIndex } from './plan-table.ts';

/** What PLAN decided: which row enters how often. Arrays are parallel to the table's rows. */
export interface RunPlan {
  readonly problem: BalanceProblem;
  readonly solution: BalanceSolution;
  /** What the selection aimed at, in units: per cell, and the constraints; rows hit it to the row. */
  readonly aim: {
    readonly quotas: readonly number[];
    readonly constraints: BalanceSolution['constraints'];
  };
  /** Cell of each row, or noCell. */
  readonly cells: Uint32Array;
  /** Persona and required-trait bits of each cell. */
  readonly cellPersona: Uint16Array;
  readonly cellTraits: Uint32Array;
  /** Rank of the source of each unit, by name. */
  readonly sourceOfUnit: Uint16Array;
  /** Two words a row: hash(content hash, seed). */
  readonly keys: Uint32Array;
  readonly copies: Uint8Array;
  /** Up to which key each cell takes rows. */
  readonly selection: Pick<Selection, 'thresholds' | 'extraRows'>;
}

/**
 * Decides the balanced selection from the table alone, once it is screened: source limits out, joint cells, targets, quotas,
 * rows. Adds 13 bytes a row to the table's 36. Changes `table.state` of rows that fall out.
 * @throws ValidationError `infeasible` when balance.on_infeasible is error
 */
export async function planRun(
  table: PlanTable,
  config: Config,
  taxonomy: Taxonomy,
  sources: readonly CorpusSource[],
): Promise<RunPlan> {
  const keys = drawKeys(table, config, sources);
  dropOverLimit(table, keys, sources);
  const { cells, cellPersona, cellTraits, supply } = buildCells(table, { config, taxonomy, sources });
  const { problem, solution } = await solvePlan(supply, config, taxonomy);
  const { selection, outcome } = select({ table, config, cells, keys, problem, solution });
  const { copies, thresholds, extraRows } = selection;
  const names = sources.map((source) => source.name).toSorted();
  const ranks = sources.map((source) => names.indexOf(source.name));
  return {
    problem,
    solution: outcome,
    aim: aimOf(problem, solution, config),
    cells,
    cellPersona,
    cellTraits,
    sourceOfUnit: Uint16Array.from(table.units, (unit) => ranks[unit.source] ?? 0),
    keys,
    copies: copies instanceof Uint8Array ? copies : new Uint8Array(copies),
    selection: { thresholds, extraRows },
  };
}

/** @throws ValidationError `infeasible` when balance.on_infeasible is error */
export async function solvePlan(
  supply: readonly BalanceCell[],
  config: Config,
  taxonomy: Taxonomy,
): Promise<{ problem: BalanceProblem; solution: BalanceSolution }> {
  const problem = buildProblem(supply, config, taxonomy);
  const solution = await solveBalance(problem);
  if (!solution.feasible && config.balance.on_infeasible === 'error') {
    throw new ValidationError(`the shares cannot all hold: ${solution.certificate?.sentence ?? ''}`, {
      code: 'infeasible',
      hint: 'relax one of the constraints named, add rows, or set balance.on_infeasible: nearest',
    });
  }
  return { problem, solution };
}

/**
 * Two words a row, a hash of content and seed. Where rows of equal content stay, their order must not come from where they
 * stand: source and variant go into the key.
 */
export function drawKeys(table: PlanTable, config: Config, sources: readonly CorpusSource[]): Uint32Array {
  const keys = selectionKeys({ hashes: table.hash, seed: config.seed });
  if (!(config.dataset.deduplicate && config.dataset.filter_duplicates)) breakTies(table, keys, sources);
  return keys;
}

function breakTies(table: PlanTable, keys: Uint32Array, sources: readonly CorpusSource[]): void {
  const names = sources.map((source) => hashText(source.name)[0] ?? 0);
  table.units.forEach((unit, u) => {
    for (let row = table.unitStart[u] ?? 0; row < (table.unitStart[u + 1] ?? 0); row++) {
      const tie = mix32((names[unit.source] ?? 0) ^ (table.variant[row] ?? 0));
      keys[row * 2 + 1] = (keys[row * 2 + 1] ?? 0) ^ tie;
    }
  });
}

/** The rows of a solution; where shares are shares of tokens, with the constraints as the rows' own lengths meet them. */
function select(parts: {
  readonly table: PlanTable;
  readonly config: Config;
  readonly cells: Uint32Array;
  readonly keys: Uint32Array;
  readonly problem: BalanceProblem;
  readonly solution: BalanceSolution;
}): { selection: Selection; outcome: BalanceSolution } {
  const { table, config, cells, keys, problem, solution } = parts;
  const { unit } = config.balance;
  if (unit === 'rows')
    return { selection: selectRows({ cells, keys, quotas: solution.quotas }), outcome: solution };
  const units = unit === 'tokens' ? table.tokens : table.supervisedTokens;
  const selection = selectUnits({ problem, quotas: solution.unitQuotas, cells, keys, units });
  const quotas = [...selection.rows];
  return {
    selection,
    outcome: {
      ...solution,
      quotas,
      total: quotas.reduce((sum, rows) => sum + rows, 0),
      constraints: recountConstraints(problem, selection),
    },
  };
}

function aimOf(problem: BalanceProblem, solution: BalanceSolution, config: Config): RunPlan['aim'] {
  const { quotas, unitQuotas, constraints } = solution;
  if (config.balance.unit === 'rows') return { quotas, constraints };
  return {
    quotas: unitQuotas,
    constraints: recountConstraints(problem, { rows: quotas, units: unitQuotas }),
  };
}

/** A source's limit keeps the rows with the smallest keys. */
function dropOverLimit(table: PlanTable, keys: Uint32Array, sources: readonly CorpusSource[]): void {
  sources.forEach((source, index) => {
    if (source.limit === null) return;
    const cells = new Uint32Array(table.rows).fill(noCell);
    let rows = 0;
    table.units.forEach((unit, u) => {
      if (unit.source !== index) return;
      for (let i = table.unitStart[u] ?? 0; i < (table.unitStart[u + 1] ?? 0); i++) {
        if (table.state[i] !== stateIndex.eligible) continue;
        cells[i] = 0;
        rows++;
      }
    });
    if (rows <= source.limit) return;
    const { copies } = selectRows({ cells, keys, quotas: [source.limit] });
    for (let i = 0; i < table.rows; i++)
      if (cells[i] === 0 && copies[i] === 0) table.state[i] = stateIndex['source-limit'];
  });
}
