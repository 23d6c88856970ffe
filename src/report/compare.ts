import { visibleText } from '../lib/visible-text.ts';
import { escapeMarkdown, markdownTable } from './markdown-table.ts';
import { formatCount, formatPoints, formatShare } from './format.ts';
import { type AxisEntry, type AxisName, axisNames, type ReportModel } from './model.ts';
import { textTable } from './text-table.ts';

/** What changed from one run (`from`) to another (`to`); equal things are left out. */
export interface ReportComparison {
  readonly identical: boolean;
  /** Facts of the runs and of feasibility that differ, as text. */
  readonly facts: readonly { readonly fact: string; readonly from: string; readonly to: string }[];
  readonly counts: readonly { readonly count: string; readonly from: number; readonly to: number }[];
  /** Entries whose share or rows in the corpus differ; per axis by size of the change in share, then name. */
  readonly axes: readonly { readonly axis: AxisName; readonly changes: readonly EntryChange[] }[];
}

export interface EntryChange {
  readonly name: string;
  /** null: the run does not know the entry. */
  readonly from: EntryState | null;
  readonly to: EntryState | null;
  /** to − from in share; an unknown entry counts as 0. */
  readonly change: number;
}

export interface EntryState {
  readonly rows: number;
  readonly share: number;
  readonly target: number | null;
}

/** Timings are not compared: they differ between two runs of the same thing. */
export function compareReports(from: ReportModel, to: ReportModel): ReportComparison {
  const facts = pairs(runFacts(from), runFacts(to)).map(({ name, ...values }) => ({ fact: name, ...values }));
  const counts = pairs(runCounts(from), runCounts(to)).map(({ name, ...values }) => ({
    count: name,
    from: values.from ?? 0,
    to: values.to ?? 0,
  }));
  const axes = axisNames
    .map((axis) => ({ axis, changes: compareEntries(from.axes[axis], to.axes[axis]) }))
    .filter(({ changes }) => changes.length > 0);
  return {
    identical: facts.length + counts.length + axes.length === 0,
    facts: facts.map((fact) => ({ ...fact, from: fact.from ?? '–', to: fact.to ?? '–' })),
    counts,
    axes,
  };
}

/** For the terminal; no trailing newline. */
export function renderComparison(comparison: ReportComparison): string {
  if (comparison.identical) return sameSentence;
  return tables(comparison)
    .map(({ title, header, rows }) => {
      const lines = textTable(
        [header, ...rows].map((cells) => cells.map(visibleText)),
        columnAligns(header.length),
      );
      return [title, ...lines.map((line) => `  ${line}`)].join('\n');
    })
    .join('\n\n');
}

export function renderComparisonMarkdown(comparison: ReportComparison): string {
  if (comparison.identical) return `${sameSentence}\n`;
  const sections = tables(comparison).map(
    ({ title, header, rows }) =>
      `## ${title}\n\n${markdownTable(
        header,
        columnAligns(header.length),
        rows.map((cells) => cells.map(escapeMarkdown)),
      )}`,
  );
  return `# What changed\n\n${sections.join('\n\n')}\n`;
}

const sameSentence = 'No difference: same facts, same counts, same shares.';

function runFacts({ run, feasibility }: ReportModel): Map<string, string> {
  return new Map([
    ['tool version', run.toolVersion],
    ['config', run.configPath],
    ['config hash', run.configHash],
    ['seed', String(run.seed)],
    ['unit of balance', run.unit],
    ['asked total', String(run.askedTotal)],
    ...run.taggers.map((tagger): [string, string] => [`tagger ${tagger.id}`, tagger.sha256.slice(0, 12)]),
    ['targets', feasibility.feasible ? 'feasible' : 'infeasible'],
  ]);
}

function runCounts({ run, accounting, shards }: ReportModel): Map<string, number> {
  return new Map([
    ['input rows', accounting.input],
    ['quarantined', accounting.quarantined],
    ...accounting.filtered.map((entry): [string, number] => [`filtered: ${entry.reason}`, entry.rows]),
    ['duplicates', accounting.duplicates],
    ['near-duplicates', accounting.nearDuplicates],
    ...accounting.benchmarks.map((entry): [string, number] => [`contaminated: ${entry.name}`, entry.rows]),
    ['not selected', accounting.notSelected],
    ['selected', accounting.selected],
    ['copies', accounting.copies],
    ['synthetic', accounting.synthetic],
    ['corpus rows', run.after.rows],
    ['in no phase or adapter', accounting.unplaced],
    ['corpus tokens', run.after.tokens],
    ['supervised tokens', run.after.supervisedTokens],
    ['shards', shards.length],
  ]);
}

function pairs<Value>(
  from: ReadonlyMap<string, Value>,
  to: ReadonlyMap<string, Value>,
): { name: string; from: Value | undefined; to: Value | undefined }[] {
  return [...new Set([...from.keys(), ...to.keys()])]
    .map((name) => ({ name, from: from.get(name), to: to.get(name) }))
    .filter((pair) => pair.from !== pair.to);
}

function compareEntries(from: readonly AxisEntry[], to: readonly AxisEntry[]): EntryChange[] {
  return pairs(statesByName(from), statesByName(to))
    .map(({ name, from: before, to: after }) => ({
      name,
      from: before ?? null,
      to: after ?? null,
      change: (after?.share ?? 0) - (before?.share ?? 0),
    }))
    .filter(({ from: before, to: after }) => !sameState(before, after))
    .toSorted((a, b) => Math.abs(b.change) - Math.abs(a.change) || (a.name < b.name ? -1 : 1));
}

function statesByName(entries: readonly AxisEntry[]): Map<string, EntryState> {
  return new Map(
    entries.map((entry) => [
      entry.name,
      { rows: entry.after.rows, share: entry.after.share, target: entry.target?.share ?? null },
    ]),
  );
}

function sameState(a: EntryState | null, b: EntryState | null): boolean {
  return a?.rows === b?.rows && a?.share === b?.share && a?.target === b?.target;
}

interface Table {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

function tables({ facts, counts, axes }: ReportComparison): Table[] {
  const all: Table[] = [
    {
      title: 'Runs',
      header: ['fact', 'from', 'to'],
      rows: facts.map((fact) => [fact.fact, fact.from, fact.to]),
    },
    {
      title: 'Counts',
      header: ['count', 'from', 'to', 'change'],
      rows: counts.map(({ count, from, to }) => [
        count,
        formatCount(from),
        formatCount(to),
        signed(to - from),
      ]),
    },
    ...axes.map(({ axis, changes }) => ({
      title: `Shares per ${axis}`,
      header: [axis, 'rows from', 'rows to', 'share from', 'share to', 'points'],
      rows: changes.map(({ name, from, to, change }) => [
        name,
        from ? formatCount(from.rows) : '–',
        to ? formatCount(to.rows) : '–',
        formatShare(from?.share ?? null),
        formatShare(to?.share ?? null),
        formatPoints(change),
      ]),
    })),
  ];
  return all.filter((table) => table.rows.length > 0);
}

function signed(change: number): string {
  return change > 0 ? `+${formatCount(change)}` : formatCount(change);
}

function columnAligns(columns: number): ('left' | 'right')[] {
  return Array.from({ length: columns }, (_, index) => (index === 0 ? 'left' : 'right'));
}
