import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import ndjson from 'ndjson';

import { ConfigError } from '../../core/errors.ts';
import type { Row, RowReject } from '../../core/row.ts';
import { linesOf } from '../../lib/text-of.ts';
import { compileShape } from '../../source/adapt/compile-shape.ts';
import { detectShape } from '../../source/adapt/detect-shape.ts';
import type { TagKit } from '../../tag/tag-unit.ts';
import { canWrite } from './can-write.ts';
import { createRecordTagger, type TaggedRecord, type TagOptions } from './tag-records.ts';

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
 * Lines that are no JSON or no row are counted and left out. Ends where the reader of the output has enough. Holds one batch.
 * @throws ConfigError `shape-unknown`, `pipe-grouped`
 */
export async function tagPipe(
  kit: TagKit,
  params: Omit<TagOptions, 'cascade'> & { readonly input: Readable; readonly output: Writable },
): Promise<TagPipeResult> {
  const counts = { personas: {}, traits: {}, taggers: {}, examples: [] };
  const tally = { rows: 0, quarantined: 0 };
  const tag = createRecordTagger({ ...kit, accurate: null }, { ...params, cascade: null }, counts);
  const records = tagBatches(batchesOf(params.input, tally), tag, tally);
  try {
    await pipeline(records, ndjson.stringify(), params.output, { end: false });
  } catch (error) {
    if (!isClosedPipe(error)) throw error;
  }
  return { ...tally, personas: counts.personas, traits: counts.traits };
}

interface Tally {
  rows: number;
  quarantined: number;
}

/** Parsed lines; those that are no JSON are counted. */
async function* batchesOf(input: Readable, tally: Tally): AsyncGenerator<unknown[]> {
  let batch: unknown[] = [];
  for await (const line of linesOf(input)) {
    if (line.trim() === '') continue;
    const record = parseLine(line);
    if (record === undefined) tally.quarantined++;
    else batch.push(record);
    if (batch.length < batchRecords) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function* tagBatches(
  batches: AsyncIterable<unknown[]>,
  tag: ReturnType<typeof createRecordTagger>,
  tally: Tally,
): AsyncGenerator<TaggedRecord> {
  let toRow: ((record: unknown) => Row | RowReject) | undefined;
  for await (const batch of batches) {
    toRow ??= shapeOf(batch);
    const values = [];
    for (const record of batch) {
      const row = toRow(record);
      if ('messages' in row && canWrite(record)) values.push({ row, record });
    }
    tally.rows += values.length;
    tally.quarantined += batch.length - values.length;
    if (values.length > 0) yield* await tag(values);
  }
}

/** The reader has gone: `| head` has what it asked for. */
function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
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
  if ('plan' in detected) {
    const { plan } = detected;
    if (!plan.grouped) return compileShape(plan, false);
    throw new ConfigError(
      `the piped rows are ${plan.kind}, put together by column "${plan.columns['group']}": a dialogue is whole only at the end of the pipe`,
      { code: 'pipe-grouped', hint: 'tag a file or folder instead: tag rows.jsonl tagged/' },
    );
  }
  throw new ConfigError(`the piped rows have no known shape; columns seen: ${detected.unknown.join(', ')}`, {
    code: 'shape-unknown',
    hint: 'rows such as {instruction, input, output} or {messages} are understood',
  });
}
