import { open } from 'node:fs/promises';
import type { ByteSource } from '../core/byte-source.ts';
import { FatalError } from '../core/errors.ts';
import type { InputFile } from '../core/unit.ts';

/** Opens the bytes of an input file; throws FatalError or RetryableError. */
export type OpenBytes = (file: InputFile) => Promise<ByteSource>;

/** Opens a local file. System errors (ENOENT, EACCES …) come through as they are. */
export async function openFileBytes(path: string): Promise<ByteSource> {
  const handle = await open(path, 'r');
  const { size } = await handle.stat();
  return {
    bytes: size,
    async read(start, end) {
      const buffer = Buffer.allocUnsafe(end - start);
      let filled = 0;
      while (filled < buffer.length) {
        const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, start + filled);
        if (bytesRead === 0) throw shortRead(path, start, end, filled);
        filled += bytesRead;
      }
      return buffer;
    },
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

function shortRead(path: string, start: number, end: number, filled: number): FatalError {
  return new FatalError(
    `${path}: ${filled} bytes at ${start} where ${end - start} were expected; the file changed or shrank while it was read`,
    { code: 'short-read', hint: 'leave inputs unchanged during a run, then start the same command again' },
  );
}
