import { resolveDataPath } from '../../config/load.ts';
import type { Config } from '../../config/schema.ts';
import { abstainPersona, type Taxonomy } from '../../core/taxonomy.ts';
import type { Correction } from '../../fit/correction.ts';
import { type ClassCounts, correctPrevalence } from '../../evaluate/prevalence.ts';
import type { AuditEntry, AuditFacts } from '../../report/model.ts';
import type { WorkerPool } from '../../tag/pool.ts';
import { createContext, type RunContext } from '../context.ts';
import { judgeRows } from '../evaluate/eval-pass.ts';
import { goldLabels, type LabelledData, readLabels } from '../evaluate/labelled-data.ts';
import { type PlanTable, stateIndex } from '../plan/plan-table.ts';

/** The labelled rows of `audit.file`, read and checked before a run does anything else. */
export interface AuditSet {
  readonly file: string;
  readonly confidence: AuditFacts['confidence'];
  readonly data: LabelledData;
}

/** @throws ConfigError as `readLabels`; null where no audit is configured */
export async function readAuditSet(
  pool: WorkerPool,
  config: Config,
  configPath: string,
  context: RunContext,
): Promise<AuditSet | null> {
  if (!config.audit) return null;
  const { file, confidence } = config.audit;
  const data = await readLabels(pool, resolveDataPath(file, configPath), silent(context));
  return { file, confidence, data };
}

/**
 * How much of the supply is really of each persona and category. A labelled row that stands in the corpus (same content) has
 * the label that the plan gave it, prior and all; any other is tagged now, by the
 * fast tier as the run corrected it, without a prior.
 */
export async function auditTable(
  pool: WorkerPool,
  audit: AuditSet,
  settings: {
    readonly table: PlanTable;
    readonly config: Config;
    readonly taxonomy: Taxonomy;
    /** Of the fast tier in this run. */
    readonly correction: Correction | null;
  },
  context: RunContext,
): Promise<AuditFacts> {
  const { table, taxonomy } = settings;
  const gold = goldLabels(audit.data);
  const predicted = labelsInCorpus(audit.data, table);
  const matched = predicted.filter((label) => label !== unknown).length;
  if (matched < gold.length) await tagOthers(pool, audit.data, predicted, settings, context);
  const supply = new Float64Array(taxonomy.personas.length);
  for (let row = 0; row < table.rows; row++) {
    if (table.state[row] !== stateIndex.eligible) continue;
    const persona = table.persona[row] ?? 0;
    supply[persona] = (supply[persona] ?? 0) + 1;
  }
  const count = (name: string, isMember: (persona: number) => boolean): AuditEntry =>
    entryOf(name, countClass({ supply, gold, predicted, isMember }), audit.confidence);
  const hasRows = (entry: AuditEntry): boolean => entry.audited > 0 || entry.counted > 0;
  return {
    file: audit.file,
    rows: gold.length,
    matched,
    unreadable: audit.data.unreadable,
    confidence: audit.confidence,
    personas: taxonomy.personas.map(({ id }, p) => count(id, (persona) => persona === p)).filter(hasRows),
    categories: taxonomy.categories
      .map(({ id }) => count(id, (persona) => taxonomy.personas[persona]?.category === id))
      .filter(hasRows),
  };
}

/** Not labelled yet; taxonomies have fewer than 255 personas. */
const unknown = 255;

/** The plan's labels of the audited contents, from the row of each content that stayed; `unknown` where there is none. */
function labelsInCorpus({ units, rows }: LabelledData, table: PlanTable): Uint8Array {
  const labels = new Uint8Array(rows).fill(unknown);
  const isFinal = new Uint8Array(rows);
  const hashes = new Uint32Array(rows * 4);
  for (const { labels: own, firstRow } of units) hashes.set(own.contentHash, firstRow * 4);
  const byFirstWord = new Map<number, number[]>();
  for (let i = 0; i < rows; i++) {
    const word = hashes[i * 4] ?? 0;
    byFirstWord.set(word, [...(byFirstWord.get(word) ?? []), i]);
  }
  for (let row = 0; row < table.rows; row++) {
    for (const i of byFirstWord.get(table.hash[row * 4] ?? 0) ?? []) {
      const isSame = [1, 2, 3].every((word) => hashes[i * 4 + word] === table.hash[row * 4 + word]);
      if (!isSame || isFinal[i] === 1 || table.state[row] === stateIndex.rejected) continue;
      labels[i] = table.persona[row] ?? 0;
      isFinal[i] = table.state[row] === stateIndex.eligible ? 1 : 0;
    }
  }
  return labels;
}

async function tagOthers(
  pool: WorkerPool,
  data: LabelledData,
  predicted: Uint8Array,
  settings: Pick<Parameters<typeof auditTable>[2], 'config' | 'taxonomy' | 'correction'>,
  context: RunContext,
): Promise<void> {
  const { config, taxonomy, correction } = settings;
  const params = { gold: goldLabels(data), among: null, correction };
  const judged = await judgeRows(pool, data, params, silent(context));
  const abstain = taxonomy.personas.findIndex((persona) => persona.id === abstainPersona);
  const threshold = config.taggers.persona_threshold;
  for (let i = 0; i < predicted.length; i++) {
    if (predicted[i] !== unknown) continue;
    const isSure = threshold === undefined ? judged.isSure[i] === 1 : (judged.scores[i] ?? 0) >= threshold;
    predicted[i] = isSure ? (judged.best[i] ?? abstain) : abstain;
  }
}

function countClass(parts: {
  readonly supply: Float64Array;
  readonly gold: Uint8Array;
  readonly predicted: Uint8Array;
  readonly isMember: (persona: number) => boolean;
}): ClassCounts {
  const { supply, gold, predicted, isMember } = parts;
  const counts = { rows: 0, counted: 0, members: 0, found: 0, others: 0, leftOut: 0 };
  supply.forEach((rows, persona) => {
    counts.rows += rows;
    if (isMember(persona)) counts.counted += rows;
  });
  gold.forEach((label, i) => {
    const isGiven = isMember(predicted[i] ?? 0);
    if (isMember(label)) {
      counts.members++;
      if (isGiven) counts.found++;
    } else {
      counts.others++;
      if (!isGiven) counts.leftOut++;
    }
  });
  return counts;
}

function entryOf(name: string, counts: ClassCounts, confidence: AuditFacts['confidence']): AuditEntry {
  const ratio = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);
  const prevalence = correctPrevalence(counts, confidence);
  return {
    name,
    audited: counts.members,
    counted: ratio(counts.counted, counts.rows) ?? 0,
    corrected: prevalence?.share ?? null,
    low: prevalence?.low ?? null,
    high: prevalence?.high ?? null,
    sensitivity: ratio(counts.found, counts.members),
    specificity: ratio(counts.leftOut, counts.others),
  };
}

/** The audit is no stage of the run: its events and timings stay out of the report. */
function silent({ signal, clock }: RunContext): RunContext {
  return createContext({ emit: () => undefined, clock, signal });
}
