import { datasetInfo, downloadFile, listFiles } from '@huggingface/hub';

import { ConfigError, FatalError, TagDatasetsError } from '../core/errors.ts';
import type { HubLocation } from '../core/unit.ts';
import type { RetryOptions } from '../lib/retry.ts';

import type { ByteSource } from './byte-source.ts';
import { chooseHubFiles, type HubEntry, type HubListing } from './hub-choose-files.ts';
import { listCachedFiles, openCachedBytes } from './hub-cache.ts';
import { type Environment, type HubSettings, readHubEnvironment } from './hub-environment.ts';
import { createHubFetch } from './range-fetch.ts';

export interface HubOptions {
  readonly environment: Environment;
  readonly fetch?: typeof fetch;
  readonly signal?: AbortSignal;
  readonly retry?: Partial<RetryOptions>;
}

/**
 * The data files of a Hub dataset (Parquet, JSONL, JSON, CSV, TSV, plain, .gz or .zst) at one commit. Nothing is
 * downloaded. With HF_HUB_OFFLINE=1 only the local cache is read. Throws ConfigError `hub-gated`, `hub-not-found`,
 * `hub-no-data-files`, `hub-offline-missing`, `hub-repo-invalid`, `hub-token-invalid`; FatalError after the last retry.
 */
export async function listHubFiles(
  params: {
    readonly source: string;
    readonly repo: string;
    readonly revision?: string;
    /** Globs inside the repository; default: every data file. */
    readonly paths?: readonly string[];
  },
  options: HubOptions,
): Promise<HubListing> {
  checkRepoName(params.repo);
  const settings = readHubEnvironment(options.environment);
  if (settings.isOffline) return listCachedFiles(params, settings);
  const hubFetch = createHubFetch({ ...settings, ...options });
  const info = await readInfo(params.repo, params.revision ?? 'main', settings, hubFetch);
  const entries = await readTree(params.repo, info.revision, settings, hubFetch);
  const chosen = chooseHubFiles(entries, params.paths);
  if (chosen.files.length === 0) throw await noDataFiles(params, entries, settings, hubFetch);
  const files = chosen.files.map(({ path, bytes, etag }) => ({
    source: params.source,
    name: path,
    location: {
      kind: 'hub' as const,
      repo: params.repo,
      revision: info.revision,
      path,
      etag,
      endpoint: settings.endpoint,
    },
    bytes,
  }));
  return { ...info, files, ignored: chosen.ignored };
}

function checkRepoName(repo: string): void {
  if (/^[\w.-]+(\/[\w.-]+)?$/.test(repo)) return;
  throw new ConfigError(`"${repo}" is no name of a Hub dataset`, {
    code: 'hub-repo-invalid',
    hint: 'write it as owner/name, without https:// and without datasets/',
  });
}

async function readInfo(
  repo: string,
  revision: string,
  settings: HubSettings,
  hubFetch: typeof fetch,
): Promise<{ revision: string; license: string | null; gated: boolean }> {
  const info = await readable(`${repo} at revision ${revision}`, () =>
    datasetInfo({
      name: repo,
      revision,
      additionalFields: ['sha', 'tags'],
      hubUrl: settings.endpoint,
      fetch: hubFetch,
    }),
  );
  if (typeof info.sha !== 'string' || !/^[0-9a-f]{7,64}$/.test(info.sha)) {
    throw new FatalError(`${repo} at revision ${revision}: the Hub named no commit`, {
      code: 'hub-bad-reply',
    });
  }
  const license = info.tags?.find((tag) => tag.startsWith('license:'))?.slice('license:'.length) ?? null;
  return { revision: info.sha, license, gated: info.gated !== false && info.gated !== undefined };
}

async function readTree(
  repo: string,
  revision: string,
  settings: HubSettings,
  hubFetch: typeof fetch,
): Promise<HubEntry[]> {
  return readable(`${repo} at revision ${revision}`, async () => {
    const entries: HubEntry[] = [];
    const designation = { type: 'dataset', name: repo } as const;
    for await (const entry of listFiles({
      repo: designation,
      revision,
      recursive: true,
      hubUrl: settings.endpoint,
      fetch: hubFetch,
    })) {
      if (entry.type !== 'file') continue;
      // The ETag of a file is its LFS sha256, else its git object id.
      const etag = entry.lfs?.oid ?? entry.oid ?? entry.xetHash ?? '';
      entries.push({ path: entry.path, bytes: entry.lfs?.size ?? entry.size, etag });
    }
    return entries;
  });
}

/** A reply that is no JSON, or JSON of another form, in words. */
async function readable<T>(what: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof TagDatasetsError || (error instanceof Error && error.name === 'AbortError'))
      throw error;
    throw new FatalError(`${what}: the reply is not what the Hub API promises`, {
      code: 'hub-bad-reply',
      hint: 'check HF_ENDPOINT: a proxy or another server may be answering',
    });
  }
}

async function noDataFiles(
  params: { readonly repo: string; readonly paths?: readonly string[] },
  entries: readonly HubEntry[],
  settings: HubSettings,
  hubFetch: typeof fetch,
): Promise<ConfigError> {
  const names = entries.map(({ path }) => path);
  const shown = names.slice(0, 8).join(', ') + (names.length > 8 ? ` and ${names.length - 8} more` : '');
  const wanted = params.paths
    ? `no data file matches ${params.paths.join(', ')}`
    : 'no parquet, jsonl, json, csv or tsv file';
  const script = names.find((name) => name.endsWith('.py'));
  const scriptNote = script && !params.paths ? `; ${script} is a loading script, which is never run` : '';
  const hasCopy = !params.paths && (await hasParquetCopy(params.repo, settings, hubFetch));
  return new ConfigError(`${params.repo}: ${wanted}; found: ${shown || 'nothing'}${scriptNote}`, {
    code: 'hub-no-data-files',
    hint: hasCopy
      ? 'the Hub keeps a Parquet copy: set revision: refs/convert/parquet'
      : 'name the files with `paths`, or choose another repository or revision',
  });
}

async function hasParquetCopy(repo: string, settings: HubSettings, hubFetch: typeof fetch): Promise<boolean> {
  try {
    const { revision } = await readInfo(repo, 'refs/convert/parquet', settings, hubFetch);
    return (await readTree(repo, revision, settings, hubFetch)).some(({ path }) => path.endsWith('.parquet'));
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

/**
 * Reads one Hub file by ranges, never copying it to disk; the environment (default: the process's) names token and
 * cache. `read` throws FatalError `range-ignored`, `short-body`, `etag-changed`, `short-read`, or what `createHubFetch`
 * throws. Holds nothing between reads.
 */
export async function openHubBytes(
  location: HubLocation,
  bytes: number,
  options: Partial<HubOptions> = {},
): Promise<ByteSource> {
  const settings = readHubEnvironment({
    ...(options.environment ?? process.env),
    HF_ENDPOINT: location.endpoint,
  });
  if (settings.isOffline) return openCachedBytes(location, bytes, settings);
  const path = location.path.split('/').map(encodeURIComponent).join('/');
  const hubFetch = createHubFetch({ ...settings, ...options, expected: { etag: location.etag, bytes } });
  const blob = await downloadFile({
    repo: { type: 'dataset', name: location.repo },
    path,
    revision: location.revision,
    hubUrl: settings.endpoint,
    fetch: hubFetch,
    xet: false,
    // Known from the listing: saves the probe.
    downloadInfo: {
      size: bytes,
      etag: location.etag,
      url: `${settings.endpoint}/datasets/${location.repo}/resolve/${location.revision}/${path}`,
    },
  });
  if (!blob) throw new ConfigError(`${location.path} is not in ${location.repo}`, { code: 'hub-not-found' });
  return {
    bytes,
    async read(start, end) {
      if (start === end) return new Uint8Array(0);
      if (start < 0 || end > bytes || start > end) {
        throw new FatalError(
          `${location.repo}/${location.path}: bytes ${start}-${end} of ${bytes} do not exist`,
          {
            code: 'short-read',
          },
        );
      }
      return new Uint8Array(await blob.slice(start, end).arrayBuffer());
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
