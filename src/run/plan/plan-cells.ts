import type { BalanceCell } from '../../balance/problem.ts';
import type { Config } from '../../config/schema.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import type { CorpusSource } from './corpus.ts';
import { type PlanTable, stateIndex } from './plan-table.ts';

/** No cell: the row is not in the supply. */
export const noCell = 0xffffffff;

const madeBit = 0x1_0000;

/**
 * Cells are persona × the exact set of required traits, and where synthetic rows are capped or counted apart, whether the row
 * was made; in ascending order of (persona, made, bits).
 */
export function buildCells(
  table: PlanTable,
  settings: {
    readonly config: Config;
    readonly taxonomy: Taxonomy;
    readonly sources: readonly CorpusSource[];
  },
): { cells: Uint32Array; cellPersona: Uint16Array; cellTraits: Uint32Array; supply: BalanceCell[] } {
  const { config, taxonomy } = settings;
  const required = requiredTraits(config, taxonomy);
  const counts = new Map<number, CellCount>();
  const codeOf = cellCoder(table, settings, required);
  for (let i = 0; i < table.rows; i++) {
    if (table.state[i] !== stateIndex.eligible) continue;
    const code = codeOf(i);
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
    cells[i] = cellOf.get(codeOf(i)) ?? noCell;
  }
  const supply = codes.map((code) => describeCell(code, counts.get(code), config, taxonomy));
  return {
    cells,
    cellPersona: Uint16Array.from(codes, (code) => code >>> 17),
    cellTraits: Uint32Array.from(codes, (code) => code & 0xffff),
    supply,
  };
}

/** Bits of the traits that shares are asked for: the ones that tell cells apart. */
export function requiredTraits(config: Config, taxonomy: Taxonomy): number {
  return taxonomy.traits.reduce(
    (mask, trait, bit) => (trait.id in config.dataset.trait_requirements ? mask | (1 << bit) : mask),
    0,
  );
}

export interface CellCount {
  rows: number;
  units: number;
}

/** A cell from its code (`cellCoder`). */
export function describeCell(
  code: number,
  count: CellCount | undefined,
  config: Config,
  taxonomy: Taxonomy,
): BalanceCell {
  const { rows, units } = count ?? { rows: 0, units: 0 };
  return {
    persona: taxonomy.personas[code >>> 17]?.id ?? '',
    traits: taxonomy.traits.filter((_, bit) => code & (1 << bit)).map((trait) => trait.id),
    rows,
    ...(code & madeBit ? { synthetic: true } : {}),
    unitsPerRow: config.balance.unit === 'rows' ? 1 : units / rows,
  };
}

function unitsOf(table: PlanTable, row: number, unit: Config['balance']['unit']): number {
  if (unit === 'tokens') return table.tokens[row] ?? 0;
  return unit === 'supervised_tokens' ? (table.supervisedTokens[row] ?? 0) : 1;
}

/** Persona, whether the row was made, and its required traits as one number. */
export function cellCoder(
  table: PlanTable,
  { config, sources }: { readonly config: Config; readonly sources: readonly CorpusSource[] },
  required: number,
): (row: number) => number {
  const apart =
    config.balance.max_synthetic_share !== undefined ||
    Object.keys(config.augmentation.synthetic_upsampling).length > 0;
  const made = new Uint8Array(apart && sources.some((source) => source.synthetic) ? table.rows : 0);
  if (made.length > 0)
    table.units.forEach((unit, u) => {
      if (sources[unit.source]?.synthetic) made.fill(1, table.unitStart[u], table.unitStart[u + 1]);
    });
  return (row) =>
    ((table.persona[row] ?? 0) << 17) |
    (made[row] === 1 ? madeBit : 0) |
    ((table.traits[row] ?? 0) & required);
}
