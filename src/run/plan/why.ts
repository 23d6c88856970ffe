import { reviseConfig } from '../../config/load.ts';
import { ConfigError } from '../../core/errors.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import { readBenchmarkMasks } from '../../tag/screen-sidecar.ts';
import { runnersUp } from '../../tag/sidecar.ts';
import { join } from 'node:path';
import { type Corpus, readCorpus } from './corpus.ts';
import { planCorpus, type PlannedCorpus } from './plan-corpus.ts';
import { judgeIndex, judgeOf, type PlanTable, rowStates, stateIndex, unitOf } from './plan-table.ts';
import { readTags } from '../tag/read-tags.ts';
import { findRecord, findRowKey, readRowNames } from './row-keys.ts';
import { readStoredConfig } from './what-if.ts';

/** Why a row is in the corpus or not: one entry per line of the answer. */
export interface Why {
  readonly row_key: string;
  readonly place: string;
  readonly source: string;
  readonly state: string;
  readonly copies: number;
  readonly lines: readonly string[];
}

/**
 * Explains one row of a run, named by its row key (32 hex digits) or as `FILE:ROW`.
 * @throws ConfigError `row-not-found`, `run-not-tagged`
 */
export async function explainRow(params: {
  readonly run: string;
  readonly row: string;
  readonly taxonomy: Taxonomy;
}): Promise<Why> {
  const { run, taxonomy } = params;
  const corpus = await readCorpus(run);
  const config = reviseConfig({
    config: await readStoredConfig(run),
    path: join(run, 'run.json'),
    sets: [],
    taxonomy,
  });
  const planned = await planCorpus({ out: run, corpus, config, taxonomy });
  const row = await findRow(run, planned.table, corpus, params.row);
  if (row < 0) {
    throw new ConfigError(`no row "${params.row}" in ${run}`, {
      code: 'row-not-found',
      hint: 'give a _row_key of 32 hex digits, or FILE:ROW with the row counted from 0',
    });
  }
  const { table, plan } = planned;
  const unit = unitOf(table.unitStart, row);
  const file = corpus.units[unit];
  const source = corpus.sources[file?.source ?? 0]?.name ?? '';
  const state = rowStates[table.state[row] ?? 0] ?? '';
  const [{ key: rowKey, record } = { key: '', record: 0 }] = await readRowNames(run, table, [row]);
  const place = `${file?.file ?? ''}:${(file?.firstRow ?? 0) + record}`;
  const scores = await describeScores(
    run,
    corpus,
    { unit, at: row - (table.unitStart[unit] ?? 0) },
    taxonomy,
  );
  return {
    row_key: rowKey,
    place,
    source,
    state,
    copies: plan.copies[row] ?? 0,
    lines: [
      `row ${rowKey} is ${place} of source ${source}`,
      `tagger: ${scores}; label ${taxonomy.personas[table.persona[row] ?? 0]?.id} (${((table.score[row] ?? 0) / 65535).toFixed(3)}${table.abstained[row] ? ', below its threshold' : ''})`,
      ...(await describeChoice(run, corpus, planned, { row, unit, state })),
      describeGroups(planned, row),
    ],
  };
}

/** A row by its key or as `FILE:ROW`; -1 when there is none. */
async function findRow(run: string, table: PlanTable, corpus: Corpus, name: string): Promise<number> {
  if (/^[0-9a-f]{32}$/.test(name)) return findRowKey(run, table, name);
  const match = /^(.+):(\d+)$/.exec(name);
  if (!match) return -1;
  const number = Number(match[2]);
  // Rows are fewer than records where these are put together, so that a unit ends where the next begins.
  const unit = corpus.units.findLastIndex(({ file, firstRow }) => file === match[1] && number >= firstRow);
  return unit < 0 ? -1 : findRecord(run, table, unit, number - (corpus.units[unit]?.firstRow ?? 0));
}

async function describeScores(
  run: string,
  corpus: Corpus,
  place: { unit: number; at: number },
  taxonomy: Taxonomy,
): Promise<string> {
  const tags = await readTags(run, corpus.units[place.unit] ?? { sidecar: '' });
  const names = Array.from({ length: runnersUp }, (_, i) => {
    const at = place.at * runnersUp + i;
    return `${taxonomy.personas[tags.personas[at] ?? 0]?.id} ${((tags.personaScores[at] ?? 0) / 65535).toFixed(3)}`;
  });
  const traits = taxonomy.traits
    .filter((_, bit) => (tags.traits[place.at] ?? 0) & (1 << bit))
    .map((trait) => trait.id);
  const judge = describeJudge(tags.flags[place.at] ?? 0, corpus.cascade?.tagger ?? '');
  return `${names.join(', ')}${judge}; traits ${traits.join(', ') || 'none'}`;
}

/** Nothing of the fast tier as it is. */
function describeJudge(flags: number, accurate: string): string {
  switch (judgeOf(flags)) {
    case judgeIndex.accurate:
      return ` (by the accurate tier, ${accurate})`;
    case judgeIndex.corrected:
      return ` (by the fast tier as ${accurate} corrected it)`;
    default:
      return '';
  }
}

async function describeChoice(
  run: string,
  corpus: Corpus,
  planned: PlannedCorpus,
  { row, unit, state }: { readonly row: number; readonly unit: number; readonly state: string },
): Promise<string[]> {
  const { table, plan } = planned;
  if (state !== 'eligible') {
    const detail = await describeScreened(run, corpus, planned, { row, unit });
    return [`left out before the balance: ${detail ?? state}`];
  }
  const cell = plan.cells[row] ?? 0;
  const { persona = '', traits = [], rows = 0 } = plan.problem.cells[cell] ?? {};
  const quota = plan.solution.quotas[cell] ?? 0;
  const key = keyText(plan.keys, row);
  const copies = plan.copies[row] ?? 0;
  const threshold = plan.selection.extraRows[cell]
    ? `, the cell takes keys up to ${keyText(plan.selection.thresholds, cell)}`
    : '';
  return [
    `cell ${persona}${traits.length > 0 ? ` + ${traits.join(' + ')}` : ''}: ${rows} rows, quota ${quota}`,
    `key ${key}${threshold}: ${copies === 0 ? 'not selected' : copies === 1 ? 'selected' : `selected, ${copies} copies`} (${table.tokens[row] ?? 0} tokens)`,
  ];
}

/** Which benchmark or which other row; null for rows that fell out for another reason. */
async function describeScreened(
  run: string,
  corpus: Corpus,
  { table, screened }: PlannedCorpus,
  { row, unit }: { readonly row: number; readonly unit: number },
): Promise<string | null> {
  const state = table.state[row];
  if (state === stateIndex['near-duplicate'] && screened.near) {
    const kept = screened.near.representative[row] ?? row;
    return `near-duplicate of ${(await readRowNames(run, table, [kept]))[0]?.key}, which was kept`;
  }
  if (state === stateIndex.duplicate) {
    const kept = findKept(table, row);
    return kept < 0 ? null : `exact duplicate of ${(await readRowNames(run, table, [kept]))[0]?.key}`;
  }
  const { screening } = corpus;
  if (state !== stateIndex.contaminated || !screening) return null;
  const { masks, maskWords } = await readBenchmarkMasks(join(run, screening.sidecars[unit] ?? ''));
  const at = (row - (table.unitStart[unit] ?? 0)) * maskWords;
  const names = screening.benchmarks.filter((_, b) => (masks[at + (b >>> 5)] ?? 0) & (1 << (b & 31)));
  return `shares ${screening.decontaminate?.ngram ?? 0} words in a row, or a whole shorter text, with benchmark ${names.join(', ')}`;
}

/** The row of the same content that stands for all its duplicates; it may have fallen out later. */
function findKept(table: PlanTable, row: number): number {
  for (let other = 0; other < table.rows; other++) {
    if (other === row || table.state[other] === stateIndex.duplicate) continue;
    if ([0, 1, 2, 3].every((word) => table.hash[other * 4 + word] === table.hash[row * 4 + word]))
      return other;
  }
  return -1;
}

function keyText(keys: Uint32Array, index: number): string {
  return `${(keys[index * 2] ?? 0).toString(16).padStart(8, '0')}${(keys[index * 2 + 1] ?? 0).toString(16).padStart(8, '0')}`;
}

function describeGroups({ plan, division }: PlannedCorpus, row: number): string {
  if ((plan.copies[row] ?? 0) === 0) return 'in no phase and no adapter';
  const places = division.splits
    .filter((split) => split.rows.includes(row))
    .map((split) => `${split.group.kind} ${split.group.name} (${split.split})`);
  const absent = division.groups
    .filter(
      (group) =>
        group.kind === 'phase' &&
        !division.splits.some((split) => split.group === group && split.rows.includes(row)),
    )
    .map((group) => group.name);
  return `in ${places.join(', ')}${absent.length > 0 ? `; not in ${absent.join(', ')}: their focus does not name its persona` : ''}`;
}
