import { curriculumPhases } from '../../config/check-names.ts';
import type { TaggerInfo } from '../../core/tagger.ts';
import { explainSolution } from '../../balance/explain.ts';
import type { Relaxation } from '../../balance/solution.ts';
import type { FlowLink, QuarantineReason, ReportModel } from '../../report/model.ts';
import { prefixBalances } from './report-order.ts';
import type { StageTiming } from '../context.ts';
import { largestRepeats } from '../plan/plan-problem.ts';
import { type CascadeFacts, judgesOf } from '../tag/refine-pass.ts';
import { countStates, filteredStates, judgeIndex, type PlanTable, stateIndex } from '../plan/plan-table.ts';
import { type AxesInput, countAxes, type Totals } from './report-axes.ts';
import type { ScannedFile } from '../scan/scan-pass.ts';
import type { ScreenedTable } from '../plan/screen-table.ts';
import type { TaggedFileUnit } from '../tag/tag-pass.ts';
import type { WrittenShard } from '../write/write-pass.ts';
import type { TokenizerFile } from '../tag/tokenizer.ts';

export interface ReportInput extends AxesInput {
  readonly toolVersion: string;
  readonly configPath: string;
  readonly configHash: string;
  readonly out: string;
  readonly taggers: readonly TaggerInfo[];
  readonly tokenizer: TokenizerFile | null;
  readonly files: readonly ScannedFile[];
  readonly units: readonly TaggedFileUnit[];
  readonly audit: ReportModel['audit'];
  readonly screened: ScreenedTable;
  readonly cascade: CascadeFacts | null;
}

/** A report before anything is written: all that it tells of rows. */
export type ReportDraft = Omit<ReportModel, 'shards' | 'warnings' | 'timings'>;

/** Folds everything a run knows of its rows into the model that all renderers read. */
export function draftReport(input: ReportInput): ReportDraft {
  const { config, plan, table } = input;
  const { axes, totals } = countAxes(input);
  const certificate = plan.solution.certificate;
  return {
    schema: 1,
    run: {
      toolVersion: input.toolVersion,
      configPath: input.configPath,
      configHash: input.configHash,
      seed: config.seed,
      out: input.out,
      taggers: input.taggers.map(({ id, task, sha256 }) => ({ id, task, sha256, licence: null })),
      unit: config.balance.unit,
      askedTotal: config.balance.total,
      before: amount(totals.before),
      after: amount(totals.after),
      maxPersonaDrift: config.monitoring.max_persona_drift,
      maxRepeats: largestRepeats(config),
      tokenizer: input.tokenizer && { name: input.tokenizer.name, sha256: input.tokenizer.sha256 },
    },
    accounting: accountRows(input, totals),
    axes,
    feasibility: {
      feasible: plan.solution.feasible,
      sentences: plan.solution.feasible ? [] : explainSolution(plan.solution, plan.problem),
      conflicts: certificate
        ? [{ constraints: certificate.conflicts, rows: certificate.byRows, bindingCells: [] }]
        : [],
      relaxation: (certificate?.relaxation ?? []).map(movedBound),
      cure: certificate?.cure ?? [],
    },
    ...tierFacts(input),
    lengths: lengthHistogram(table, plan.copies),
    audit: input.audit,
    quarantine: quarantineReasons(input.units),
    skippedFiles: skippedFiles(input),
    flow: flowLinks(input),
    prefixBalance: prefixBalances(input),
    phases: phaseFacts(input),
  };
}

/** The draft with what was written, and how long everything took. */
export function completeReport(
  draft: ReportDraft,
  written: {
    readonly shards: readonly WrittenShard[];
    readonly warnings: readonly { readonly code: string; readonly message: string }[];
    readonly timings: readonly StageTiming[];
    readonly peakRssBytes: number | null;
  },
): ReportModel {
  return {
    ...draft,
    shards: written.shards.map((shard) => ({
      path: shard.path,
      rows: shard.rows,
      bytes: shard.output.bytes,
      sha256: shard.output.sha256,
    })),
    warnings: written.warnings,
    timings: written.timings.map((timing) => ({
      stage: timing.stage,
      seconds: timing.ms / 1000,
      rows: timing.rows,
      rowsPerSecond: timing.ms > 0 ? (timing.rows * 1000) / timing.ms : 0,
      peakRssBytes: written.peakRssBytes,
    })),
  };
}

/** The end of the band that moves; the lower one where both do. */
function movedBound({ constraint, from, to }: Relaxation): { constraint: string; from: number; to: number } {
  const end = from[0] === to[0] ? 1 : 0;
  return { constraint, from: from[end], to: to[end] };
}

function amount([rows, tokens, supervisedTokens]: readonly [number, number, number]): {
  rows: number;
  tokens: number;
  supervisedTokens: number;
} {
  return { rows, tokens, supervisedTokens };
}

function accountRows(
  { table, layout, units, files, screened }: ReportInput,
  totals: Totals,
): ReportModel['accounting'] {
  const counts = countStates(table);
  return {
    input: table.rows,
    records: units.reduce((sum, unit) => sum + unit.counts.records, 0),
    quarantined: counts.rejected,
    filtered: filteredStates
      .map((reason) => ({ reason, rows: counts[reason] }))
      .filter((entry) => entry.rows > 0),
    duplicates: counts.duplicate,
    nearDuplicates: counts['near-duplicate'],
    nearClusters: screened.near?.clusters ?? null,
    benchmarks: screened.benchmarks,
    notSelected: totals.before[0] - totals.selected,
    selected: totals.selected,
    copies: totals.after[0] - totals.selected,
    synthetic: totals.synthetic,
    unplaced: layout.unplaced.reduce((sum, { rows }) => sum + rows, 0),
    unrecognisedRecords: skippedFiles({ files }).reduce((sum, { records }) => sum + (records ?? 0), 0),
  };
}

/** What each persona tagger judged, and how sure it was. */
function tierFacts({
  table,
  taggers,
  cascade,
}: ReportInput): Pick<ReportModel, 'tiers' | 'cascade' | 'confidence'> {
  const judges = judgesOf(taggers[0]?.id ?? '', cascade);
  const confidence = tiersOf(cascade).map((judge) => confidenceHistogram(table, judges[judge] ?? '', judge));
  const rows = confidence.map(({ bins }) => bins.reduce((sum, count) => sum + count, 0));
  const all = rows.reduce((sum, count) => sum + count, 0);
  return {
    tiers: confidence.map(({ tagger, abstained }, tier) => ({
      tagger,
      rows: rows[tier] ?? 0,
      share: all > 0 ? (rows[tier] ?? 0) / all : 0,
      abstained,
    })),
    cascade: cascade && {
      budget: cascade.budget,
      maxSeconds: cascade.maxSeconds,
      eligible: cascade.eligible,
      rows: cascade.rows,
      agreed: cascade.agreed,
      confidence: cascade.confidence,
      drawn: cascade.drawn ?? 0,
      correct: cascade.correct ?? false,
      correction: cascade.correction ?? null,
    },
    confidence,
  };
}

/** Which tiers can have judged rows, the fast ones first. */
function tiersOf(cascade: CascadeFacts | null): number[] {
  const { fast, accurate, corrected } = judgeIndex;
  if (!cascade) return [fast];
  return cascade.correction ? [fast, corrected, accurate] : [fast, accurate];
}

function confidenceHistogram(
  table: PlanTable,
  tagger: string,
  judge: number,
): ReportModel['confidence'][number] {
  const bins = new Array<number>(20).fill(0);
  let abstained = 0;
  for (let i = 0; i < table.rows; i++) {
    if (table.state[i] === stateIndex.rejected || table.judge[i] !== judge) continue;
    const bin = Math.min(19, Math.floor(((table.score[i] ?? 0) / 65535) * 20));
    bins[bin] = (bins[bin] ?? 0) + 1;
    abstained += table.abstained[i] ?? 0;
  }
  return { tagger, bins, abstained };
}

/** Log bins of estimated tokens, supply against corpus. */
function lengthHistogram(table: PlanTable, copies: Uint8Array): ReportModel['lengths'] {
  const before = new Array<number>(20).fill(0);
  const after = new Array<number>(20).fill(0);
  for (let i = 0; i < table.rows; i++) {
    if (table.state[i] !== stateIndex.eligible) continue;
    const bin = Math.min(19, 31 - Math.clz32(Math.max(1, table.tokens[i] ?? 0)));
    before[bin] = (before[bin] ?? 0) + 1;
    after[bin] = (after[bin] ?? 0) + (copies[i] ?? 0);
  }
  const used = Math.max(1, before.findLastIndex((count) => count > 0) + 1);
  return { before: before.slice(0, used), after: after.slice(0, used) };
}

function quarantineReasons(units: readonly TaggedFileUnit[]): QuarantineReason[] {
  const reasons = new Map<string, { rows: number; locators: string[] }>();
  for (const unit of units) {
    for (const [reason, rows] of Object.entries(unit.counts.rejected)) {
      const entry = reasons.get(reason) ?? { rows: 0, locators: [] };
      entry.rows += rows;
      const own = unit.counts.firstRejected
        .filter((row) => row.code === reason)
        .map((row) => `${unit.unit.file.name}:${row.row}`);
      entry.locators = [...entry.locators, ...own].slice(0, 5);
      reasons.set(reason, entry);
    }
  }
  return [...reasons]
    .map(([reason, entry]) => ({ reason, ...entry }))
    .toSorted((a, b) => b.rows - a.rows || (a.reason < b.reason ? -1 : 1));
}

/** Files, and lists of JSON documents, that no shape fits. */
function skippedFiles({ files }: Pick<ReportInput, 'files'>): ReportModel['skippedFiles'] {
  return files.flatMap(({ scan: { file, skipped, records, leftOut = [] } }) => {
    const place = { source: file.source, file: file.name };
    const lists = leftOut.map((list) => ({ ...place, code: 'shape-unknown', ...list }));
    return skipped ? [{ ...place, code: skipped.code, message: skipped.message, records }, ...lists] : lists;
  });
}

function flowLinks({ table, layout, sources, taxonomy }: ReportInput): FlowLink[] {
  const unitSource = new Uint16Array(table.rows);
  table.units.forEach((unit, u) => unitSource.fill(unit.source, table.unitStart[u], table.unitStart[u + 1]));
  const links: FlowLink[] = [];
  for (const group of layout.groups) {
    if (group.kind !== 'phase') continue;
    const counts = new Map<number, number>();
    for (const split of layout.splits) {
      if (split.group !== group) continue;
      for (const row of split.rows) {
        const key = (unitSource[row] ?? 0) * 256 + (table.persona[row] ?? 0);
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
    for (const [key, rows] of [...counts].toSorted((a, b) => a[0] - b[0])) {
      links.push({
        source: sources[Math.floor(key / 256)]?.name ?? '',
        persona: taxonomy.personas[key % 256]?.id ?? '',
        phase: group.name,
        rows,
      });
    }
  }
  return links;
}

function phaseFacts({ config, layout }: ReportInput): ReportModel['phases'] {
  const rows = (name: string, split: 'train' | 'validation'): number =>
    layout.splits.find(
      (candidate) =>
        candidate.group.kind === 'phase' && candidate.group.name === name && candidate.split === split,
    )?.rows.length ?? 0;
  return curriculumPhases(config).map(({ name, phase }, order) => ({
    name,
    order: order + 1,
    trainRows: rows(name, 'train'),
    validationRows: rows(name, 'validation'),
    learningRate: phase.learning_rate ?? null,
    epochs: phase.epochs,
    personaFocus: phase.persona_focus === 'all' ? ['all'] : phase.persona_focus,
  }));
}
