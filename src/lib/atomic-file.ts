import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { crashPoint } from './crash-point.ts';

/** A file that becomes visible under its name only when whole: written beside it, fsynced, renamed. */
export interface AtomicFile extends AsyncDisposable {
  readonly handle: FileHandle;
  /** fsync, close, rename. */
  publish(): Promise<void>;
}

/** Temporary names carry this mark; whatever still carries it at start is rubbish of a killed run. */
export const temporaryMark = '.tmp-';

/** A new name beside `path`, one that `isTemporary` knows. */
export function temporaryBeside(path: string): string {
  return `${path}${temporaryMark}${randomBytes(6).toString('hex')}`;
}

/** Whether a name is that of a temporary file: the mark and twelve random digits at its end. */
export function isTemporary(name: string): boolean {
  return /\.tmp-[0-9a-f]{12}$/.test(name);
}

/** Opens `path` for atomic writing; disposing without `publish` removes the temporary file. Creates missing folders. */
export async function openAtomic(path: string): Promise<AtomicFile> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = temporaryBeside(path);
  const handle = await open(temporary, 'wx');
  let isPublished = false;
  return {
    handle,
    async publish() {
      await handle.sync();
      await handle.close();
      crashPoint('after-temp', path);
      await rename(temporary, path);
      isPublished = true;
      crashPoint('after-rename', path);
    },
    async [Symbol.asyncDispose]() {
      if (isPublished) return;
      // Closed already where only the renaming failed.
      await handle.close().catch(() => undefined);
      await rm(temporary, { force: true });
    },
  };
}

/** Writes the whole content atomically. */
export async function writeFileAtomic(path: string, content: string | Uint8Array): Promise<void> {
  await using file = await openAtomic(path);
  await file.handle.writeFile(content);
  await file.publish();
}
