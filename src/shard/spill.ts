import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

import { FatalError } from '../core/errors.ts';
import { openAtomic } from '../lib/atomic-file.ts';
import { ByteWriter } from './byte-writer.ts';
import type { OutputRow } from './output-row.ts';
import { encodeBody, encodeHead } from './record.ts';

/** Bytes [start, start + bytes) of a spill file: the records that one unit has for one shard, in ascending position. */
export interface SpillSegment {
  readonly shard: number;
  readonly start: number;
  readonly bytes: number;
  readonly records: number;
}

export interface Spill {
  /** `position`: where the row stands in its shard, from 0. */
  add(shard: number, position: number, row: OutputRow): void;
  /** Writes everything to `path`, atomically, grouped by shard; segments in ascending shard order. The spill is empty after it. */
  publish(path: string): Promise<{ segments: SpillSegment[]; output: { bytes: number; sha256: string } }>;
}

/** Bytes before each record: its length and its position, 32 bits each. */
export const recordHeaderBytes = 8;

/** Collects the placed rows of one unit in memory (encoded, once per placement) until it is published. */
export function openSpill(): Spill {
  const arena = new ByteWriter(1 << 20);
  const records: SpillRecord[] = [];
  let previous: { row: OutputRow; bodyStart: number; end: number } | undefined;
  return {
    add(shard, position, row) {
      const start = arena.length;
      arena.uint32(0);
      arena.uint32(position);
      encodeHead(row, arena);
      const bodyStart = arena.length;
      if (previous && hasSameBody(previous.row, row)) arena.repeat(previous.bodyStart, previous.end);
      else encodeBody(row, arena);
      const end = arena.length;
      arena.setUint32(start, end - start - recordHeaderBytes);
      records.push({ shard, position, start, end });
      previous = { row, bodyStart, end };
    },
    async publish(path) {
      records.sort((a, b) => a.shard - b.shard || a.position - b.position);
      const output = await writeRecords(path, arena.bytes, records);
      const segments = toSegments(records);
      arena.clear();
      records.length = 0;
      previous = undefined;
      return { segments, output };
    },
  };
}

interface SpillRecord {
  readonly shard: number;
  readonly position: number;
  readonly start: number;
  readonly end: number;
}

/** Whether only phase and copy differ; by reference, as the placements of one row share their parts. */
function hasSameBody(a: OutputRow, b: OutputRow): boolean {
  return (
    a.messages === b.messages &&
    a.rowKey === b.rowKey &&
    a.traits === b.traits &&
    a.traitScores === b.traitScores &&
    a.persona === b.persona &&
    a.personaScore === b.personaScore &&
    a.source === b.source &&
    a.adapter === b.adapter &&
    a.synthetic === b.synthetic &&
    a.tools === b.tools &&
    a.extra === b.extra
  );
}

/** Copies the records into blocks in their new order: one write per block, not per record. */
async function writeRecords(
  path: string,
  bytes: Buffer,
  records: readonly SpillRecord[],
): Promise<{ bytes: number; sha256: string }> {
  await using file = await openAtomic(path);
  const hash = createHash('sha256');
  const block = new ByteWriter(writeBlockBytes);
  let written = 0;
  const flush = async (): Promise<void> => {
    const chunk = block.bytes.subarray(0, block.length);
    hash.update(chunk);
    await file.handle.writeFile(chunk);
    written += chunk.length;
    block.clear();
  };
  for (const { start, end } of records) {
    if (block.length > 0 && block.length + end - start > writeBlockBytes) await flush();
    block.reserve(end - start);
    bytes.copy(block.bytes, block.length, start, end);
    block.length += end - start;
  }
  await flush();
  await file.publish();
  return { bytes: written, sha256: hash.digest('hex') };
}

const writeBlockBytes = 1 << 20;

function toSegments(records: readonly SpillRecord[]): SpillSegment[] {
  const segments: { shard: number; start: number; bytes: number; records: number }[] = [];
  let start = 0;
  for (const record of records) {
    const bytes = record.end - record.start;
    const last = segments.at(-1);
    if (last?.shard === record.shard) {
      last.bytes += bytes;
      last.records++;
    } else segments.push({ shard: record.shard, start, bytes, records: 1 });
    start += bytes;
  }
  return segments;
}

/**
 * Bytes of one segment. Synchronous: it runs in a worker that has nothing else to do, and a shard has a segment per unit.
 * @throws FatalError `spill-corrupt` where the file is shorter than the segment
 */
export function readSegment(segment: {
  readonly path: string;
  readonly start: number;
  readonly bytes: number;
}): Buffer {
  const buffer = Buffer.allocUnsafe(segment.bytes);
  const file = openSync(segment.path, 'r');
  try {
    let filled = 0;
    while (filled < segment.bytes) {
      const read = readSync(file, buffer, filled, segment.bytes - filled, segment.start + filled);
      if (read === 0) throw spillCorrupt(segment.path, `it ends at byte ${segment.start + filled}`);
      filled += read;
    }
  } finally {
    closeSync(file);
  }
  return buffer;
}

export function spillCorrupt(path: string, what: string): FatalError {
  return new FatalError(`${path}: the spill file does not fit its plan: ${what}`, {
    code: 'spill-corrupt',
    hint: 'delete state/spill and state/collect in the run folder and run the same command again',
  });
}
