import { Readable, Transform, pipeline } from 'node:stream';
import zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { FatalError } from '../core/errors.ts';
import type { Compression } from '../core/unit.ts';
import { blockBytes } from './read-blocks.ts';

/** What the first bytes of a file say about its compression. */
export function detectCompression(head: Uint8Array): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return 'zstd';
  return 'none';
}

/**
 * Unpacks a stream of blocks. A stream that ends too early or does not decode: FatalError `corrupt`, never shorter data.
 * Holds a few blocks and the format's window (gzip 32 KiB, zstd up to 32 MiB).
 */
export function decompress(
  blocks: AsyncIterable<Buffer>,
  compression: Compression,
  name: string,
): AsyncIterable<Buffer> {
  if (compression === 'none') return blocks;
  const packed = { bytes: 0 };
  return refuseBomb(unpackBlocks(countBytes(blocks, packed), compression, name), packed, name);
}

function unpackBlocks(
  blocks: AsyncIterable<Buffer>,
  compression: 'gzip' | 'zstd',
  name: string,
): AsyncIterable<Buffer> {
  if (compression === 'gzip') return throughZlib(blocks, zlib.createGunzip({ chunkSize: blockBytes }), name);
  const native = nativeZstd();
  return native ? throughZlib(blocks, native, name) : throughFzstd(blocks, name);
}

/** Text packs 3 to 10 times, logs up to 30; what unpacks to more than both was made to fill a disk or to keep a reader busy. */
const bombBytes = 256 * 2 ** 20;
const bombRatio = 250;

async function* refuseBomb(
  blocks: AsyncIterable<Buffer>,
  packed: { readonly bytes: number },
  name: string,
): AsyncGenerator<Buffer> {
  let unpacked = 0;
  for await (const block of blocks) {
    unpacked += block.length;
    if (unpacked > bombBytes && unpacked > packed.bytes * bombRatio) {
      throw new FatalError(
        `${name}: unsupported: it unpacks to over ${bombRatio} times its size (${unpacked} bytes so far), like a decompression bomb`,
        { code: 'unsupported', hint: 'unpack it yourself should it be what it claims' },
      );
    }
    yield block;
  }
}

async function* countBytes(blocks: AsyncIterable<Buffer>, packed: { bytes: number }): AsyncGenerator<Buffer> {
  for await (const block of blocks) {
    packed.bytes += block.length;
    yield block;
  }
}

/** Node has zstd from 22.15 on; the types are those of Node 20. */
function nativeZstd(): Transform | undefined {
  const create: unknown = Reflect.get(zlib, 'createZstdDecompress');
  if (typeof create !== 'function') return undefined;
  const stream: unknown = Reflect.apply(create, zlib, [{ chunkSize: blockBytes }]);
  return stream instanceof Transform ? stream : undefined;
}

async function* throughZlib(
  blocks: AsyncIterable<Buffer>,
  unpack: Transform,
  name: string,
): AsyncGenerator<Buffer> {
  let readFailure: unknown;
  const watched = watchFailure(blocks, (error) => (readFailure = error));
  const stream = pipeline(Readable.from(watched, { objectMode: false }), unpack, () => undefined);
  let unpacked = 0;
  try {
    for await (const block of stream) {
      const buffer: Buffer = block; // zlib streams emit buffers only
      unpacked += buffer.length;
      yield buffer;
    }
  } catch (error) {
    throw readFailure ?? corrupt(name, unpacked, error);
  }
}

async function* watchFailure(
  blocks: AsyncIterable<Buffer>,
  onFailure: (error: unknown) => void,
): AsyncGenerator<Buffer> {
  try {
    yield* blocks;
  } catch (error) {
    onFailure(error);
    throw error;
  }
}

async function* throughFzstd(blocks: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  let ready: Buffer[] = [];
  let unpacked = 0;
  const unpack = new Decompress((data) => {
    // fzstd reuses nothing it hands out, but views share one buffer with its window: copy.
    if (data.length > 0) ready.push(Buffer.from(data));
    unpacked += data.length;
  });
  const push = (block: Uint8Array, final: boolean) => {
    try {
      unpack.push(block, final);
    } catch (error) {
      throw corrupt(name, unpacked, error);
    }
  };
  for await (const block of blocks) {
    push(block, false);
    yield* ready;
    ready = [];
  }
  push(new Uint8Array(0), true);
  yield* ready;
}

function corrupt(name: string, unpacked: number, error: unknown): FatalError {
  const reason = error instanceof Error ? error.message : String(error);
  if (/window size/iu.test(reason)) {
    return new FatalError(`${name}: unsupported: zstd window over 32 MiB`, {
      code: 'unsupported',
      hint: 'compress the file again without --long',
      cause: error,
    });
  }
  return new FatalError(
    `${name}: the compressed data breaks off or is damaged after ${unpacked} unpacked bytes (${reason})`,
    {
      code: 'corrupt',
      hint: 'fetch or copy the file again; nothing of it was used',
      cause: error,
    },
  );
}
