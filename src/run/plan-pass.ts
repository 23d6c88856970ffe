import type { Config } from '../config/schema.ts';
import { ValidationError } from '../core/errors.ts';
import type { Taxonomy } from '../core/taxonomy.ts';
import type { Band, BalanceCell, BalanceProblem } from '../balance/problem.ts';
import { type Selection, selectionKeys, selectRows } from '../balance/select.ts';
import { type BalanceSolution, solveBalance } from '../balance/solve.ts';
import { type PlanTable, stateIndex } from './plan-table.ts';
import type { CorpusSource } from './corpus.ts';

/** No cell: the row is not in the supply. */
const noCell = 0xffffffff;

/** What PLAN decided: which row enters how often. Arrays are parallel to the table's rows. */
export interface RunPlan {
  readonly problem: BalanceProblem;
  readonly solution: BalanceSolution;
  /** Cell of each row, or noCell. */
  readonly cells: Uint32Array;
  /** Persona and required-trait bits of each cell. */
  readonly cellPersona: Uint16Array;
  readonly cellTraits: Uint32Array;
  /** Two words a row: hash(content hash, seed). */
  readonly keys: Uint32Array;
  readonly copies: Uint8Array;
  /** Up to which key each cell takes rows. */
  readonly selection: Pick<Selection, 'thresholds' | 'extraRows'>;
}

/**
 * Decides the balanced selection from the table alone, once it is screened: source limits out, joint cells, targets, quotas,
 * rows. Adds 13 bytes a row to the table's 54. Changes `table.state` of rows that fall out.
 * @throws ValidationError `infeasible` when balance.on_infeasible is error
 */
export async function planRun(
  table: PlanTable,
  config: Config,
  taxonomy: Taxonomy,
  sources: readonly CorpusSource[],
): Promise<RunPlan> {
  const keys = selectionKeys({ hashes: table.hash, seed: config.seed });
  dropOverLimit(table, keys, sources);
  const { cells, cellPersona, cellTraits, supply } = buildCells(table, config, taxonomy);
  const problem = buildProblem(supply, config, taxonomy);
  const solution = await solveBalance(problem);
  if (!solution.feasible && config.balance.on_infeasible === 'error') {
    throw new ValidationError(`the shares cannot all hold: ${solution.certificate?.sentence ?? ''}`, {
      code: 'infeasible',
      hint: 'relax one of the constraints named, add rows, or set balance.on_infeasible: nearest',
    });
  }
  const { copies, thresholds, extraRows } = selectRows({ cells, keys, quotas: solution.quotas });
  return {
    problem,
    solution,
    cells,
    cellPersona,
    cellTraits,
    keys,
    copies: Uint8Array.from(copies),
    selection: { thresholds, extraRows },
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

/** Cells are persona × the exact set of required traits, in ascending order of (persona, bits). */
function buildCells(
  table: PlanTable,
  config: Config,
  taxonomy: Taxonomy,
): { cells: Uint32Array; cellPersona: Uint16Array; cellTraits: Uint32Array; supply: BalanceCell[] } {
  const required = taxonomy.traits.reduce(
    (mask, trait, bit) => (trait.id in config.dataset.trait_requirements ? mask | (1 << bit) : mask),
    0,
  );
  const counts = new Map<number, { rows: number; units: number }>();
  for (let i = 0; i < table.rows; i++) {
    if (table.state[i] !== stateIndex.eligible) continue;
    const code = ((table.persona[i] ?? 0) << 16) | ((table.traits[i] ?? 0) & required);
    const count = counts.get(code);
    const units = unitsOf(table, i, config.balance.unit);
    if (count) {
      count.rows++;
      count.units += units;
    } else counts.set(code, { rows: 1, units });
  }
  const codes = [...counts.keys()].toSorted((a, b) => a - b);
  const cellOf = new Map(codes.map((code, cell) => [code, cell]));
  const cells = new Uint32Array(table.rows).fill(noCell);
  for (let i = 0; i < table.rows; i++) {
    if (table.state[i] !== stateIndex.eligible) continue;
    cells[i] = cellOf.get(((table.persona[i] ?? 0) << 16) | ((table.traits[i] ?? 0) & required)) ?? noCell;
  }
  const supply = codes.map((code) => {
    const { rows, units } = counts.get(code) ?? { rows: 0, units: 0 };
    const traits = taxonomy.traits.filter((_, bit) => code & (1 << bit)).map((trait) => trait.id);
    return {
      persona: taxonomy.personas[code >>> 16]?.id ?? '',
      traits,
      rows,
      unitsPerRow: config.balance.unit === 'rows' ? 1 : units / rows,
    };
  });
  return {
    cells,
    cellPersona: Uint16Array.from(codes, (code) => code >>> 16),
    cellTraits: Uint32Array.from(codes, (code) => code & 0xffff),
    supply,
  };
}

function unitsOf(table: PlanTable, row: number, unit: Config['balance']['unit']): number {
  if (unit === 'tokens') return table.tokens[row] ?? 0;
  return unit === 'supervised_tokens' ? (table.supervisedTokens[row] ?? 0) : 1;
}

/** The balance problem that a configuration poses over a supply. */
export function buildProblem(
  cells: readonly BalanceCell[],
  config: Config,
  taxonomy: Taxonomy,
): BalanceProblem {
  const groups = [...new Set(taxonomy.traits.map((trait) => trait.group))].filter((group) => group !== null);
  const problem = {
    cells,
    personaWeights: config.dataset.persona_weights,
    traitRequirements: config.dataset.trait_requirements,
    categoryBands: config.dataset.category_bands,
    parents: Object.fromEntries(taxonomy.personas.map((persona) => [persona.id, persona.parent])),
    categories: Object.fromEntries(taxonomy.personas.map((persona) => [persona.id, persona.category])),
    exclusive: groups.map((group) =>
      taxonomy.traits.filter((trait) => trait.group === group).map((trait) => trait.id),
    ),
    rest: config.balance.rest,
    restTemperature: config.balance.rest_temperature,
    total: config.balance.total,
    maxRepeats: config.balance.max_repeats,
  };
  return {
    ...problem,
    personaWeights: {
      ...problem.personaWeights,
      ...upsampledShares(problem, config.augmentation.synthetic_upsampling),
    },
  };
}

/**
 * Up-sampling of a persona without a weight becomes a weight: its supply times the factor over the supply of all the rest.
 * A weighted persona (or the child of one) has its share already; copies within max_repeats meet it.
 */
function upsampledShares(
  problem: Pick<BalanceProblem, 'cells' | 'personaWeights' | 'parents'>,
  factors: Readonly<Record<string, number>>,
): Record<string, Band> {
  const weights = Object.values(problem.personaWeights);
  if (weights.some((weight) => typeof weight !== 'number')) return {};
  const left =
    1 - weights.reduce<number>((sum, weight) => sum + (typeof weight === 'number' ? weight : 0), 0);
  const isRest = (persona: string): boolean =>
    !(persona in problem.personaWeights) && !((problem.parents[persona] ?? '') in problem.personaWeights);
  const supply = new Map<string, number>();
  for (const cell of problem.cells)
    if (isRest(cell.persona)) supply.set(cell.persona, (supply.get(cell.persona) ?? 0) + cell.rows);
  let scaled = 0;
  for (const [persona, rows] of supply) scaled += rows * (factors[persona] ?? 1);
  if (left <= 1e-9 || scaled === 0 || supply.size < 2) return {};
  const shares: Record<string, Band> = {};
  for (const [persona, rows] of supply) {
    const factor = factors[persona];
    if (factor === undefined) continue;
    const share = (left * rows * factor) / scaled;
    // Not a decimal: an exact sum over the rest could miss 1 by a rounding error and be judged infeasible.
    shares[persona] = { min: Math.max(0, share - 1e-9), max: Math.min(1, share + 1e-9) };
  }
  return shares;
}
