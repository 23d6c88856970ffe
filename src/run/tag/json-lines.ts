import { RowError } from '../../core/errors.ts';
import { toJsonText } from '../../source/adapt/values.ts';
import type { TaggedRecord } from './tag-records.ts';

/** Whether a record can be written again: one nested deeper than JSON text is made of is a bad row like any other. */
export function canWrite(record: unknown): boolean {
  try {
    toJsonText(record);
    return true;
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    return false;
  }
}

/** What `tag` writes; of records that `canWrite`, which tags make no deeper. */
export function jsonLines(records: readonly TaggedRecord[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}
