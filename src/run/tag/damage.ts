import { FatalError } from '../../core/errors.ts';
import type { Damage } from '../tasks.ts';

/** Codes of failures that lie in the input file. */
const fileFailures = new Set(['corrupt', 'unsupported']);

/** What is wrong with the input file, where an error tells of that; null for any other. */
export function damageOf(error: unknown): Damage | null {
  if (!(error instanceof FatalError) || !fileFailures.has(error.code)) return null;
  return { code: error.code, message: error.message };
}
