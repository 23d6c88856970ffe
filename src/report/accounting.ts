import type { Accounting, AxisName, ReportModel } from './model.ts';

type Accounted = Pick<ReportModel, 'accounting' | 'axes' | 'quarantine' | 'run'>;

/** Sentences for every sum in the model that does not come out; empty when the report accounts for every row. */
export function checkAccounting(model: Accounted): string[] {
  return [...checkInput(model), ...checkCorpus(model), ...checkQuarantine(model), ...checkPartitions(model)];
}

/** Rows that filters took out, over all reasons. */
export function filteredRows(accounting: Accounting): number {
  return sum(accounting.filtered.map((entry) => entry.rows));
}

/** Corpus rows that stand in a shard, copies counted and each once, in however many phases it stands. */
export function writtenRows({ run, accounting }: Pick<ReportModel, 'run' | 'accounting'>): number {
  return run.after.rows - accounting.unplaced;
}

function checkInput({ accounting }: Accounted): string[] {
  const filtered = filteredRows(accounting);
  const parts =
    accounting.quarantined +
    filtered +
    accounting.duplicates +
    accounting.nearDuplicates +
    accounting.notSelected +
    accounting.selected;
  if (parts === accounting.input) return [];
  return [
    `input rows ${accounting.input} are not quarantined ${accounting.quarantined} + filtered ${filtered}` +
      ` + duplicates ${accounting.duplicates + accounting.nearDuplicates} + not selected ${accounting.notSelected}` +
      ` + selected ${accounting.selected} = ${parts}`,
  ];
}

function checkCorpus({ accounting, run }: Accounted): string[] {
  const findings: string[] = [];
  const corpus = accounting.selected + accounting.copies;
  if (corpus !== run.after.rows) {
    findings.push(
      `corpus rows ${run.after.rows} are not selected ${accounting.selected} + copies ${accounting.copies} = ${corpus}`,
    );
  }
  const supply = accounting.notSelected + accounting.selected;
  if (supply !== run.before.rows) {
    findings.push(`supply rows ${run.before.rows} are not selected + not selected rows = ${supply}`);
  }
  return findings;
}

function checkQuarantine({ accounting, quarantine }: Accounted): string[] {
  const listed = sum(quarantine.map((entry) => entry.rows));
  if (listed === accounting.quarantined) return [];
  return [`quarantine reasons add up to ${listed} rows, accounting says ${accounting.quarantined}`];
}

/** Axes on which every row stands exactly once. Traits overlap; phases and adapters are views. */
const partitions: readonly AxisName[] = ['category', 'persona', 'source'];

function checkPartitions({ axes, run, accounting }: Accounted): string[] {
  const dataset = writtenRows({ run, accounting });
  return partitions.flatMap((axis) => {
    const entries = axes[axis];
    if (entries.length === 0) return [];
    const before = sum(entries.map((entry) => entry.before.rows));
    const after = sum(entries.map((entry) => entry.after.rows));
    const placed = sum(entries.map((entry) => entry.placed.rows));
    const findings: string[] = [];
    if (before !== run.before.rows) {
      findings.push(`${axis} rows before add up to ${before}, the supply is ${run.before.rows}`);
    }
    if (after !== run.after.rows) {
      findings.push(`${axis} rows after add up to ${after}, the corpus is ${run.after.rows}`);
    }
    if (placed !== dataset) {
      findings.push(`${axis} rows placed add up to ${placed}, the dataset has ${dataset}`);
    }
    return findings;
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** What the corpus is worth in rows that do not repeat (Kish: the square of the sum of copies over the sum of their squares). */
export function effectiveRows({ axes, run }: ReportModel): number {
  const squares = sum(
    axes.source.map(({ after, effectiveSampleSize }) =>
      effectiveSampleSize > 0 ? after.rows ** 2 / effectiveSampleSize : 0,
    ),
  );
  return squares > 0 ? run.after.rows ** 2 / squares : 0;
}

/** Most times that one row stands in the corpus. */
export function mostRepeats({ axes }: ReportModel): number {
  return axes.source.reduce((most, entry) => Math.max(most, entry.maxRepeats), 0);
}
