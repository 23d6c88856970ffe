import type { Row, RowBatch, RowEntry, RowReject } from '../core/row.ts';
import { isFields } from './adapt/sample.ts';
import { textOf } from './adapt/values.ts';
import { excerptOf } from './adapt/compile-shape.ts';
import type { RawRecord } from './raw-record.ts';

const batchGroups = 256;

interface Group {
  readonly row: number;
  readonly records: unknown[];
}

/**
 * Puts records with the same value in column `group` together, wherever they stand; a group takes the place of its first
 * record. Holds all records of the unit. A record without a group is rejected on its own.
 */
export async function* readGroups(
  batches: AsyncIterable<readonly RawRecord[]>,
  group: string,
  adapt: (records: unknown) => Row | RowReject,
): AsyncGenerator<RowBatch> {
  const groups = new Map<string, Group>();
  const rejects: RowEntry[] = [];
  for await (const batch of batches) {
    for (const record of batch) {
      if ('reject' in record) {
        rejects.push({ row: record.row, records: 1, reject: record.reject });
        continue;
      }
      const id = isFields(record.value) ? textOf(record.value[group]) : '';
      if (id === '') {
        rejects.push({ row: record.row, records: 1, reject: withoutGroup(record.value, group) });
        continue;
      }
      const known = groups.get(id);
      if (known) known.records.push(record.value);
      else groups.set(id, { row: record.row, records: [record.value] });
    }
  }
  const entries = [...groups.values()].map((found): RowEntry => {
    const row = adapt(found.records);
    const place = { row: found.row, records: found.records.length };
    return 'messages' in row ? { ...place, value: row } : { ...place, reject: row };
  });
  const ordered = [...entries, ...rejects].toSorted((a, b) => a.row - b.row);
  for (let at = 0; at < ordered.length; at += batchGroups) yield ordered.slice(at, at + batchGroups);
}

function withoutGroup(value: unknown, group: string): RowReject {
  return {
    code: 'group-missing',
    message: `the record has no value in column "${group}", which says to which dialogue it belongs`,
    excerpt: excerptOf(value),
  };
}
