import { createReadStream } from 'node:fs';
import { basename } from 'node:path';

import { ValidationError } from '../../core/errors.ts';
import { linesOf } from '../../lib/text-of.ts';

/**
 * The objects of a JSON Lines file, in order; blank lines are passed over. Holds one line.
 * @throws ValidationError `json-invalid` naming file and line
 */
export async function* readJsonLines(path: string): AsyncGenerator<Readonly<Record<string, unknown>>> {
  let number = 0;
  for await (const line of linesOf(createReadStream(path))) {
    number++;
    if (line.trim() === '') continue;
    const value = parseLine(line);
    if (value === null) {
      throw new ValidationError(`${path}:${number}: not a JSON object`, {
        code: 'json-invalid',
        hint: `make ${basename(path)} again: nothing is read past a damaged line`,
      });
    }
    yield value;
  }
}

function parseLine(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

/** A text member, or the empty text. */
export function textOf(record: Readonly<Record<string, unknown>>, key: string): string {
  const value = record[key];
  return typeof value === 'string' ? value : '';
}
