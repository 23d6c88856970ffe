import { datasetInfo, listFiles, modelInfo } from '@huggingface/hub';

import { ConfigError, describeSystemError, FatalError, TagDatasetsError } from '../core/errors.ts';
import type { RetryOptions } from '../lib/retry.ts';

import type { HubEntry } from './choose-files.ts';
import type { Environment, HubSettings } from './environment.ts';

export interface RepoName {
  readonly type: 'dataset' | 'model';
  /** owner/name */
  readonly name: string;
}

export interface RepoInfo {
  /** Commit sha. */
  readonly revision: string;
  /** As the card says it; null where it says nothing. */
  readonly license: string | null;
  readonly gated: boolean;
  readonly isPrivate: boolean;
}

export interface HubOptions {
  readonly environment: Environment;
  readonly fetch?: typeof fetch;
  readonly signal?: AbortSignal;
  readonly retry?: Partial<RetryOptions>;
}

export function checkRepoName(repo: string): void {
  if (/^[\w.-]+(\/[\w.-]+)?$/.test(repo)) return;
  throw new ConfigError(`"${repo}" is no name of a Hub dataset`, {
    code: 'hub-repo-invalid',
    hint: 'write it as owner/name, without https:// and without datasets/',
  });
}

/** The commit that a revision stands for, and what may be done with it. */
export async function readInfo(
  repo: RepoName,
  revision: string,
  settings: HubSettings,
  hubFetch: typeof fetch,
): Promise<RepoInfo> {
  const where = `${repo.name} at revision ${revision}`;
  const params = { name: repo.name, revision, hubUrl: settings.endpoint, fetch: hubFetch };
  const info = await readable(where, () =>
    repo.type === 'dataset'
      ? datasetInfo({ ...params, additionalFields: ['sha', 'tags'] })
      : modelInfo({ ...params, additionalFields: ['sha', 'tags'] }),
  );
  if (typeof info.sha !== 'string' || !/^[0-9a-f]{7,64}$/.test(info.sha)) {
    throw new FatalError(`${where}: the Hub named no commit`, {
      code: 'hub-bad-reply',
    });
  }
  const license = info.tags?.find((tag) => tag.startsWith('license:'))?.slice('license:'.length) ?? null;
  return {
    revision: info.sha,
    license,
    gated: info.gated !== false && info.gated !== undefined,
    isPrivate: info.private,
  };
}

/** Every file of a commit, with the ETag that its bytes will have. */
export async function readTree(
  repo: RepoName,
  revision: string,
  settings: HubSettings,
  hubFetch: typeof fetch,
): Promise<HubEntry[]> {
  return readable(`${repo.name} at revision ${revision}`, async () => {
    const entries: HubEntry[] = [];
    for await (const entry of listFiles({
      repo,
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
export async function readable<T>(what: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof TagDatasetsError || describeSystemError(error)) throw error;
    if (error instanceof Error && error.name === 'AbortError') throw error;
    throw new FatalError(`${what}: the reply is not what the Hub API promises`, {
      code: 'hub-bad-reply',
      hint: 'check HF_ENDPOINT: a proxy or another server may be answering',
    });
  }
}
