import { readFileSync } from 'node:fs';

import { decompress as referenceDecompress } from 'fzstd';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { FatalError } from '../../src/core/errors.ts';
import { loadWasmZstd, loadZstd, wasmZstdVersion } from '../../src/lib/zstd.ts';

describe.each([
  ['the codec of this machine', loadZstd],
  ['the WebAssembly codec', loadWasmZstd],
] as const)('%s', (_name, load) => {
  test('gives back what went in, at any level', async () => {
    const zstd = await load();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.integer({ min: 1, max: 9 }), (data, level) => {
        const compressed = zstd.compress(data, level);
        expect(Buffer.from(zstd.decompress(compressed, data.length))).toEqual(Buffer.from(data));
      }),
      { numRuns: 30 },
    );
  });

  test('another decoder reads its frames', async () => {
    const data = Buffer.from('twelve grey geese '.repeat(20_000));
    const compressed = (await load()).compress(data, 1);
    expect(compressed.length).toBeLessThan(1000);
    expect(Buffer.from(referenceDecompress(compressed))).toEqual(data);
  });

  test('gives the same bytes every time', async () => {
    const zstd = await load();
    const data = Buffer.from(Array.from({ length: 9000 }, (_, i) => (i * i) % 251));
    expect(zstd.compress(data, 3)).toEqual(zstd.compress(data, 3));
  });

  test('damaged and cut data is an error with a code', async () => {
    const zstd = await load();
    const good = zstd.compress(
      Buffer.from('some words that are long enough to compress, compress, compress'),
      1,
    );
    const cut = good.slice(0, good.length - 5);
    const torn = good.map((byte, i) => (i > 8 ? byte ^ 0x5a : byte));
    for (const bad of [cut, torn, Buffer.from('not zstd at all'), new Uint8Array(0)]) {
      expect(() => zstd.decompress(bad, 100)).toThrow(expect.objectContaining({ code: 'zstd-corrupt' }));
      expect(() => zstd.decompress(bad, 100)).toThrow(FatalError);
    }
  });
});

test('the name of the WebAssembly codec carries the version that is pinned', async () => {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    dependencies: Record<string, string>;
  }; // our own file
  expect(wasmZstdVersion).toBe(manifest.dependencies['@bokuweb/zstd-wasm']);
  expect((await loadWasmZstd()).name).toContain(wasmZstdVersion);
});
