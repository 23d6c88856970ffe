import type { Readable, Writable } from 'node:stream';
import { once } from 'node:events';
import ndjson from 'ndjson';

import { ConfigError } from '../../core/errors.ts';
import type { Row, RowReject } from '../../core/row.ts';
import { linesOf } from '../../lib/text-of.ts';
import { compileShape } from '../../source/adapt/compile-shape.ts';
import { detectShape } from '../../source/adapt/detect-shape.ts';
import type { TagKit } from '../../tag/tag-unit.ts';
import { createRecordTagger, type TagOptions } from './tag-records.ts';

export interface TagPipeResult {
  readonly rows: number;
  readonly quarantined: number;
  readonly personas: Readonly<Record<string, number>>;
  readonly traits: Readonly<Record<string, number>>;
}

/** Records seen before the shape is decided, and rows per batch. */
const batchRecords = 256;

/**
 * Tags JSON Lines from a stream to a stream, in order, on this thread: `… | tag-datasets tag - - | …`.
 * Lines that are no JSON or no row are counted and left out. Holds one batch.
 * @throws ConfigError `shape-unknown`
 */
export async function tagPipe(
  kit: TagKit,
  params: Omit<TagOptions, 'cascade'> & { readonly input: Readable; readonly output: Writable },
): Promise<TagPipeResult> {
  const counts = { personas: {}, traits: {}, taggers: {}, examples: [] };
  const tag = createRecordTagger({ ...kit, accurate: null }, { ...params, cascade: null }, counts);
  const out = ndjson.stringify();
  out.pipe(params.output, { end: false });
  let adapt: ((record: unknown) => Row | RowReject) | undefined;
  let pending: unknown[] = [];
  let [rows, rejected] = [0, 0];
  const flush = async (): Promise<void> => {
    const toRow = (adapt ??= shapeOf(pending));
    const values = pending.flatMap((record) => {
      const row = toRow(record);
      if ('messages' in row) return [{ row, record }];
      rejected++;
      return [];
    });
    rows += values.length;
    pending = [];
    if (values.length === 0) return;
    for (const record of await tag(values)) if (!out.write(record)) await once(out, 'drain');
  };
  for await (const line of linesOf(params.input)) {
    if (line.trim() === '') continue;
    const record = parseLine(line);
    if (record === undefined) {
      rejected++;
      continue;
    }
    pending.push(record);
    if (pending.length === batchRecords) await flush();
  }
  if (pending.length > 0) await flush();
  out.end();
  await once(out, 'end');
  return { rows, quarantined: rejected, personas: counts.personas, traits: counts.traits };
}

/** undefined where the line is no JSON. */
function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function shapeOf(records: unknown[]): (record: unknown) => Row | RowReject {
  const detected = detectShape(records, {});
  if ('plan' in detected) return compileShape(detected.plan, false);
  throw new ConfigError(`the piped rows have no known shape; columns seen: ${detected.unknown.join(', ')}`, {
    code: 'shape-unknown',
    hint: 'rows such as {instruction, input, output} or {messages} are understood',
  });
}
