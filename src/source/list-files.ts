import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { slashPath } from '../lib/slash-path.ts';
import { glob, isDynamicPattern } from 'tinyglobby';
import { ConfigError } from '../core/errors.ts';
import type { InputFile } from '../core/unit.ts';
import { isTemporary } from '../lib/atomic-file.ts';
import { nearestName } from '../lib/nearest.ts';

export interface IgnoredFile {
  readonly path: string;
  readonly reason: string;
}

/** What a run opens before it writes anything else (`log` in src/run/paths.ts). */
const runLog = join('state', 'log.jsonl');

interface FoundFile {
  readonly path: string;
  /** The folder that was given, or the fixed part of a glob. */
  readonly root: string;
  readonly name: string;
  /** Named by the user himself: read whatever its name looks like. */
  readonly named: boolean;
}

/**
 * Finds the files of one source: `paths` are files, folders (walked to the bottom) or globs, relative to `baseDir`.
 * Names are relative to the folder that was given, the fixed part of the glob, or the file's own folder. Sorted by
 * name in code unit order, each file once. Below a folder that was given, folders of runs are left out: a run whose output
 * lies below its data reads the same rows when it is started again. A path that matches nothing: ConfigError
 * `source-not-found`.
 */
export async function listFiles(spec: {
  source: string;
  paths: readonly string[];
  baseDir: string;
}): Promise<{ files: InputFile[]; ignored: IgnoredFile[] }> {
  const files = new Map<string, InputFile>();
  const ignored = new Map<string, IgnoredFile>();
  for (const path of spec.paths) {
    const runs = new Map<string, string | null>();
    for (const found of await findFiles(path, spec)) {
      const run = runAround(dirname(found.path), found.root, runs);
      if (run !== null) {
        ignored.set(run, { path: run, reason: 'the folder of a run' });
        continue;
      }
      const reason = found.named ? undefined : whyNoData(found.name);
      if (reason) {
        ignored.set(found.path, { path: found.path, reason });
        continue;
      }
      if (files.has(found.path)) continue;
      const { size } = await stat(found.path);
      files.set(found.path, {
        source: spec.source,
        name: found.name,
        location: { kind: 'file', path: found.path },
        bytes: size,
      });
    }
  }
  return {
    files: distinguishNames([...files.values()]).toSorted((a, b) => compareText(a.name, b.name)),
    ignored: [...ignored.values()].toSorted((a, b) => compareText(a.path, b.path)),
  };
}

async function findFiles(path: string, spec: { source: string; baseDir: string }): Promise<FoundFile[]> {
  const full = resolve(spec.baseDir, path);
  const info = await stat(full).catch(() => undefined);
  if (info?.isFile()) return [{ path: full, root: dirname(full), name: basename(full), named: true }];
  if (info?.isDirectory()) return walk(full, '**/*');
  if (!isDynamicPattern(path)) throw await notFound(path, full, spec.source);
  const { root, pattern } = splitGlob(path, spec.baseDir);
  const found = existsSync(root) ? await walk(root, pattern) : [];
  if (found.length === 0) throw await notFound(path, root, spec.source);
  return found;
}

async function walk(root: string, pattern: string): Promise<FoundFile[]> {
  const names = await glob(pattern, { cwd: root, dot: true, onlyFiles: true });
  return names.map((name) => {
    const path = resolve(root, name);
    return { path, root, name: slashPath(root, path), named: false };
  });
}

/** The outermost folder of a run that holds `folder`, below `root`; null where there is none. `known` keeps what was found below `root`. */
function runAround(folder: string, root: string, known: Map<string, string | null>): string | null {
  if (folder.length <= root.length) return null;
  const found = known.get(folder);
  if (found !== undefined) return found;
  const run = runAround(dirname(folder), root, known) ?? (existsSync(join(folder, runLog)) ? folder : null);
  known.set(folder, run);
  return run;
}

/** The part of a glob before its first wildcard is the root that names are relative to. */
function splitGlob(path: string, baseDir: string): { root: string; pattern: string } {
  const parts = path.split('/');
  const wild = parts.findIndex((part) => isDynamicPattern(part));
  const fixed = parts.slice(0, wild).join('/') || (isAbsolute(path) ? '/' : '.');
  return { root: resolve(baseDir, fixed), pattern: parts.slice(wild).join('/') };
}

/** Endings of files that stand beside data and hold none; everything else is decided by content. */
const plainEndings = new Set(
  (
    'md txt rst pdf html htm xml yaml yml toml ini cfg lock py ipynb js ts sh r c cpp h java css png jpg jpeg gif svg webp ico bmp ' +
    'mp3 mp4 wav flac ogg avi mov zip tar tgz 7z rar bin safetensors onnx pt pth h5 npy npz pkl log doc docx xlsx xls pptx bib tex sha256 md5'
  ).split(' '),
);
const plainNames =
  /^(license|licence|copying|notice|readme|authors|contributors|changelog|makefile|dockerfile|citation)(\.|$)/iu;

const dataEndings = /(\.(jsonl|ndjson|json|csv|tsv|parquet|gz|zst))+$/iu;

/** The name of a file without the endings of data and of compression: `a/b.csv.gz` is `a/b`. */
export function stemOf(name: string): string {
  return name.replace(dataEndings, '');
}

function whyNoData(name: string): string | undefined {
  const parts = name.split('/');
  if (parts.some((part) => part.startsWith('.'))) return 'hidden';
  const file = parts.at(-1) ?? name;
  if (isTemporary(file)) return 'left by a process that was killed';
  if (stemOf(file) === file && plainNames.test(file)) return 'no data file by its name';
  const ending = /\.([^.]+)$/u.exec(file.toLowerCase())?.[1];
  if (ending === undefined) return undefined;
  return plainEndings.has(ending) ? `no data file by its ending .${ending}` : undefined;
}

/**
 * Two folders of one source may hold files of the same name; row keys need them apart. All files are then named from the
 * folder that they share: a new name could meet that of a file that kept its own.
 */
function distinguishNames(files: InputFile[]): InputFile[] {
  if (new Set(files.map((file) => file.name)).size === files.length) return files;
  const root = commonFolder(files.map(pathOf));
  return files.map((file) => ({ ...file, name: slashPath(root, pathOf(file)) }));
}

function pathOf(file: InputFile): string {
  return file.location.path;
}

function commonFolder(paths: readonly string[]): string {
  let folder = dirname(paths[0] ?? sep);
  while (!paths.every((path) => path.startsWith(folder === sep ? sep : folder + sep)))
    folder = dirname(folder);
  return folder;
}

async function notFound(path: string, full: string, source: string): Promise<ConfigError> {
  let parent = dirname(full);
  let missing = basename(full);
  while (!existsSync(parent)) {
    missing = basename(parent);
    parent = dirname(parent);
  }
  const folder = existsSync(full) ? full : parent;
  const entries = (await readdir(folder).catch(() => [])).toSorted(compareText);
  const nearest = nearestName(missing, entries);
  return new ConfigError(`source ${source}: no file matches ${path} (looked in ${folder})`, {
    code: 'source-not-found',
    hint: nearest
      ? `did you mean ${join(folder, nearest)}?`
      : `${folder} holds ${entries.length === 0 ? 'nothing' : listSome(entries)}; check the path; in a configuration it is relative to that file`,
  });
}

function listSome(names: readonly string[]): string {
  return names.length <= 12
    ? names.join(', ')
    : `${names.slice(0, 12).join(', ')} and ${names.length - 12} more`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
