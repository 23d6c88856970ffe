import { type FileHandle, lstat, open, readdir, readFile, readlink, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { slashPath } from '../lib/slash-path.ts';
import type { ByteSource } from '../core/byte-source.ts';
import { ConfigError, FatalError } from '../core/errors.ts';
import type { HubLocation } from '../core/unit.ts';

import { readListing } from './cache-listing.ts';
import { chooseHubFiles, type HubEntry, type HubListing } from './choose-files.ts';
import type { HubSettings } from './environment.ts';
import type { RepoName } from './read-repo.ts';

/**
 * The listing of `listHubFiles` out of the download cache alone, in the layout that `snapshotDownload` and Python share:
 * `datasets--owner--name/{refs/<branch>, blobs/<etag>, snapshots/<sha>/<path> -> blob}`. Where `fetch` left a listing of
 * the whole repository that is what must be there; else whatever the snapshot holds, and licence and gating are unknown.
 * ConfigError `hub-offline-missing` names what is not there, also after a download that was cut off.
 */
export async function listCachedFiles(
  params: {
    readonly source: string;
    readonly repo: string;
    readonly revision?: string;
    readonly paths?: readonly string[];
  },
  settings: HubSettings,
): Promise<HubListing> {
  const folder = repoFolder({ type: 'dataset', name: params.repo }, settings);
  const revision = await resolveCached(folder, params.repo, params.revision ?? 'main');
  const snapshot = join(folder, 'snapshots', revision);
  const listing = await readListing(folder, revision);
  const entries = listing?.entries ?? (await readWholeSnapshot(folder, snapshot, params.repo));
  const plainPaths = (params.paths ?? []).filter((path) => !/[*?[{]/.test(path));
  const absent = plainPaths.filter((path) => !entries.some((entry) => entry.path === path));
  if (absent.length > 0) throw missing(`${params.repo}: ${absent.join(', ')}`, snapshot);
  const chosen = chooseHubFiles(entries, params.paths);
  if (chosen.files.length === 0) throw missing(`${params.repo}: data files`, snapshot);
  await refuseMissing(params.repo, snapshot, chosen.files);
  const place = { kind: 'hub' as const, repo: params.repo, revision, endpoint: settings.endpoint };
  const files = chosen.files.map(({ path, bytes, etag }) => ({
    source: params.source,
    name: path,
    location: { ...place, path, etag },
    bytes,
  }));
  const { license = null, gated = false } = listing ?? {};
  return { revision, files, ignored: chosen.ignored, license, gated };
}

/** Snapshot folder of a model that `fetch` or a run put into the cache whole; ConfigError `hub-offline-missing`. */
export async function cachedModel(name: string, settings: HubSettings): Promise<string> {
  const folder = repoFolder({ type: 'model', name }, settings);
  const revision = await resolveCached(folder, name, 'main');
  const snapshot = join(folder, 'snapshots', revision);
  const listing = await readListing(folder, revision);
  await refuseMissing(name, snapshot, listing?.entries ?? (await readWholeSnapshot(folder, snapshot, name)));
  return snapshot;
}

/** The cached copy of `location`; ConfigError `hub-offline-missing`, FatalError `etag-changed` when it has another length. */
export async function openCachedBytes(
  location: HubLocation,
  bytes: number,
  settings: HubSettings,
): Promise<ByteSource> {
  const path = cachedPath(location, settings);
  const handle = await open(path).catch((error: unknown) => {
    if (isAbsent(error)) throw missing(`${location.repo}: ${location.path}`, path);
    throw error;
  });
  const { size } = await handle.stat();
  if (size === bytes) return fileBytes(handle, bytes, path);
  await handle.close();
  throw new FatalError(`${path}: has ${size} bytes, it was listed with ${bytes}`, { code: 'etag-changed' });
}

/** Whether the cache holds that very file, whole: by its hash where the cache links it, else by its length. */
export async function isCached(
  location: HubLocation,
  bytes: number,
  settings: HubSettings,
): Promise<boolean> {
  const path = cachedPath(location, settings);
  const found = await stat(path).catch(ifAbsent(undefined));
  if (found?.size !== bytes) return false;
  const link = await lstat(path);
  return !link.isSymbolicLink() || basename(await readlink(path)) === location.etag;
}

function cachedPath(location: HubLocation, settings: HubSettings): string {
  const folder = repoFolder({ type: 'dataset', name: location.repo }, settings);
  return join(folder, 'snapshots', location.revision, ...location.path.split('/'));
}

function fileBytes(handle: FileHandle, bytes: number, path: string): ByteSource {
  return {
    bytes,
    async read(start, end) {
      const buffer = new Uint8Array(Math.max(0, end - start));
      let filled = 0;
      while (filled < buffer.length) {
        const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, start + filled);
        if (bytesRead === 0) {
          throw new FatalError(`${path}: bytes ${start}-${end} of ${bytes} do not exist`, {
            code: 'short-read',
          });
        }
        filled += bytesRead;
      }
      return buffer;
    },
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

/** Where the cache keeps a repository. */
export function repoFolder({ type, name }: RepoName, settings: HubSettings): string {
  return join(settings.cacheFolder, [`${type}s`, ...name.split('/')].join('--'));
}

async function resolveCached(folder: string, repo: string, revision: string): Promise<string> {
  const reference = await readFile(join(folder, 'refs', ...revision.split('/')), 'utf8').catch(ifAbsent(''));
  const sha = reference.trim() || revision;
  const isThere = await stat(join(folder, 'snapshots', sha)).then(
    (found) => found.isDirectory(),
    ifAbsent(false),
  );
  if (!isThere) throw missing(`${repo} at revision ${revision}`, folder);
  return sha;
}

async function refuseMissing(repo: string, snapshot: string, wanted: readonly HubEntry[]): Promise<void> {
  const absent: string[] = [];
  for (const { path, bytes } of wanted) {
    const found = await stat(join(snapshot, ...path.split('/'))).catch(ifAbsent(undefined));
    if (found?.size !== bytes) absent.push(path);
  }
  if (absent.length === 0) return;
  const shown = absent.slice(0, 5).join(', ') + (absent.length > 5 ? ` and ${absent.length - 5} more` : '');
  throw missing(`${repo}: ${shown} (${absent.length} of ${wanted.length} files)`, snapshot);
}

/** A cache that another tool made: nobody says what the repository holds besides. */
async function readWholeSnapshot(folder: string, snapshot: string, repo: string): Promise<HubEntry[]> {
  await refuseUnfinished(folder, repo);
  return readSnapshot(snapshot, repo);
}

async function refuseUnfinished(folder: string, repo: string): Promise<void> {
  const blobs = await readdir(join(folder, 'blobs')).catch(ifAbsent<string[]>([]));
  const unfinished = blobs.filter((name) => name.endsWith('.incomplete')).toSorted();
  if (unfinished.length === 0) return;
  throw missing(`${repo}: the rest of a download that was cut off (${unfinished.join(', ')})`, folder);
}

async function readSnapshot(snapshot: string, repo: string): Promise<HubEntry[]> {
  const names = await readdir(snapshot, { recursive: true });
  const entries: HubEntry[] = [];
  const dangling: string[] = [];
  for (const name of names.toSorted()) {
    const path = join(snapshot, name);
    const found = await stat(path).catch(ifAbsent(undefined));
    const shown = slashPath(snapshot, path);
    if (!found) dangling.push(shown);
    else if (found.isFile()) entries.push({ path: shown, bytes: found.size, etag: await cachedEtag(path) });
  }
  if (dangling.length > 0) throw missing(`${repo}: ${dangling.join(', ')}`, snapshot);
  return entries;
}

/** Blobs are named by their ETag; a cache without symbolic links (Windows) has none to offer, so size and name stand in. */
async function cachedEtag(path: string): Promise<string> {
  const link = await lstat(path);
  return link.isSymbolicLink() ? basename(await readlink(path)) : `cached-${link.size}`;
}

function missing(what: string, where: string): ConfigError {
  return new ConfigError(`${what}: not in the local cache ${where}, and offline nothing is fetched`, {
    code: 'hub-offline-missing',
    hint: 'fetch it once with a connection (tag-datasets fetch --config …), or go on without --offline and HF_HUB_OFFLINE',
  });
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function ifAbsent<T>(fallback: T): (error: unknown) => T {
  return (error) => {
    if (isAbsent(error)) return fallback;
    throw error;
  };
}
