import { FatalError, RowError } from '../../core/errors.ts';
import type { Row, RowReject } from '../../core/row.ts';
import type { ShapePlan } from '../../core/unit.ts';
import type { Fields } from './adapter.ts';
import { findAdapter } from './roster.ts';
import { isFields } from './sample.ts';
import { toJsonText } from './values.ts';

/** Characters of a record that a reject shows. */
export const excerptCharacters = 200;

/**
 * The function that makes a row of a record; of the list of a dialogue's records where the plan is grouped. Pure; a record
 * that does not fit comes back as a reject. `keepExtra` adds the columns that the plan does not use as JSON text.
 */
export function compileShape(plan: ShapePlan, keepExtra: boolean): (record: unknown) => Row | RowReject {
  const first = compileOne(plan, keepExtra);
  const others = (plan.alternatives ?? []).map((other) => compileOne(other, keepExtra));
  if (others.length === 0) return first;
  return (record) => {
    const row = first(record);
    if ('messages' in row) return row;
    for (const adapt of others) {
      const other = adapt(record);
      if ('messages' in other) return other;
    }
    return row;
  };
}

function compileOne(plan: ShapePlan, keepExtra: boolean): (record: unknown) => Row | RowReject {
  const adapter = findAdapter(plan.kind);
  if (!adapter) {
    throw new FatalError(`shape "${plan.kind}" is not known to this version`, {
      code: 'shape-name-unknown',
      hint: 'the plan was made by another version; run again with --fresh',
    });
  }
  const adapt = adapter.compile(plan.columns);
  const used = new Set(Object.values(plan.columns));
  return (record) => {
    try {
      const records = plan.grouped && Array.isArray(record) ? record : [record];
      if (!records.every(isFields)) throw notAnObject(record);
      const row = adapt(records);
      const extra = keepExtra ? extraOf(records, used) : undefined;
      return extra === undefined ? row : { ...row, extra };
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      return { code: error.code, message: error.message, excerpt: excerptOf(record) };
    }
  };
}

/** Beginning of a value for people; nesting that JSON text cannot show is named instead. */
export function excerptOf(record: unknown): string {
  try {
    return toJsonText(record).slice(0, excerptCharacters);
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    return `(${error.message})`;
  }
}

function notAnObject(record: unknown): RowError {
  const kind = record === null ? 'null' : Array.isArray(record) ? 'a list' : `a ${typeof record}`;
  return new RowError(`the record is ${kind}, not an object with columns`, { code: 'not-an-object' });
}

function extraOf(records: readonly Fields[], used: ReadonlySet<string>): string | undefined {
  const extras = records.map((record) => unusedColumns(record, used));
  if (extras.length !== 1) return `[${extras.map((extra) => extra ?? '{}').join(',')}]`;
  return extras[0];
}

/** Built as text, so that a column called `__proto__` stays a column. */
function unusedColumns(record: Fields, used: ReadonlySet<string>): string | undefined {
  const members = Object.keys(record)
    .filter((key) => !used.has(key))
    .map((key) => `${JSON.stringify(key)}:${toJsonText(record[key])}`);
  return members.length === 0 ? undefined : `{${members.join(',')}}`;
}
