import * as zlib from 'node:zlib';

import { FatalError } from '../core/errors.ts';

/** zstd in memory, one frame a call; same bytes for same input on one machine and one `name`. */
export interface ZstdCodec {
  /** Which build made the bytes, with its version: two builds may compress the same input to different, equally valid bytes. */
  readonly name: string;
  compress(data: Uint8Array, level: number): Uint8Array;
  /**
   * @param sizeHint bytes of the result; needed for frames that do not carry their size (written by a stream).
   * @throws FatalError `zstd-corrupt`
   */
  decompress(data: Uint8Array, sizeHint?: number): Uint8Array;
}

/** The codec of this machine, loaded once per thread: Node's own where it has one (22.15 and later), else WebAssembly. */
export function loadZstd(): Promise<ZstdCodec> {
  loaded ??= nativeZstd() ?? loadWasmZstd();
  return loaded;
}

let loaded: Promise<ZstdCodec> | undefined;

/** Present from Node 22.15 on; the types of Node 20 do not know it. */
interface NativeZstd {
  zstdCompressSync(data: Uint8Array, options: { params: Record<number, number> }): Uint8Array;
  zstdDecompressSync(data: Uint8Array): Uint8Array;
  readonly constants: { readonly ZSTD_c_compressionLevel: number };
}

function nativeZstd(): Promise<ZstdCodec> | undefined {
  if (!hasNativeZstd(zlib)) return undefined;
  const native = zlib;
  return Promise.resolve({
    name: `node:zlib zstd ${process.versions['zstd'] ?? process.versions.node}`,
    compress: (data, level) =>
      native.zstdCompressSync(data, { params: { [native.constants.ZSTD_c_compressionLevel]: level } }),
    decompress: (data) => guard(() => native.zstdDecompressSync(data)),
  });
}

function hasNativeZstd(module: unknown): module is NativeZstd {
  return typeof module === 'object' && module !== null && 'zstdCompressSync' in module;
}

/** Pinned in package.json; a test holds the two together. */
export const wasmZstdVersion = '0.0.27';

/** The WebAssembly build, whatever Node has; about 40 ms to load. */
export function loadWasmZstd(): Promise<ZstdCodec> {
  loadedWasm ??= openWasm();
  return loadedWasm;
}

/** Its `init` must run once per thread: a second one swaps the heap under calls in progress, which then give garbage. */
let loadedWasm: Promise<ZstdCodec> | undefined;

async function openWasm(): Promise<ZstdCodec> {
  const wasm = await import('@bokuweb/zstd-wasm');
  await wasm.init();
  return {
    name: `@bokuweb/zstd-wasm ${wasmZstdVersion}`,
    compress: (data, level) => wasm.compress(data, level),
    decompress: (data, sizeHint = 0) =>
      guard(() => {
        const size = frameContentSize(data);
        if (size === 'unknown')
          return wasm.decompress(data, { defaultHeapSize: Math.max(sizeHint, data.length * 16) });
        return size === 0 ? new Uint8Array(0) : wasm.decompress(data);
      }),
  };
}

function guard(decompress: () => Uint8Array): Uint8Array {
  try {
    return decompress();
  } catch (cause) {
    if (cause instanceof FatalError) throw cause;
    throw new FatalError('the zstd data is damaged or cut short', {
      code: 'zstd-corrupt',
      hint: 'fetch or write the file again',
      cause,
    });
  }
}

/**
 * Content size of the frame's header (RFC 8878, 3.1.1). Read here because the wasm package allocates whatever a damaged
 * header says, and a size of 0 makes it read past its heap.
 */
function frameContentSize(data: Uint8Array): number | 'unknown' {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (data.length < 6 || view.getUint32(0, true) !== 0xfd2fb528) throw corruptHeader();
  const descriptor = view.getUint8(4);
  const flag = descriptor >> 6;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const at = 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes;
  const sizeBytes = flag === 0 ? (isSingleSegment ? 1 : 0) : 1 << flag;
  if (sizeBytes === 0) return 'unknown';
  if (data.length < at + sizeBytes) throw corruptHeader();
  const size =
    sizeBytes === 1
      ? view.getUint8(at)
      : sizeBytes === 2
        ? view.getUint16(at, true) + 256
        : sizeBytes === 4
          ? view.getUint32(at, true)
          : Number(view.getBigUint64(at, true));
  if (size > largestContentBytes) throw corruptHeader();
  return size;
}

/** Half of what a 32-bit heap can hold beside the compressed data. */
const largestContentBytes = 2 ** 30;

function corruptHeader(): FatalError {
  return new FatalError('the zstd frame header is damaged, cut short, or says more than 1 GiB', {
    code: 'zstd-corrupt',
    hint: 'fetch or write the file again',
  });
}
