import type { FormatPlan } from '../core/unit.ts';
import { maxRecordBytes } from './record-splitter.ts';

/**
 * Blocks from the first record on, and where that is in the stream: just after the `[` of a JSON array, else the beginning
 * (`mark` bytes of byte-order mark are already gone).
 */
export async function recordBlocks(
  blocks: AsyncIterable<Buffer>,
  format: FormatPlan,
  mark: number,
): Promise<{ blocks: AsyncIterable<Buffer>; offset: number }> {
  if (format.format !== 'json') return { blocks, offset: mark };
  const iterator = blocks[Symbol.asyncIterator]();
  let offset = mark;
  while (offset < maxRecordBytes) {
    const next = await iterator.next();
    if (next.done) break;
    const at = afterBracket(next.value);
    if (at > 0) return { blocks: continueWith(next.value.subarray(at), iterator), offset: offset + at };
    offset += next.value.length;
  }
  return { blocks: continueWith(Buffer.alloc(0), iterator), offset };
}

/** Index of the byte after the first `[`; 0 when there is none. */
export function afterBracket(block: Buffer): number {
  return block.indexOf(0x5b) + 1;
}

/** Whether the first record of the file names the columns. */
export function headerOnly(format: FormatPlan): boolean {
  return format.csv?.hasHeader === true;
}

async function* continueWith(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (first.length > 0) yield first;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
