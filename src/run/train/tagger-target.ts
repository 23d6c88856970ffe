import { lstat, mkdir, readdir, readFile, realpath, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';

import { ConfigError } from '../../core/errors.ts';
import { temporaryBeside } from '../../lib/atomic-file.ts';

/** Written into tagger.json; only folders that carry it are ever replaced. */
export const madeByTrain = 'tag-datasets train';

/** All that `train` writes into a tagger folder. */
const writtenFiles: readonly string[] = ['README.md', 'model.onnx', 'tagger.json', 'tokenizer.json'];

/**
 * As `checkTaggerTarget`; and makes the temporary folder that the tagger will first be written to, so that a path that cannot be
 * made is found before the work. What it made is gone when it returns.
 * @throws ConfigError `out-not-writable`, and as `checkTaggerTarget`
 */
export async function tryTaggerTarget(out: string): Promise<void> {
  await checkTaggerTarget(out);
  const target = resolve(out);
  const temporary = temporaryBeside(target);
  let firstMade: string | undefined;
  try {
    firstMade = await mkdir(dirname(target), { recursive: true });
    await mkdir(temporary, { recursive: true });
  } catch (cause) {
    throw notWritable(out, cause);
  } finally {
    await removeEmpty(temporary, firstMade ?? temporary);
  }
}

/**
 * The folder must be new, empty, or an earlier result of `train` and nothing beside: no other file is ever overwritten or removed.
 * @throws ConfigError `out-missing`, `out-not-tagger`, `out-not-writable`
 */
export async function checkTaggerTarget(out: string): Promise<void> {
  if (out.trim() === '') {
    throw new ConfigError(`--out "${out}" names no folder`, {
      code: 'out-missing',
      hint: 'name a new folder',
    });
  }
  const target = resolve(out);
  if (!(await isThere(target, out))) return;
  if (isOrHolds(await realpath(target), await realpath('.')))
    throw notTagger(out, 'is the working folder or holds it');
  const names = await readdir(target);
  if (names.length === 0) return;
  if (!names.includes('tagger.json')) throw notTagger(out, 'exists and is no tagger folder');
  if (!(await isMadeByTrain(join(target, 'tagger.json'))))
    throw notTagger(out, 'holds a tagger that was not made by train');
  const other = names.toSorted().find((name) => !writtenFiles.includes(name));
  if (other !== undefined) throw notTagger(out, `holds "${other}" too, which train did not write`);
}

/** `taggers/mine` is `mine-v1`; a name that ends in a version keeps it. */
export function taggerId(out: string): string {
  const name = basename(resolve(out))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (/^[a-z0-9-]+-v\d+$/.test(name)) return name;
  return `${name || 'tagger'}-v1`;
}

/** Whether a folder stands at the target; only a path with nothing at it is new. */
async function isThere(target: string, out: string): Promise<boolean> {
  try {
    if ((await stat(target)).isDirectory()) return true;
  } catch (cause) {
    if (!isMissing(cause)) throw notWritable(out, cause);
    const link = await lstat(target).catch(() => undefined);
    if (link) throw notTagger(out, 'is a link to nothing');
    return false;
  }
  throw notTagger(out, 'is a file');
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}

function isOrHolds(folder: string, inner: string): boolean {
  const way = relative(folder, inner);
  return way !== '..' && !/^\.\.[/\\]/.test(way) && !isAbsolute(way);
}

/** Removes folders from `last` up to `first` while they are empty: what somebody else put there meanwhile stays. */
async function removeEmpty(last: string, first: string): Promise<void> {
  for (let folder = last; ; folder = dirname(folder)) {
    await rmdir(folder).catch(() => undefined);
    if (folder === first || folder === dirname(folder)) return;
  }
}

async function isMadeByTrain(path: string): Promise<boolean> {
  try {
    const json: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof json !== 'object' || json === null || !('metrics' in json)) return false;
    const { metrics } = json;
    return (
      typeof metrics === 'object' &&
      metrics !== null &&
      'made_by' in metrics &&
      metrics.made_by === madeByTrain
    );
  } catch {
    return false; // whatever it is, it is not ours
  }
}

function notWritable(out: string, cause: unknown): ConfigError {
  // Node's message goes on with the call and the path, which is the temporary folder's.
  const [reason] = cause instanceof Error ? cause.message.split(',') : [String(cause)];
  return new ConfigError(`--out ${out}: no folder can be made there (${reason})`, {
    code: 'out-not-writable',
    hint: 'name a folder in one that may be written to; beside it goes a temporary one whose name is 17 characters longer',
    cause,
  });
}

function notTagger(out: string, what: string): ConfigError {
  return new ConfigError(`--out ${out} ${what}`, {
    code: 'out-not-tagger',
    hint: 'name a new folder, or one that train made before',
  });
}
