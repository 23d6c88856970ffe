import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { temporaryMark, writeFileAtomic } from '../lib/atomic-file.ts';

/** A finished step: what it was made from, what it left on disk, and what it counted. Written last, by rename. */
export interface Done<Counts> {
  readonly fingerprint: string;
  /** Paths relative to the run folder. */
  readonly outputs: readonly DoneOutput[];
  readonly counts: Counts;
  /** Wall time of the step; for reports only. */
  readonly ms: number;
}

export interface DoneOutput {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Fingerprint of a step: sha256 over the canonical JSON of everything its result depends on. */
export function fingerprint(parts: unknown): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

export async function writeDone<Counts>(path: string, done: Done<Counts>): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(done)}\n`);
}

export type Reuse<Counts> = { readonly done: Done<Counts> } | { readonly redo: string | null };

/**
 * Whether a step can be skipped: its marker must carry the wanted fingerprint and every output must have the bytes it names.
 * `redo` says why not; null where the step was never done.
 */
export async function checkDone<Counts>(path: string, wanted: string, out: string): Promise<Reuse<Counts>> {
  const done = await readDone<Counts>(path);
  if (!done) return { redo: null };
  if (done.fingerprint !== wanted) return { redo: 'its input, its tagger or the tool changed' };
  for (const output of done.outputs) {
    const found = await fileSha256(join(out, output.path)).catch(() => undefined);
    if (found === undefined) return { redo: `${output.path} is missing` };
    if (found.bytes !== output.bytes || found.sha256 !== output.sha256)
      return { redo: `${output.path} was changed` };
  }
  return { done };
}

async function readDone<Counts>(path: string): Promise<Done<Counts> | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Done<Counts>; // written by writeDone; a torn file fails to parse
  } catch {
    return undefined;
  }
}

export async function fileSha256(path: string): Promise<{ bytes: number; sha256: string }> {
  const { size } = await stat(path);
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return { bytes: size, sha256: hash.digest('hex') };
}

/** Removes temporary files of killed runs, and files of `folders` that `keep` does not name (paths relative to the run folder). */
export async function sweep(
  out: string,
  folders: readonly string[],
  keep: ReadonlySet<string>,
): Promise<void> {
  for (const folder of folders) {
    for (const path of await listTree(folder)) {
      const name = relative(out, path).split(sep).join('/');
      if (!keep.has(name)) await rm(path, { force: true });
    }
  }
}

/** Removes every temporary file below the run folder. */
export async function removeTemporaryFiles(out: string): Promise<void> {
  for (const path of await listTree(out)) if (path.includes(temporaryMark)) await rm(path, { force: true });
}

async function listTree(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
