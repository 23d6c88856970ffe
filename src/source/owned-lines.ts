import type { ByteSource } from '../core/byte-source.ts';
import { markLength } from './open-stream.ts';
import { readBlocks } from './read-blocks.ts';

/** First step beyond a unit's end in search of its last line's end; doubled up to the block size. */
const tailBytes = 64 << 10;

/**
 * Blocks of exactly the lines whose first byte lies in [start, end): the end of a line that began earlier is left out, the
 * last line is followed beyond `end`. Every line of a file so belongs to one unit, wherever the cuts fall.
 */
export async function ownedLines(
  source: ByteSource,
  start: number,
  end: number,
  options: { size: number; signal?: AbortSignal },
): Promise<{ blocks: AsyncIterable<Buffer>; offset: number }> {
  const first = start === 0 ? await markOf(source) : await nextLineStart(source, start, options);
  return { blocks: first >= end ? nothing() : linesFrom(source, first, end, options), offset: first };
}

async function* linesFrom(
  source: ByteSource,
  first: number,
  end: number,
  options: { size: number; signal?: AbortSignal },
): AsyncGenerator<Buffer> {
  const last = Math.min(end, source.bytes);
  yield* readBlocks(source, first, last, options);
  const [before] = await source.read(last - 1, last);
  if (before === 10) return;
  for await (const block of growingBlocks(source, last, options)) {
    const stop = block.indexOf(10);
    yield stop < 0 ? block : block.subarray(0, stop);
    if (stop >= 0) return;
  }
}

/** Where the first line at or after `start` begins: a line that begins at `start` follows a line break at `start - 1`. */
async function nextLineStart(
  source: ByteSource,
  start: number,
  options: { size: number; signal?: AbortSignal },
): Promise<number> {
  let at = start - 1;
  for await (const block of growingBlocks(source, at, options)) {
    const found = block.indexOf(10);
    if (found >= 0) return at + found + 1;
    at += block.length;
  }
  return source.bytes;
}

async function* growingBlocks(
  source: ByteSource,
  from: number,
  options: { size: number; signal?: AbortSignal },
): AsyncGenerator<Buffer> {
  let size = Math.min(tailBytes, options.size);
  for (let at = from; at < source.bytes;) {
    const end = Math.min(source.bytes, at + size);
    yield* readBlocks(source, at, end, { size, signal: options.signal });
    at = end;
    size = Math.min(size * 2, options.size);
  }
}

async function markOf(source: ByteSource): Promise<number> {
  return source.bytes < 3 ? 0 : markLength(await source.read(0, 3));
}

// oxlint-disable-next-line require-yield -- a stream of no blocks
async function* nothing(): AsyncGenerator<Buffer> {}
