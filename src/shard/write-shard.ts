import { createHash } from 'node:crypto';

import { openAtomic } from '../lib/atomic-file.ts';
import { loadZstd } from '../lib/zstd.ts';
import { type AxisCounts, AxisCounter } from './axis-counts.ts';
import { readUint32 } from './byte-writer.ts';
import { RecordReader } from './record.ts';
import type { ShardFormat } from './schema.ts';
import { readSegment, recordHeaderBytes, spillCorrupt } from './spill.ts';
import { hyparquetWriter } from './writers/hyparquet.ts';
import type { ByteSink, ShardWriter } from './writers/shard-writer.ts';

/** Where one unit's rows of a shard lie. */
export interface ShardSegment {
  readonly path: string;
  readonly start: number;
  readonly bytes: number;
  readonly records: number;
}

export interface WriteShardOptions {
  readonly path: string;
  /** In any order; together they hold positions 0 … rows - 1, each once. */
  readonly segments: readonly ShardSegment[];
  readonly format: ShardFormat;
  readonly writer: 'hyparquet' | 'parquetjs-lite';
  readonly rowGroupRows: number;
  /** 1 … 19; hyparquet only. */
  readonly zstdLevel: number;
}

export interface WrittenFile {
  readonly bytes: number;
  readonly sha256: string;
  readonly rows: number;
  readonly counts: AxisCounts;
}

/**
 * Reads the segments of one shard, puts the rows in order of position and publishes them as one Parquet file. Its bytes
 * depend on the rows and options alone. Memory: the spilled text of the shard, and one encoded row group.
 * @throws FatalError `spill-corrupt` where a position is missing or stands twice; disk errors pass through
 */
export async function writeShard(options: WriteShardOptions): Promise<WrittenFile> {
  const { path, rowGroupRows } = options;
  const records = collectRecords(options);
  await using file = await openAtomic(path);
  const hash = createHash('sha256');
  let bytes = 0;
  const writer = await openWriter(options, async (chunk) => {
    hash.update(chunk);
    bytes += chunk.length;
    await file.handle.writeFile(chunk);
  });
  const reader = new RecordReader();
  const counter = new AxisCounter();
  for (let from = 0; from < records.length; from += rowGroupRows) {
    const group = records
      .slice(from, from + rowGroupRows)
      .map(({ buffer, start }) => reader.read(buffer, start));
    for (const row of group) counter.add(row);
    await writer.append(group);
  }
  await writer.finish();
  await file.publish();
  return { bytes, sha256: hash.digest('hex'), rows: records.length, counts: counter.result() };
}

async function openWriter(
  { format, writer, zstdLevel }: WriteShardOptions,
  sink: ByteSink,
): Promise<ShardWriter> {
  if (writer === 'parquetjs-lite') {
    const { parquetjsLiteWriter } = await import('./writers/parquetjs-lite.ts'); // loaded only where it is asked for
    return parquetjsLiteWriter({ format, sink });
  }
  return hyparquetWriter({ format, zstd: await loadZstd(), zstdLevel, sink });
}

interface RecordPlace {
  readonly buffer: Buffer;
  readonly start: number;
}

/** Index in the array is the position in the shard. */
function collectRecords({ path, segments }: WriteShardOptions): RecordPlace[] {
  const count = segments.reduce((sum, segment) => sum + segment.records, 0);
  const places: RecordPlace[] = Array.from({ length: count }, () => nowhere);
  for (const segment of segments) {
    const buffer = readSegment(segment);
    let records = 0;
    for (let at = 0; at < buffer.length; records++) {
      const position = readUint32(buffer, at + 4);
      if (position >= count || places[position] !== nowhere)
        throw spillCorrupt(segment.path, `position ${position} of ${path} stands twice or is out of range`);
      places[position] = { buffer, start: at + recordHeaderBytes };
      at += recordHeaderBytes + readUint32(buffer, at);
      if (at > buffer.length)
        throw spillCorrupt(segment.path, `a record ends behind its segment, at byte ${segment.start + at}`);
    }
    if (records !== segment.records)
      throw spillCorrupt(segment.path, `${records} records where ${segment.records} were planned`);
  }
  return places; // `count` records, none out of range or twice: every place is taken
}

const nowhere: RecordPlace = { buffer: Buffer.alloc(0), start: 0 };
