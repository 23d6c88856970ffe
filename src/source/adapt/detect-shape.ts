import { ConfigError } from '../../core/errors.ts';
import type { ShapePlan } from '../../core/unit.ts';
import { suggestName } from '../../lib/nearest.ts';
import type { ReadOptions } from '../read-options.ts';
import type { Adapter, Columns } from './adapter.ts';
import { compileShape } from './compile-shape.ts';
import { adapters, findAdapter, shapeNames } from './roster.ts';
import { makeSample, plainName, type Sample } from './sample.ts';

/**
 * Finds the adapter and the columns for records like these. `unknown` lists the columns seen when nothing fits.
 * Columns that the options name are binding; a column that is not there makes the file unknown. ConfigError
 * `shape-name-unknown` for a shape that no adapter has.
 */
export function detectShape(
  records: readonly unknown[],
  options: ReadOptions,
): { plan: ShapePlan } | { unknown: string[] } {
  const sample = makeSample(records);
  const unknown = { unknown: [...sample.columns] };
  const named = resolveColumns(sample, options.columns ?? {});
  if (sample.records.length === 0 || !named) return unknown;
  for (const adapter of candidates(options.shape, named)) {
    const columns = adapter.detect(sample, named);
    if (columns && fits(adapter, columns, sample)) {
      if (adapter.grouped) return { plan: { kind: adapter.kind, columns, grouped: true } };
      return { plan: withAlternatives({ kind: adapter.kind, columns }, records, options) };
    }
  }
  return unknown;
}

/** Adds the shapes of the sampled records that `plan` does not fit; none where the user said what the shape is. */
function withAlternatives(plan: ShapePlan, records: readonly unknown[], options: ReadOptions): ShapePlan {
  if (options.shape !== undefined || options.columns !== undefined) return plan;
  const adapt = compileShape(plan, false);
  const misfits = records.filter((record) => !('messages' in adapt(record)));
  if (misfits.length === 0 || misfits.length === records.length) return plan;
  const other = detectShape(misfits, options);
  if (!('plan' in other) || other.plan.grouped) return plan;
  const { alternatives = [], ...first } = other.plan;
  return { ...plan, alternatives: [first, ...alternatives] };
}

/** Columns are found by their name as written, else without case, `_`, `-` and blanks; undefined when one is missing. */
export function resolveColumns(
  sample: Pick<Sample, 'columns'>,
  named: Readonly<Record<string, string>>,
): Columns | undefined {
  const columns: Record<string, string> = {};
  for (const [slot, name] of Object.entries(named)) {
    const column = sample.columns.includes(name)
      ? name
      : sample.columns.find((known) => plainName(known) === plainName(name));
    if (column === undefined) return undefined;
    columns[slot] = column;
  }
  return columns;
}

/** Which shapes the named slots speak for; all of them where none is named. */
function candidates(shape: string | undefined, named: Columns): readonly Adapter[] {
  if (shape !== undefined) {
    const adapter = findAdapter(shape);
    if (adapter) return [adapter];
    throw new ConfigError(`shape "${shape}" is not known`, {
      code: 'shape-name-unknown',
      hint: suggestName(shape, shapeNames),
    });
  }
  const has = (slot: string) => named[slot] !== undefined;
  const kinds = has('group')
    ? ['utterances']
    : has('messages')
      ? ['messages', 'turns', 'pairs', 'transcript']
      : has('instruction') || has('user') || has('output') || has('assistant')
        ? ['instruction', 'text']
        : has('text')
          ? ['text']
          : undefined;
  return kinds ? adapters.filter((adapter) => kinds.includes(adapter.kind)) : adapters;
}

/** At least half of the sample must become rows; what looks like a shape by its column names alone is none. */
function fits(adapter: Adapter, columns: Columns, sample: Sample): boolean {
  const adapt = adapter.compile(columns);
  if (adapter.grouped) return true;
  let rows = 0;
  for (const record of sample.records) {
    try {
      if (adapt([record]).messages.length > 0) rows++;
    } catch {
      // A record that does not fit counts against the shape; it is rejected by name when the file is read.
    }
  }
  return rows * 2 >= sample.records.length && rows > 0;
}
