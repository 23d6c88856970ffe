import { RowError } from '../core/errors.ts';
import type { RowBatch, RowEntry } from '../core/row.ts';
import type { Unit } from '../core/unit.ts';
import { compileShape, excerptCharacters, excerptOf } from './adapt/compile-shape.ts';
import type { ByteSource } from '../core/byte-source.ts';
import type { OpenBytes } from './byte-source.ts';
import { readGroups } from './group-records.ts';
import { readDocument } from './json-document.ts';
import { openStream } from './open-stream.ts';
import { openParquet } from './parquet.ts';
import type { RawRecord } from './raw-record.ts';
import { blockBytes, readBlocks } from './read-blocks.ts';
import { headerOnly, recordBlocks } from './record-blocks.ts';
import { finderFor, recordExcerpt, recordReader } from './record-reader.ts';
import { RecordSplitter } from './record-splitter.ts';
import { ownedLines } from './owned-lines.ts';
import { readSingle } from './single-document.ts';

const batchRecords = 256;
/** A batch ends early when its records had this many bytes. */
const batchBytes = 4 << 20;

/**
 * Reads one unit as rows, in file order, in batches of at most 256 entries. Records that cannot be read or adapted are
 * entries with `reject`; nothing is left out. Holds one batch (at most 4 MiB of records and one more record), two blocks of
 * 1 MiB (4 MiB from the Hub) and one record that spans blocks (32 MiB); of Parquet one row group; of a grouped shape the
 * whole unit. Throws FatalError `corrupt`, `short-read`.
 */
export async function* readUnit(
  unit: Unit,
  options: { keepExtra: boolean; keepRecords?: boolean; openBytes: OpenBytes; signal?: AbortSignal },
): AsyncGenerator<RowBatch> {
  const adapt = compileShape(unit.shape, options.keepExtra);
  await using source = await options.openBytes(unit.file);
  const records = readRecords(unit, source, options.signal);
  if (unit.shape.grouped) {
    yield* readGroups(records, unit.shape.columns['group'] ?? '', adapt);
    return;
  }
  for await (const batch of records) {
    options.signal?.throwIfAborted();
    yield batch.map((record): RowEntry => {
      if ('reject' in record) return { row: record.row, records: 1, reject: record.reject };
      const row = adapt(record.value);
      if ('messages' in row && options.keepRecords) {
        return { row: record.row, records: 1, value: row, record: record.value };
      }
      return 'messages' in row
        ? { row: record.row, records: 1, value: row }
        : { row: record.row, records: 1, reject: row };
    });
  }
}

async function* readRecords(
  unit: Unit,
  source: ByteSource,
  signal?: AbortSignal,
): AsyncGenerator<RawRecord[]> {
  const { format, file } = unit;
  if (format.format === 'parquet') yield* readParquetRecords(unit, source);
  else if (format.json && format.json.layout !== 'array') {
    const { blocks } = openStream(source, { compression: format.compression, name: file.name, signal });
    if (format.json.layout === 'single') yield [await readWhole(blocks, unit.firstRow)];
    else yield* inBatches(readDocument(blocks, format.json, file.name), unit.firstRow);
  } else yield* readSplit(unit, source, signal);
}

/** The hot path: lines, CSV records and elements of a JSON array, cut and parsed one by one. */
async function* readSplit(unit: Unit, source: ByteSource, signal?: AbortSignal): AsyncGenerator<RawRecord[]> {
  const { format } = unit;
  const { blocks, offset } = await unitBlocks(unit, source, signal);
  const splitter = new RecordSplitter(finderFor(format), offset);
  const read = recordReader(format);
  const countsBytes = unit.rowUnit === 'byte';
  let batch: RawRecord[] = [];
  let bytes = 0;
  let row = unit.firstRow;
  let skipHeader = unit.range.kind === 'whole' && headerOnly(format);
  for await (const block of endWithNothing(blocks)) {
    if (block) splitter.feed(block);
    else splitter.finish();
    while (splitter.next()) {
      if (skipHeader) {
        skipHeader = false;
        continue;
      }
      batch.push(readRecord(splitter, read, countsBytes ? splitter.offset : row++));
      bytes += splitter.end - splitter.start;
      if (batch.length === batchRecords || bytes >= batchBytes) {
        yield batch;
        batch = [];
        bytes = 0;
      }
    }
  }
  if (batch.length > 0) yield batch;
}

function readRecord(
  splitter: RecordSplitter,
  read: (splitter: RecordSplitter) => unknown,
  row: number,
): RawRecord {
  try {
    return { row, value: read(splitter) };
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    const excerpt = recordExcerpt(splitter, excerptCharacters);
    return { row, reject: { code: error.code, message: error.message, excerpt } };
  }
}

/** The blocks that hold the unit's records, from the first one on. */
async function unitBlocks(
  unit: Unit,
  source: ByteSource,
  signal?: AbortSignal,
): Promise<{ blocks: AsyncIterable<Buffer>; offset: number }> {
  const { range, format, file } = unit;
  const size = file.location.kind === 'hub' ? 4 * blockBytes : blockBytes;
  if (range.kind === 'bytes') {
    if (unit.rowUnit === 'byte') return ownedLines(source, range.start, range.end, { size, signal });
    return { blocks: readBlocks(source, range.start, range.end, { size, signal }), offset: range.start };
  }
  const { blocks } = openStream(source, {
    compression: format.compression,
    name: file.name,
    blockBytes: size,
    signal,
  });
  return recordBlocks(blocks, format, 0);
}

/** One more turn of the loop after the last block, for the record that ends with the stream. */
async function* endWithNothing(blocks: AsyncIterable<Buffer>): AsyncGenerator<Buffer | undefined> {
  yield* blocks;
  yield undefined;
}

/** Row group by row group, as many as lie in the range. */
async function* readParquetRecords(unit: Unit, source: ByteSource): AsyncGenerator<RawRecord[]> {
  const { range } = unit;
  const parquet = await openParquet(source, unit.file.name);
  const [from, to] = range.kind === 'rows' ? [range.start, range.end] : [0, parquet.rows];
  for (const group of parquet.groups) {
    const start = Math.max(group.start, from);
    const end = Math.min(group.end, to);
    if (start >= end) continue;
    const rows = await parquet.readRows(start, end);
    for (let at = 0; at < rows.length; at += batchRecords) {
      yield rows.slice(at, at + batchRecords).map((value, index): RawRecord => {
        const row = start + at + index;
        if (!(value instanceof RowError)) return { row, value };
        return { row, reject: { code: value.code, message: value.message, excerpt: excerptOf(null) } };
      });
    }
  }
}

async function readWhole(blocks: AsyncIterable<Buffer>, row: number): Promise<RawRecord> {
  try {
    return { row, value: await readSingle(blocks) };
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    return { row, reject: { code: error.code, message: error.message, excerpt: excerptOf(null) } };
  }
}

async function* inBatches(records: AsyncIterable<unknown>, firstRow: number): AsyncGenerator<RawRecord[]> {
  let batch: RawRecord[] = [];
  let row = firstRow;
  for await (const value of records) {
    batch.push({ row: row++, value });
    if (batch.length === batchRecords) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
