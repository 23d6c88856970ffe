import type { Hash } from 'node:crypto';
import type { Compression } from '../core/unit.ts';
import type { ByteSource } from '../core/byte-source.ts';
import { decompress } from './decompress.ts';
import { readBlocks } from './read-blocks.ts';

export interface TextStream {
  /** Unpacked blocks, without a UTF-8 byte-order mark. */
  readonly blocks: AsyncGenerator<Buffer>;
  /** Reads whatever is left of the packed bytes, so that `hash` has seen them all. */
  drain(): Promise<void>;
}

/** The unpacked text of a whole file; its packed bytes go through `hash` on the way. Holds a few blocks of 1 MiB. */
export function openStream(
  source: ByteSource,
  options: { compression: Compression; name: string; hash?: Hash; blockBytes?: number; signal?: AbortSignal },
): TextStream {
  let hashed = 0;
  const { hash } = options;
  async function* tapped(): AsyncGenerator<Buffer> {
    for await (const block of readBlocks(source, 0, source.bytes, {
      size: options.blockBytes,
      signal: options.signal,
    })) {
      hash?.update(block);
      hashed += block.length;
      yield block;
    }
  }
  return {
    blocks: withoutMark(decompress(tapped(), options.compression, options.name)),
    async drain() {
      if (!hash) return;
      for await (const block of readBlocks(source, hashed, source.bytes, { signal: options.signal }))
        hash.update(block);
      hashed = source.bytes;
    },
  };
}

/** Length of the UTF-8 byte-order mark at the start of a block: 3 or 0. */
export function markLength(block: Uint8Array): number {
  return block[0] === 0xef && block[1] === 0xbb && block[2] === 0xbf ? 3 : 0;
}

async function* withoutMark(blocks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let isFirst = true;
  for await (const block of blocks) {
    yield isFirst ? block.subarray(markLength(block)) : block;
    isFirst = false;
  }
}

/** The first blocks, up to `bytes`, as one; `rest` gives them again and then what follows. */
export async function peekStream(
  blocks: AsyncGenerator<Buffer>,
  bytes: number,
): Promise<{ head: Buffer; isWhole: boolean; rest: AsyncGenerator<Buffer> }> {
  const taken: Buffer[] = [];
  let size = 0;
  let isWhole = false;
  while (size < bytes) {
    const next = await blocks.next();
    if (next.done) {
      isWhole = true;
      break;
    }
    taken.push(next.value);
    size += next.value.length;
  }
  async function* rest(): AsyncGenerator<Buffer> {
    yield* taken;
    yield* blocks;
  }
  const whole = taken.length === 1 && taken[0] ? taken[0] : Buffer.concat(taken);
  return { head: whole.subarray(0, bytes), isWhole: isWhole && size <= bytes, rest: rest() };
}
