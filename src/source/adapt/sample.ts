import type { Fields } from './adapter.ts';

/** The first records of a file and what their columns hold. */
export interface Sample {
  readonly records: readonly Fields[];
  /** All columns seen, in order of appearance. */
  readonly columns: readonly string[];
  /** First column whose name, without case, `_`, `-` and blanks, is one of `names`, and that holds something; in the order of `names`. */
  find(names: readonly string[]): string | undefined;
  /** Values of a column, the empty ones left out. */
  values(column: string): readonly unknown[];
}

export function makeSample(records: readonly unknown[]): Sample {
  const fields = records.filter(isFields);
  const columns = new Set<string>();
  for (const record of fields) for (const key of Object.keys(record)) columns.add(key);
  const filled = new Map<string, readonly unknown[]>();
  const byName = new Map<string, string>();
  for (const column of columns) {
    filled.set(
      column,
      fields.map((record) => record[column]).filter((value) => !isEmpty(value)),
    );
    const name = plainName(column);
    if (!byName.has(name)) byName.set(name, column);
  }
  const values = (column: string) => filled.get(column) ?? [];
  return {
    records: fields,
    columns: [...columns],
    values,
    find(names) {
      const present = names
        .flatMap((name) => byName.get(name) ?? [])
        .filter((column) => values(column).length > 0);
      return present.find((column) => values(column).length * 2 >= fields.length) ?? present[0];
    },
  };
}

export function plainName(column: string): string {
  return column.toLowerCase().replaceAll(/[_\-\s]/gu, '');
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  return (
    value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
  );
}
