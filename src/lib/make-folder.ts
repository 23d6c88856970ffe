import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes a folder and those above it. Node 20 answers ENOENT where the disk is read-only; here the true reason is thrown. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    await mkdir(await firstMissing(path));
    throw error;
  }
}

/** The topmost folder of `path` that is not there. */
async function firstMissing(path: string): Promise<string> {
  const parent = dirname(path);
  const hasParent = await stat(parent).then(
    () => true,
    () => false,
  );
  return hasParent || parent === path ? path : firstMissing(parent);
}
