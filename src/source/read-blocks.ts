import type { ByteSource } from '../core/byte-source.ts';

export const blockBytes = 1 << 20;

/**
 * The bytes [start, end) in blocks of at most `size`. The next block is under way while one is worked on, so two blocks
 * are held.
 */
export async function* readBlocks(
  source: ByteSource,
  start: number,
  end: number,
  options: { size?: number; signal?: AbortSignal } = {},
): AsyncGenerator<Buffer> {
  const size = options.size ?? blockBytes;
  const fetchAt = (at: number) => {
    const block = source.read(at, Math.min(end, at + size));
    // A consumer that stops early never awaits the block under way; its failure is then nobody's concern.
    block.catch(() => undefined);
    return block;
  };
  if (start >= end) return;
  let next = fetchAt(start);
  for (let at = start; at < end; at += size) {
    options.signal?.throwIfAborted();
    const block = await next;
    if (at + size < end) next = fetchAt(at + size);
    yield asBuffer(block);
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
