import { RowError } from '../../core/errors.ts';
import { toJsonText } from '../../source/adapt/values.ts';

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
