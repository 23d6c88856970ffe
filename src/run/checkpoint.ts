import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { isTemporary, writeFileAtomic } from '../lib/atomic-file.ts';
import { crashPoint } from '../lib/crash-point.ts';
import { slashPath } from '../lib/slash-path.ts';

/** What the result of a step depends on: a hash of everything, and one of each part by the words that name it to people. */
export interface StepKey {
  readonly fingerprint: string;
  readonly parts: Readonly<Record<string, string>>;
  /** Parts that mostly change because one of `parts` did; named only where none of those changed. */
  readonly derived: Readonly<Record<string, string>>;
}

/** A finished step: what it was made from, what it left on disk, and what it counted. Written last, by rename. */
export interface Done<Counts> extends StepKey {
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

export function stepKey(
  parts: Readonly<Record<string, unknown>>,
  derived: Readonly<Record<string, unknown>> = {},
): StepKey {
  return {
    fingerprint: fingerprint([parts, derived]),
    parts: hashEach(parts),
    derived: hashEach(derived),
  };
}

function hashEach(parts: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parts).map(([name, part]) => [name, fingerprint(part ?? null).slice(0, 16)]),
  );
}

/** Publishes the marker of a step. */
export async function writeDone<Counts>(
  path: string,
  key: StepKey,
  step: Omit<Done<Counts>, keyof StepKey>,
): Promise<void> {
  crashPoint('before-marker', path);
  await writeFileAtomic(path, `${JSON.stringify({ ...key, ...step })}\n`);
  crashPoint('after-marker', path);
}

export type Reuse<Counts> = { readonly done: Done<Counts> } | { readonly redo: string | null };

/**
 * Whether a step can be skipped: its marker must carry the wanted fingerprint and every output must have the bytes it names.
 * `redo` says why not; null where the step was never done.
 */
export async function checkDone<Counts>(path: string, wanted: StepKey, out: string): Promise<Reuse<Counts>> {
  const done = await readDone<Counts>(path);
  if (!done) return { redo: null };
  if (done.fingerprint !== wanted.fingerprint) return { redo: whatChanged(done, wanted) };
  for (const output of done.outputs) {
    const redo = await checkOutput(output, out);
    if (redo) return { redo: `${redo.what} since it was written` };
  }
  return { done };
}

/** In words; a marker without parts is of a version that wrote none. */
function whatChanged(before: Partial<StepKey>, now: StepKey): string {
  if (!before.parts || !before.derived) return 'the tool version changed';
  const parts = differing(before.parts, now.parts);
  return `the ${(parts.length > 0 ? parts : differing(before.derived, now.derived)).join(', the ')} changed`;
}

function differing(
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].filter(
    (name) => before[name] !== now[name],
  );
}

/** What is wrong with a file that a marker names; undefined where it has the bytes it should. */
export async function checkOutput(
  output: DoneOutput,
  out: string,
): Promise<{ readonly code: 'missing' | 'changed'; readonly what: string } | undefined> {
  const found = await fileSha256(join(out, output.path)).catch(() => undefined);
  if (found === undefined) return { code: 'missing', what: 'a file went missing' };
  if (found.bytes === output.bytes && found.sha256 === output.sha256) return undefined;
  return { code: 'changed', what: 'a file was tampered with or damaged' };
}

export async function readDone<Counts>(path: string): Promise<Done<Counts> | undefined> {
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

/** Removes files of `folders` that `keep` does not name (paths relative to the run folder). */
export async function sweep(
  out: string,
  folders: readonly string[],
  keep: ReadonlySet<string>,
): Promise<void> {
  for (const folder of folders) {
    for (const path of await listTree(folder)) {
      const name = slashPath(out, path);
      if (keep.has(name)) continue;
      await rm(path, { force: true });
      await removeEmptyFolders(dirname(path), folder);
    }
  }
}

/** Removes `folder` and those above it up to `root`, where nothing is left in them. */
async function removeEmptyFolders(folder: string, root: string): Promise<void> {
  if (folder === root) return;
  try {
    await rmdir(folder);
  } catch {
    return; // something is left in it
  }
  await removeEmptyFolders(dirname(folder), root);
}

/** Removes what killed runs left of what they write: temporary files below the folders, and beside the files. */
export async function removeTemporaryFiles(written: {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}): Promise<void> {
  const below = await Promise.all(written.folders.map(listTree));
  const beside = await Promise.all(written.files.map(listBeside));
  for (const path of [...below, ...beside].flat())
    if (isTemporary(basename(path))) await rm(path, { force: true });
}

/** Files whose names begin with that of a file, and go on. */
async function listBeside(path: string): Promise<string[]> {
  const names = await readdir(dirname(path)).catch(() => []);
  return names
    .filter((name) => name.startsWith(`${basename(path)}.`))
    .map((name) => join(dirname(path), name));
}

async function listTree(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
