import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import ndjson from 'ndjson';

import { ConfigError, RowError } from '../../core/errors.ts';
import type { Row, RowReject } from '../../core/row.ts';
import { recordReader } from '../../source/record-reader.ts';
import { RecordSplitter } from '../../source/record-splitter.ts';
import { lineFinder } from '../../source/separators.ts';
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
 * Lines that are no UTF-8, no JSON or no row are counted and left out. Ends where the reader of the output has enough. Holds one batch.
 * @throws ConfigError `shape-unknown`, `pipe-grouped`
 */
export async function tagPipe(
  kit: TagKit,
  params: TagOptions & { readonly input: Readable; readonly output: Writable },
): Promise<TagPipeResult> {
  const counts = { personas: {}, traits: {}, taggers: {}, examples: [] };
  const tally = { rows: 0, quarantined: 0 };
  const tag = createRecordTagger(kit, params, counts);
  const records = tagBatches(batchesOf(params.input, tally), tag, tally);
  // A pipeline through ndjson never ends where nothing goes through it.
  const first = await records.next();
  try {
    if (!first.done)
      await pipeline(startingWith(first.value, records), ndjson.stringify(), params.output, { end: false });
  } catch (error) {
    if (!isClosedPipe(error)) throw error;
  }
  return { ...tally, personas: counts.personas, traits: counts.traits };
}

interface Tally {
  rows: number;
  quarantined: number;
}

/** Parsed lines, read as those of a file; those that are no JSON or no UTF-8 are counted. */
async function* batchesOf(input: Readable, tally: Tally): AsyncGenerator<unknown[]> {
  let batch: unknown[] = [];
  for await (const line of linesOf(input)) {
    try {
      batch.push(readLine(line));
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      tally.quarantined++;
    }
    if (batch.length < batchRecords) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

const readLine = recordReader({ format: 'jsonl', compression: 'none' });

/** A splitter that stands on one line after the other, blank ones left out, a byte-order mark before the first skipped. */
async function* linesOf(input: Readable): AsyncGenerator<RecordSplitter> {
  const splitter = new RecordSplitter(lineFinder(), 0);
  for await (const block of input) {
    splitter.feed(block as Buffer); // no encoding was set
    while (splitter.next()) yield skipMark(splitter);
  }
  splitter.finish();
  while (splitter.next()) yield skipMark(splitter);
}

function skipMark(splitter: RecordSplitter): RecordSplitter {
  const { buffer, start, offset } = splitter;
  if (offset === 0 && buffer.subarray(start, start + 3).equals(byteOrderMark)) splitter.start += 3;
  return splitter;
}

const byteOrderMark = Buffer.from('\uFEFF');

async function* startingWith<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield first;
  yield* rest;
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
