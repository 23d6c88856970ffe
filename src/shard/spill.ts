import { closeSync, openSync, readSync } from 'node:fs';

import { FatalError } from '../core/errors.ts';
import { ByteWriter } from './byte-writer.ts';
import type { OutputRow } from './output-row.ts';
import { encodeBody, encodeHead } from './record.ts';
import { SpillFile } from './spill-file.ts';

/** Bytes [start, start + bytes) of a spill file: records that one unit has for one shard, in ascending position. */
export interface SpillSegment {
  readonly shard: number;
  readonly start: number;
  readonly bytes: number;
  readonly records: number;
}

export interface Spill extends Disposable {
  /** `position`: where the row stands in its shard, from 0. */
  add(shard: number, position: number, row: OutputRow): void;
  /**
   * Puts the rest on disk and publishes the file under `path`, atomically. Records are grouped by shard, within each run:
   * a shard has a segment per run.
   */
  publish(path: string): Promise<{ segments: SpillSegment[]; output: { bytes: number; sha256: string } }>;
}

/** Bytes before each record: its length and its position, 32 bits each. */
export const recordHeaderBytes = 8;

/**
 * Collects the placed rows of one unit. Where `path` is given, memory stays within `runBytes` (and one row): a full run is
 * written beside `path` before the next begins, so a unit may be a whole compressed file of any size. Without it the unit
 * is held until it is published. Disposing an unpublished spill removes what it wrote.
 */
export function openSpill(
  path?: string,
  { runBytes = 64 * 2 ** 20 }: { readonly runBytes?: number } = {},
): Spill {
  const arena = new ByteWriter(1 << 20);
  const records: SpillRecord[] = [];
  const segments: SpillSegment[] = [];
  let previous: { row: OutputRow; bodyStart: number; end: number } | undefined;
  let file: SpillFile | undefined;
  const writeRun = (target: string): SpillFile => {
    file ??= new SpillFile(target);
    records.sort((a, b) => a.shard - b.shard || a.position - b.position);
    segments.push(...toSegments(records, file.bytes));
    for (const { start, end } of records) file.append(arena.bytes, start, end);
    arena.clear();
    records.length = 0;
    previous = undefined;
    return file;
  };
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
      if (path !== undefined && arena.length >= runBytes) writeRun(path);
    },
    async publish(target) {
      const output = writeRun(path ?? target).publish(target);
      return Promise.resolve({ segments, output });
    },
    [Symbol.dispose]() {
      file?.[Symbol.dispose]();
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
    a.taggedBy === b.taggedBy &&
    a.source === b.source &&
    a.adapter === b.adapter &&
    a.synthetic === b.synthetic &&
    a.tools === b.tools &&
    a.extra === b.extra
  );
}

/** Segments of one run that begins at byte `start` of the file. */
function toSegments(records: readonly SpillRecord[], start: number): SpillSegment[] {
  const segments: { shard: number; start: number; bytes: number; records: number }[] = [];
  let at = start;
  for (const record of records) {
    const bytes = record.end - record.start;
    const last = segments.at(-1);
    if (last?.shard === record.shard) {
      last.bytes += bytes;
      last.records++;
    } else segments.push({ shard: record.shard, start: at, bytes, records: 1 });
    at += bytes;
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
