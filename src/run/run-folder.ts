import { open, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';

import { resolveDataPath } from '../config/load.ts';
import { ConfigError } from '../core/errors.ts';
import { listFiles } from '../source/list-files.ts';
import type { RunPaths } from './paths.ts';
import type { RunParams } from './run.ts';
import type { Prepared } from './scan/prepare.ts';

/**
 * A run removes whatever it did not write from its folders, so they must be its own: those of an earlier run, or not there
 * yet; and nothing that is read may lie in them.
 * @param reads paths of files and folders
 * @throws ConfigError `out-not-a-run`, `input-in-out` before anything is changed
 */
export async function checkRunFolder(paths: RunPaths, reads: readonly string[]): Promise<void> {
  if (!(await isRun(paths))) await refuseOthers(paths);
  const own = (await Promise.all([...paths.folders, paths.runJson].map(bothNames))).flat();
  for (const path of reads) {
    const names = await bothNames(path);
    const holder = own.find((place) => names.some((name) => isInside(name, place)));
    if (holder === undefined) continue;
    throw new ConfigError(`${path}: this run reads it and writes ${holder}`, {
      code: 'input-in-out',
      hint: 'a run removes what it did not write: move the file, or name another folder with --out',
    });
  }
}

/** All that a run reads on this machine. @throws ConfigError `source-not-found` */
export async function pathsRead(
  { loaded, tools }: RunParams,
  { sources, tokenizer }: Prepared,
): Promise<string[]> {
  const { config, path } = loaded;
  const { benchmarks, files } = config.dataset.decontaminate;
  const named = [...Object.values(benchmarks).flat(), ...files, ...(config.audit ? [config.audit.file] : [])];
  const paths = named.map((given) => resolveDataPath(given, path));
  const listed = await listFiles({ source: 'audit', paths, baseDir: '/' }); // benchmarks were found before
  const inputs = [...sources.flatMap((source) => source.files), ...listed.files];
  return [
    path,
    ...inputs.flatMap(({ location }) => (location.kind === 'file' ? [location.path] : [])),
    ...(tokenizer ? [tokenizer.path] : []),
    ...[tools.personaTagger, tools.traitTagger, tools.accurateTagger].flatMap(
      (tagger) => tagger?.folder ?? [],
    ),
  ];
}

/** Removes what runs write; the log goes last, as it says that the folder is ours should this be killed half-way. */
export async function emptyRun({ runJson, folders, state, log }: RunPaths): Promise<void> {
  const inState = (await readdir(state).catch(() => [])).map((name) => join(state, name));
  const others = [...folders.filter((folder) => folder !== state), ...inState.filter((path) => path !== log)];
  for (const path of [runJson, ...others, state]) await rm(path, { recursive: true, force: true });
}

/** The log is opened before anything else is written, and run.json is there where somebody removed the log. */
async function isRun({ runJson, log }: RunPaths): Promise<boolean> {
  if (await hasEvents(log)) return true;
  try {
    const written: unknown = JSON.parse(await readFile(runJson, 'utf8'));
    if (typeof written !== 'object' || written === null || !('tool' in written)) return false;
    return typeof written.tool === 'string' && written.tool.startsWith('tag-datasets ');
  } catch {
    return false; // not there, or of somebody else
  }
}

/** Whether it is a log of runs; one may have been killed before its first event. */
async function hasEvents(log: string): Promise<boolean> {
  const beginning = '{"time":';
  try {
    await using file = await open(log);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(beginning.length));
    return beginning.startsWith(buffer.toString('utf8', 0, bytesRead));
  } catch {
    return false;
  }
}

async function refuseOthers({ out, folders, runJson }: RunPaths): Promise<void> {
  for (const path of [...folders, runJson]) {
    const entries = await entriesOf(path);
    if (entries?.length === 0) continue;
    const what = entries ? 'holds files that no run wrote' : 'is a file that no run wrote';
    throw new ConfigError(`${basename(path)}${entries ? '/' : ''} in ${out} ${what}`, {
      code: 'out-not-a-run',
      hint: 'a run would remove or overwrite them: name another folder with --out, or move them away',
    });
  }
}

/** null: no folder but a file. */
async function entriesOf(path: string): Promise<string[] | null> {
  try {
    return await readdir(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return null;
    throw error;
  }
}

/** As it is written, and with every link followed. */
async function bothNames(path: string): Promise<string[]> {
  const written = resolve(path);
  return [written, await realpath(written).catch(() => written)];
}

function isInside(path: string, place: string): boolean {
  return path === place || path.startsWith(place + sep);
}
