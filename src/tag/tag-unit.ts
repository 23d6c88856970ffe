import type { Row, RowBatch, RowEntry } from '../core/row.ts';
import type { Tagger } from '../core/tagger.ts';
import type { Taxonomy } from '../core/taxonomy.ts';
import { compileTraitDecision, type TraitDecision } from './decide.ts';
import type { TokenCounter } from './token-counter.ts';
import { RowEncoder, rowKeyPrefix, writeRowKey } from './encode.ts';
import {
  createTagColumns,
  maximumTraits,
  quantise,
  rowFlags,
  runnersUp,
  type TagColumns,
} from './sidecar.ts';

/** A record that became no row, for the quarantine file. */
export interface QuarantineEntry {
  readonly row: number;
  readonly code: string;
  readonly message: string;
  readonly excerpt: string;
}

export interface UnitTags {
  readonly columns: TagColumns;
  readonly quarantine: readonly QuarantineEntry[];
}

/** The two taggers of a worker with everything that does not change from unit to unit. */
export interface TagKit {
  readonly persona: Tagger;
  readonly traits: Tagger;
  readonly taxonomy: Taxonomy;
}

/**
 * Tags the rows of one unit. Holds a thousand rows and about 90 bytes per row of the unit.
 * Every entry becomes one line of the columns, rejected ones flagged, so that the sidecar stays row-aligned with the input.
 */
export async function tagUnit(
  kit: TagKit,
  batches: AsyncIterable<RowBatch>,
  unit: {
    readonly source: string;
    readonly revision: string;
    readonly file: string;
    readonly firstRow: number;
    readonly origin: number;
    readonly synthetic: boolean;
    readonly expectedRows: number;
    /** null or left out: tokens are estimated. */
    readonly countTokens?: TokenCounter | null;
  },
): Promise<UnitTags> {
  const prefix = rowKeyPrefix(unit.source, unit.revision, unit.file);
  const personaOf = kit.persona.info.labels.map((label) =>
    kit.taxonomy.personas.findIndex((persona) => persona.id === label),
  );
  const traitOf = kit.traits.info.labels.map((label) =>
    kit.taxonomy.traits.findIndex((trait) => trait.id === label),
  );
  const decide = compileTraitDecision(kit.taxonomy, kit.traits.info.labels, kit.traits.info.thresholds);
  const encoder = new RowEncoder();
  const quarantine: QuarantineEntry[] = [];
  let columns = createTagColumns(Math.max(16, unit.expectedRows));
  let rows = 0;
  for await (const batch of regroup(batches)) {
    columns = ensureRows(columns, rows, rows + batch.length);
    const values: Row[] = [];
    const positions: number[] = [];
    for (const entry of batch) {
      const at = rows++;
      columns.row[at] = entry.row - unit.firstRow;
      columns.records[at] = entry.records;
      writeRowKey(prefix, entry.row, columns.rowKey, at * 4);
      if ('reject' in entry) {
        columns.flags[at] = rowFlags.rejected;
        quarantine.push({ row: entry.row, ...entry.reject });
      } else {
        values.push(entry.value);
        positions.push(at);
      }
    }
    if (values.length > 0)
      await tagBatch(kit, values, positions, columns, {
        encoder,
        personaOf,
        traitOf,
        decide,
        origin: unit.origin,
        synthetic: unit.synthetic,
        countTokens: unit.countTokens ?? null,
      });
  }
  return { columns: trimRows(columns, rows), quarantine };
}

/** Larger batches cost fewer calls into the models: rows are tagged about a thousand at a time. */
const batchRows = 1024;

async function* regroup(batches: AsyncIterable<RowBatch>): AsyncGenerator<RowBatch> {
  let pending: RowEntry[] = [];
  for await (const batch of batches) {
    pending = pending.length === 0 ? [...batch] : pending.concat(batch);
    if (pending.length < batchRows) continue;
    yield pending;
    pending = [];
  }
  if (pending.length > 0) yield pending;
}

interface BatchRules {
  /** Each unit has its own: its arena is reused from batch to batch. */
  readonly encoder: RowEncoder;
  readonly personaOf: readonly number[];
  readonly traitOf: readonly number[];
  readonly decide: TraitDecision;
  readonly origin: number;
  readonly synthetic: boolean;
  readonly countTokens: TokenCounter | null;
}

async function tagBatch(
  kit: TagKit,
  values: readonly Row[],
  positions: readonly number[],
  columns: TagColumns,
  rules: BatchRules,
): Promise<void> {
  const encoded = rules.encoder.encode(values);
  const { scores: personaScores, heads } = await kit.persona.tag(encoded.text);
  const { scores: traitScores } = await kit.traits.tag(encoded.text, heads);
  for (let i = 0; i < values.length; i++) {
    const at = positions[i] ?? 0;
    for (let word = 0; word < 4; word++)
      columns.contentHash[at * 4 + word] = encoded.contentHash[i * 4 + word] ?? 0;
    columns.variant[at] = encoded.variant[i] ?? 0;
    columns.outputChars[at] = encoded.outputChars[i] ?? 0;
    const value = values[i];
    const counted = value && rules.countTokens?.(value);
    columns.tokens[at] = counted?.all ?? encoded.tokens[i] ?? 0;
    columns.supervisedTokens[at] = counted?.supervised ?? encoded.supervisedTokens[i] ?? 0;
    columns.flags[at] =
      ((encoded.outputChars[i] ?? 0) === 0 ? rowFlags.emptyOutput : 0) |
      (encoded.text.toolCalls[i] ? rowFlags.toolCalls : 0) |
      (rules.synthetic ? rowFlags.synthetic : 0);
    storePersonas(personaScores, i * rules.personaOf.length, rules, columns, at);
    const traitsAt = i * rules.traitOf.length;
    columns.traits[at] = rules.decide(traitScores, traitsAt);
    for (let t = 0; t < rules.traitOf.length; t++) {
      const trait = rules.traitOf[t] ?? -1;
      if (trait >= 0)
        columns.traitScores[at * maximumTraits + trait] = Math.round((traitScores[traitsAt + t] ?? 0) * 255);
    }
  }
}

/** Keeps the three best (ties: the first label) and the origin persona's own score. */
function storePersonas(
  scores: Float32Array,
  from: number,
  rules: BatchRules,
  columns: TagColumns,
  at: number,
): void {
  let first = -1;
  let second = -1;
  let third = -1;
  let best = -1;
  let next = -1;
  let last = -1;
  for (let label = 0; label < rules.personaOf.length; label++) {
    const score = scores[from + label] ?? 0;
    if (score <= last) continue;
    if (score > next) {
      third = second;
      last = next;
      if (score > best) {
        second = first;
        next = best;
        first = label;
        best = score;
      } else {
        second = label;
        next = score;
      }
    } else {
      third = label;
      last = score;
    }
  }
  const out = at * runnersUp;
  columns.personas[out] = rules.personaOf[first] ?? 0;
  columns.personas[out + 1] = rules.personaOf[second] ?? 0;
  columns.personas[out + 2] = rules.personaOf[third] ?? 0;
  columns.personaScores[out] = quantise(best);
  columns.personaScores[out + 1] = quantise(next);
  columns.personaScores[out + 2] = quantise(last);
  const origin = rules.personaOf.indexOf(rules.origin);
  if (origin >= 0) columns.originScore[at] = quantise(scores[from + origin] ?? 0);
}

function ensureRows(columns: TagColumns, used: number, needed: number): TagColumns {
  if (needed <= columns.rows) return columns;
  return copyRows(columns, createTagColumns(Math.max(needed, columns.rows * 2)), used);
}

function trimRows(columns: TagColumns, rows: number): TagColumns {
  return rows === columns.rows ? columns : copyRows(columns, createTagColumns(rows), rows);
}

function copyRows(from: TagColumns, to: TagColumns, rows: number): TagColumns {
  to.row.set(from.row.subarray(0, rows));
  to.records.set(from.records.subarray(0, rows));
  to.rowKey.set(from.rowKey.subarray(0, rows * 4));
  to.contentHash.set(from.contentHash.subarray(0, rows * 4));
  to.variant.set(from.variant.subarray(0, rows));
  to.personas.set(from.personas.subarray(0, rows * runnersUp));
  to.personaScores.set(from.personaScores.subarray(0, rows * runnersUp));
  to.originScore.set(from.originScore.subarray(0, rows));
  to.traits.set(from.traits.subarray(0, rows));
  to.traitScores.set(from.traitScores.subarray(0, rows * maximumTraits));
  to.outputChars.set(from.outputChars.subarray(0, rows));
  to.tokens.set(from.tokens.subarray(0, rows));
  to.supervisedTokens.set(from.supervisedTokens.subarray(0, rows));
  to.flags.set(from.flags.subarray(0, rows));
  return to;
}
