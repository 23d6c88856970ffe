import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, type FileHandle, mkdir, open, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { FatalError } from '../core/errors.ts';
import { temporaryMark, writeFileAtomic } from '../lib/atomic-file.ts';

import { type CachedListing, writeListing } from './cache-listing.ts';
import { repoFolder } from './cache.ts';
import type { HubEntry } from './choose-files.ts';
import type { HubSettings } from './environment.ts';
import { createHubFetch, type HubFetchOptions } from './hub-fetch.ts';
import type { RepoName } from './read-repo.ts';

export interface DownloadParams {
  readonly repo: RepoName;
  /** Commit sha. */
  readonly revision: string;
  /** Branch or tag that led there, as it was asked for. */
  readonly branch: string;
  /** Everything that the repository holds, for later runs without a connection. */
  readonly listing: CachedListing;
  /** What of it to fetch. */
  readonly files: readonly HubEntry[];
}

export interface DownloadOptions extends Pick<HubFetchOptions, 'fetch' | 'retry' | 'signal'> {
  /** Bytes of one request; what an interruption loses at most. */
  readonly blockBytes?: number;
  /** After each file; `fetchedBytes` went over the network, the others lay there already. */
  readonly onFile?: (file: HubEntry, fetchedBytes: number) => void;
}

const defaultBlockBytes = 8 << 20;

/**
 * Puts files of one commit into the cache that Python's huggingface_hub shares: `blobs/<etag>`, linked from
 * `snapshots/<sha>/<path>`. A file that is there is not fetched again; one that was cut off goes on where it stopped
 * (`blobs/<etag>.incomplete`); each gets its name only after its hash was checked. Holds one block.
 * @returns the snapshot folder
 * @throws FatalError `hub-hash-mismatch`, `hub-bad-reply`, and what createHubFetch throws
 */
export async function downloadFiles(
  params: DownloadParams,
  settings: HubSettings,
  options: DownloadOptions,
): Promise<string> {
  const folder = repoFolder(params.repo, settings);
  const snapshot = join(folder, 'snapshots', params.revision);
  for (const file of params.files) checkEntry(file, params.repo);
  await writeListing(folder, params.revision, params.listing);
  await mkdir(snapshot, { recursive: true });
  if (params.branch !== params.revision) {
    await writeFileAtomic(join(folder, 'refs', ...params.branch.split('/')), params.revision);
  }
  for (const file of params.files) {
    const blob = join(folder, 'blobs', file.etag);
    const fetched = (await hasBytes(blob, file.bytes))
      ? 0
      : await fetchBlob(blob, file, params, settings, options);
    await linkBlob(blob, join(snapshot, ...file.path.split('/')), file);
    options.onFile?.(file, fetched);
  }
  return snapshot;
}

/** Paths and names come from a server: they must stay inside the cache. */
function checkEntry({ path, etag }: HubEntry, repo: RepoName): void {
  const isSafe = path
    .split('/')
    .every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\:\0]/.test(part));
  if (isSafe && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(etag)) return;
  throw new FatalError(`${repo.name}: a file of the repository has an unusable name or hash`, {
    code: 'hub-bad-reply',
    hint: 'check HF_ENDPOINT: a proxy or another server may be answering',
  });
}

/** Bytes that went over the network. */
async function fetchBlob(
  blob: string,
  file: HubEntry,
  params: DownloadParams,
  settings: HubSettings,
  options: DownloadOptions,
): Promise<number> {
  const part = `${blob}.incomplete`;
  const address = addressOf(file, params, settings);
  const hubFetch = createHubFetch({
    ...settings,
    ...options,
    expected: { etag: file.etag, bytes: file.bytes },
  });
  for (let attempt = 0; ; attempt++) {
    const resumed = await fetchRest(part, file, { address, hubFetch, blockBytes: options.blockBytes });
    if (await hasHash(part, file)) {
      await publish(part, blob, file);
      return file.bytes - resumed;
    }
    await rm(part, { force: true });
    // What an earlier try left may have been damaged; what came whole in this one was damaged on the way.
    if (resumed > 0 && attempt === 0) continue;
    throw new FatalError(`${params.repo.name}/${file.path}: the bytes are not those that its hash names`, {
      code: 'hub-hash-mismatch',
      hint: 'run the same command again; a proxy that changes files may stand in between',
    });
  }
}

/** Another process may have fetched and published the same file. */
async function publish(part: string, blob: string, file: HubEntry): Promise<void> {
  await rename(part, blob).catch(async (error: unknown) => {
    if (!(await hasBytes(blob, file.bytes))) throw error;
  });
}

function addressOf(
  { path }: HubEntry,
  { repo, revision }: DownloadParams,
  { endpoint }: HubSettings,
): string {
  const prefix = repo.type === 'dataset' ? 'datasets/' : '';
  return `${endpoint}/${prefix}${repo.name}/resolve/${revision}/${path.split('/').map(encodeURIComponent).join('/')}`;
}

/** Appends what `part` lacks, block by block; returns the bytes that were there before. */
async function fetchRest(
  part: string,
  file: HubEntry,
  from: {
    readonly address: string;
    readonly hubFetch: typeof fetch;
    readonly blockBytes: number | undefined;
  },
): Promise<number> {
  await mkdir(dirname(part), { recursive: true });
  const handle = await open(part, 'a+');
  try {
    const there = await usableBytes(handle, file.bytes);
    const blockBytes = from.blockBytes ?? defaultBlockBytes;
    for (let start = there; start < file.bytes; start += blockBytes) {
      const end = Math.min(start + blockBytes, file.bytes);
      const reply = await from.hubFetch(from.address, { headers: { range: `bytes=${start}-${end - 1}` } });
      await handle.appendFile(Buffer.from(await reply.arrayBuffer()));
    }
    await handle.sync();
    return there;
  } finally {
    await handle.close();
  }
}

async function usableBytes(handle: FileHandle, bytes: number): Promise<number> {
  const { size } = await handle.stat();
  if (size <= bytes) return size;
  await handle.truncate(0);
  return 0;
}

/** Large files are named by their sha256, the others by git's object id. */
async function hasHash(path: string, { etag, bytes }: HubEntry): Promise<boolean> {
  const hash = etag.length === 64 ? createHash('sha256') : createHash('sha1').update(`blob ${bytes}\0`);
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex') === etag;
}

async function hasBytes(path: string, bytes: number): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile() && found.size === bytes,
    () => false,
  );
}

/** A link where the system has them, else a copy, as Python does it. */
async function linkBlob(blob: string, path: string, file: HubEntry): Promise<void> {
  if (await hasBytes(path, file.bytes)) return;
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}${temporaryMark}${process.pid}`;
  await rm(temporary, { force: true });
  await symlink(relative(dirname(path), blob), temporary).catch(() => copyFile(blob, temporary));
  await rename(temporary, path);
}
