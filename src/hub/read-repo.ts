import { datasetInfo, listFiles } from '@huggingface/hub';

import { ConfigError, describeSystemError, FatalError, TagDatasetsError } from '../core/errors.ts';
import type { RetryOptions } from '../lib/retry.ts';

import type { HubEntry } from './choose-files.ts';
import type { Environment, HubSettings } from './environment.ts';

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

export async function readInfo(
  repo: string,
  revision: string,
  settings: HubSettings,
  hubFetch: typeof fetch,
): Promise<{ revision: string; license: string | null; gated: boolean; isPrivate: boolean }> {
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
  return {
    revision: info.sha,
    license,
    gated: info.gated !== false && info.gated !== undefined,
    isPrivate: info.private,
  };
}

export async function readTree(
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
