import { join } from 'node:path';

import type { Config } from '../../config/schema.ts';
import { ConfigError } from '../../core/errors.ts';
import { forEachDuplicate } from '../../balance/dedupe.ts';
import { type BandWords, type NearDuplicates, NearDuplicateFinder } from '../../balance/near-duplicates.ts';
import { ClusterThinner } from '../../balance/thin-clusters.ts';
import { readBand, readBenchmarkMasks, readSignatures } from '../../tag/screen-sidecar.ts';
import type { Corpus, CorpusSource } from './corpus.ts';
import { type PlanTable, stateIndex, type TaggedUnit, unitOf } from './plan-table.ts';
import { nearDuplicateRules } from '../tag/screen-pass.ts';

/** What screening took out of the supply, and what it found among the rows that stay. */
export interface ScreenedTable {
  /** Rows taken out per benchmark, in the order of the screening; a row that meets several counts for each. */
  readonly benchmarks: readonly { readonly name: string; readonly rows: number }[];
  /** null where near-duplicates were not looked for. */
  readonly near: NearDuplicates | null;
  /** Row whose content hash decides between train and validation, where it is not the row's own. */
  readonly splitRows: Uint32Array | null;
}

/**
 * Takes out of the table what must not be counted as supply, in this order: rows that stand in a benchmark, exact duplicates,
 * near-duplicates. Every choice is a function of the rows' contents (of equal contents the first by source, file and row
 * stays). Memory: see balance/dedupe and balance/near-duplicates; one unit's masks at a time.
 * @throws ConfigError `not-screened`, ValidationError `screen-damaged`
 */
export async function screenTable(
  out: string,
  table: PlanTable,
  corpus: Corpus,
  config: Config,
): Promise<ScreenedTable> {
  const { dataset } = config;
  checkScreened(corpus, config);
  const benchmarks = isDecontaminated(config) ? await dropContaminated(out, table, corpus) : [];
  const { mode } = dataset.near_duplicates;
  if ((dataset.deduplicate && dataset.filter_duplicates) || mode === 'remove')
    dropDuplicates(table, corpus.sources);
  if (mode === 'none') return { benchmarks, near: null, splitRows: null };
  const clusters = await findClusters(out, table, corpus);
  if (mode === 'group') return { benchmarks, near: clusters, splitRows: clusters.representative };
  const near = await thinClusters(out, table, corpus, {
    clusters,
    minSimilarity: dataset.near_duplicates.min_similarity,
  });
  for (let row = 0; row < table.rows; row++)
    if (near.representative[row] !== row) table.state[row] = stateIndex['near-duplicate'];
  return { benchmarks, near, splitRows: null };
}

function isDecontaminated({ dataset: { decontaminate } }: Config): boolean {
  return decontaminate.files.length > 0 || Object.keys(decontaminate.benchmarks).length > 0;
}

/** The sidecars must hold what this configuration asks; less can always be asked of them. */
function checkScreened({ screening }: Corpus, config: Config): void {
  const rules = nearDuplicateRules(config);
  const missing: string[] = [];
  if (rules && !isSame(rules, screening?.nearDuplicates)) missing.push('dataset.near_duplicates');
  if (isDecontaminated(config) && !isSame(config.dataset.decontaminate, screening?.decontaminate))
    missing.push('dataset.decontaminate');
  if (missing.length === 0) return;
  throw new ConfigError(
    `the rows of this run were not screened with these settings of ${missing.join(' and ')}`,
    {
      code: 'not-screened',
      hint: 'start the run again with them: the units are read once more, and no row is tagged again',
    },
  );
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b ?? null);
}

async function dropContaminated(
  out: string,
  table: PlanTable,
  { screening }: Corpus,
): Promise<{ name: string; rows: number }[]> {
  const counts = (screening?.benchmarks ?? []).map((name) => ({ name, rows: 0 }));
  for (let u = 0; u < table.units.length; u++) {
    const { masks, maskWords, rows } = await readBenchmarkMasks(join(out, screening?.sidecars[u] ?? ''));
    const start = table.unitStart[u] ?? 0;
    for (let i = 0; i < rows; i++) {
      if (table.state[start + i] !== stateIndex.eligible) continue;
      for (let benchmark = 0; benchmark < counts.length; benchmark++) {
        const count = counts[benchmark];
        if (!count || ((masks[i * maskWords + (benchmark >>> 5)] ?? 0) & (1 << (benchmark & 31))) === 0)
          continue;
        table.state[start + i] = stateIndex.contaminated;
        count.rows++;
      }
    }
  }
  return counts;
}

/** Takes all rows but one of each content out of the supply. */
export function dropDuplicates(table: PlanTable, sources: readonly CorpusSource[]): void {
  const isBefore = duplicateOrder(table.units, sources);
  const place = (row: number): DuplicatePlace => ({
    unit: unitOf(table.unitStart, row),
    variant: table.variant[row] ?? 0,
    row,
  });
  forEachDuplicate({
    rows: table.rows,
    hashes: table.hash,
    isEligible: (row) => table.state[row] === stateIndex.eligible,
    isBefore: (a, b) => isBefore(place(a), place(b)),
    visit(row) {
      table.state[row] = stateIndex.duplicate;
    },
  });
}

/** What tells rows of one content apart. */
interface DuplicatePlace {
  readonly unit: number;
  readonly variant: number;
  readonly row: number;
}

/**
 * Of equal contents the row of the first source by name stays, in it the one of the smallest variant (what the content hash
 * passes over), of those the first by file and row: not by the order of reading. So rows that only stand elsewhere are alike in
 * all that is written but the row key.
 */
export function duplicateOrder(
  units: readonly TaggedUnit[],
  sources: readonly CorpusSource[],
): (a: DuplicatePlace, b: DuplicatePlace) => boolean {
  const rank = unitRanks(units, sources);
  const names = sources.map((source) => source.name).toSorted();
  const sourceOf = units.map((unit) => names.indexOf(sources[unit.source]?.name ?? ''));
  return (a, b) =>
    ((sourceOf[a.unit] ?? 0) - (sourceOf[b.unit] ?? 0) ||
      a.variant - b.variant ||
      (rank[a.unit] ?? 0) - (rank[b.unit] ?? 0) ||
      a.row - b.row) < 0;
}

/** Rank of each unit by the names of its source, file and place. */
function unitRanks(units: readonly TaggedUnit[], sources: readonly CorpusSource[]): Uint32Array {
  const order = units.map(({ source, name }, index) => ({
    index,
    name,
    source: sources[source]?.name ?? '',
  }));
  order.sort((a, b) => compare(a.source, b.source) || compare(a.name, b.name));
  const ranks = new Uint32Array(units.length);
  order.forEach(({ index }, rank) => (ranks[index] = rank));
  return ranks;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

async function findClusters(out: string, table: PlanTable, corpus: Corpus): Promise<NearDuplicates> {
  const finder = new NearDuplicateFinder({ hashes: table.hash, eligible: eligibleRows(table) });
  await forEachBand(out, table, corpus, (words) => finder.addBand(words));
  return finder.finish();
}

async function thinClusters(
  out: string,
  table: PlanTable,
  corpus: Corpus,
  how: { readonly clusters: NearDuplicates; readonly minSimilarity: number },
): Promise<NearDuplicates> {
  const { bands = 0, rowsPerBand = 0 } = corpus.screening?.nearDuplicates ?? {};
  const signatureBytes = bands * rowsPerBand;
  const thinner = new ClusterThinner({ hashes: table.hash, bands, signatureBytes, ...how });
  for (let u = 0; u < table.units.length; u++) {
    const path = join(out, corpus.screening?.sidecars[u] ?? '');
    thinner.addSignatures(table.unitStart[u] ?? 0, await readSignatures(path));
  }
  await forEachBand(out, table, corpus, (words) => thinner.addBand(words));
  return thinner.finish();
}

/** One band of all rows at a time; the words are valid during the call. 8 bytes a row. */
async function forEachBand(
  out: string,
  table: PlanTable,
  { screening }: Corpus,
  visit: (words: BandWords) => void,
): Promise<void> {
  const high = new Uint32Array(table.rows);
  const low = new Uint32Array(table.rows);
  for (let band = 0; band < (screening?.nearDuplicates?.bands ?? 0); band++) {
    for (let u = 0; u < table.units.length; u++) {
      const [start, end] = [table.unitStart[u] ?? 0, table.unitStart[u + 1] ?? 0];
      const path = join(out, screening?.sidecars[u] ?? '');
      await readBand(path, band, { high: high.subarray(start, end), low: low.subarray(start, end) });
    }
    visit({ high, low });
  }
}

function eligibleRows(table: PlanTable): Uint8Array {
  const eligible = new Uint8Array(table.rows);
  for (let i = 0; i < table.rows; i++) eligible[i] = table.state[i] === stateIndex.eligible ? 1 : 0;
  return eligible;
}
