import { abstainPersona, type Taxonomy } from '../../core/taxonomy.ts';
import { decidePersona, type PersonaLabel } from '../../tag/decide.ts';
import { rowFlags, runnersUp, type TagColumns } from '../../tag/sidecar.ts';
import { readTags } from '../tag/read-tags.ts';

/** Why a row is not in the supply; the order is the order of the checks. */
export const rowStates = [
  'eligible',
  'rejected',
  'empty-output',
  'output-too-short',
  'output-too-long',
  'contaminated',
  'duplicate',
  'near-duplicate',
  'source-limit',
] as const;
export type RowState = (typeof rowStates)[number];
export const stateIndex = Object.fromEntries(rowStates.map((state, index) => [state, index])) as Record<
  RowState,
  number
>;

/** States that a report calls filtered, in alphabetical order. */
export const filteredStates = [
  'contaminated',
  'empty-output',
  'output-too-long',
  'output-too-short',
  'source-limit',
] as const satisfies readonly RowState[];

/** Rows in each state. */
export function countStates(table: Pick<PlanTable, 'state'>): Record<RowState, number> {
  const counts = rowStates.map(() => 0);
  for (const state of table.state) counts[state] = (counts[state] ?? 0) + 1;
  return Object.fromEntries(rowStates.map((state, index) => [state, counts[index]])) as Record<
    RowState,
    number
  >;
}

/** A tagged unit as PLAN sees it. */
export interface TaggedUnit {
  readonly name: string;
  /** Index into the run's sources. */
  readonly source: number;
  readonly rows: number;
  /** Relative to the run folder. */
  readonly sidecar: string;
  /** What the accurate tier tagged of it, relative to the run folder; null or absent: nothing. */
  readonly refined?: string | null;
}

/**
 * Every row of the corpus, read from sidecars alone, as parallel arrays in unit order: 36 bytes a row.
 * Unit u owns rows [unitStart[u], unitStart[u + 1]).
 */
export interface PlanTable {
  readonly rows: number;
  readonly units: readonly TaggedUnit[];
  readonly unitStart: Uint32Array;
  /** Four words a row. */
  readonly hash: Uint32Array;
  /** What the content hash passes over; empty where no row has any. Orders rows of equal content wherever they stand. */
  variant: Uint32Array;
  readonly persona: Uint8Array;
  /** Probability × 65535, after the prior. */
  readonly score: Uint16Array;
  readonly traits: Uint16Array;
  readonly tokens: Uint32Array;
  readonly supervisedTokens: Uint32Array;
  readonly state: Uint8Array;
  /** Who decided: `judgeIndex`. */
  readonly judge: Uint8Array;
  /** 1 where no class was sure enough. */
  readonly abstained: Uint8Array;
  /** Per persona: rows kept by the filters that looked most like it, but not surely enough; duplicates included. */
  readonly abstainedAs: Float64Array;
}

/** The unit that owns a row: the last one that starts at or before it and is not empty. */
export function unitOf(unitStart: Uint32Array, row: number): number {
  let low = 0;
  let high = unitStart.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((unitStart[middle] ?? 0) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}

export interface LabelRules {
  readonly taxonomy: Taxonomy;
  /** Per persona of the taxonomy: of the fast tier, and of the accurate one. */
  readonly thresholds: readonly number[];
  readonly refinedThresholds: readonly number[];
  /** Per source: index of the origin persona or -1, and the strength of that prior. */
  readonly priors: readonly { readonly origin: number; readonly strength: number }[];
  readonly minOutputChars: number;
  readonly maxOutputChars: number;
  readonly filterEmpty: boolean;
}

/** Reads the sidecars of all units and decides every row's persona and whether it is eligible. */
export async function loadPlanTable(
  out: string,
  units: readonly TaggedUnit[],
  rules: LabelRules,
): Promise<PlanTable> {
  const table = createTable(units, rules.taxonomy.personas.length);
  for (let u = 0; u < units.length; u++) {
    const unit = units[u];
    if (!unit) continue;
    const tags = await readTags(out, unit);
    fillUnit(
      table,
      table.unitStart[u] ?? 0,
      tags,
      rules,
      rules.priors[unit.source] ?? { origin: -1, strength: 0 },
    );
  }
  return table;
}

/** The table of one unit on its own. */
export function tableOfUnit(unit: TaggedUnit, tags: TagColumns, rules: LabelRules): PlanTable {
  const table = createTable([unit], rules.taxonomy.personas.length);
  fillUnit(table, 0, tags, rules, rules.priors[unit.source] ?? { origin: -1, strength: 0 });
  return table;
}

function createTable(units: readonly TaggedUnit[], personas: number): PlanTable {
  const unitStart = new Uint32Array(units.length + 1);
  units.forEach((unit, u) => {
    unitStart[u + 1] = (unitStart[u] ?? 0) + unit.rows;
  });
  const rows = unitStart[units.length] ?? 0;
  return {
    rows,
    units,
    unitStart,
    hash: new Uint32Array(rows * 4),
    variant: new Uint32Array(0),
    persona: new Uint8Array(rows),
    score: new Uint16Array(rows),
    traits: new Uint16Array(rows),
    tokens: new Uint32Array(rows),
    supervisedTokens: new Uint32Array(rows),
    state: new Uint8Array(rows),
    judge: new Uint8Array(rows),
    abstained: new Uint8Array(rows),
    abstainedAs: new Float64Array(personas),
  };
}

function fillUnit(
  table: PlanTable,
  start: number,
  tags: TagColumns,
  rules: LabelRules,
  prior: { origin: number; strength: number },
): void {
  table.hash.set(tags.contentHash, start * 4);
  if (table.variant.length === 0 && tags.variant.some((word) => word !== 0))
    table.variant = new Uint32Array(table.rows);
  if (table.variant.length > 0) table.variant.set(tags.variant, start);
  table.traits.set(tags.traits, start);
  table.tokens.set(tags.tokens, start);
  table.supervisedTokens.set(tags.supervisedTokens, start);
  const abstain = rules.taxonomy.personas.findIndex((persona) => persona.id === abstainPersona);
  const label: PersonaLabel = { persona: abstain, score: 0 };
  const candidates = {
    personas: tags.personas,
    scores: tags.personaScores,
    at: 0,
    count: runnersUp,
    originScore: 0,
  };
  const rule = { origin: prior.origin, strength: prior.strength, classes: rules.taxonomy.personas.length };
  for (let i = 0; i < tags.rows; i++) {
    candidates.at = i * runnersUp;
    candidates.originScore = tags.originScore[i] ?? 0;
    decidePersona(candidates, rule, label);
    const judge = judgeOf(tags.flags[i] ?? 0);
    const thresholds = judge === judgeIndex.accurate ? rules.refinedThresholds : rules.thresholds;
    const sure = label.score >= (thresholds[label.persona] ?? 0);
    table.judge[start + i] = judge;
    table.persona[start + i] = sure ? label.persona : abstain;
    table.abstained[start + i] = sure ? 0 : 1;
    table.score[start + i] = Math.round(label.score * 65535);
    const state = stateOf(tags.flags[i] ?? 0, tags.outputChars[i] ?? 0, rules);
    table.state[start + i] = stateIndex[state];
    if (!sure && state === 'eligible')
      table.abstainedAs[label.persona] = (table.abstainedAs[label.persona] ?? 0) + 1;
  }
}

/** Tiers by their place in `Judges`. */
export const judgeIndex = { fast: 0, accurate: 1, corrected: 2 } as const;

/** Which tier's personas stand in a row. */
export function judgeOf(flags: number): number {
  if (flags & rowFlags.refined) return judgeIndex.accurate;
  return flags & rowFlags.corrected ? judgeIndex.corrected : judgeIndex.fast;
}

function stateOf(flags: number, outputChars: number, rules: LabelRules): RowState {
  if (flags & rowFlags.rejected) return 'rejected';
  if (flags & rowFlags.emptyOutput) return rules.filterEmpty ? 'empty-output' : 'eligible';
  if (outputChars < rules.minOutputChars) return 'output-too-short';
  return outputChars > rules.maxOutputChars ? 'output-too-long' : 'eligible';
}
