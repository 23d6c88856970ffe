import { downloadFile } from '@huggingface/hub';

import type { ByteSource } from '../core/byte-source.ts';
import { ConfigError, FatalError } from '../core/errors.ts';
import type { HubLocation } from '../core/unit.ts';

import { isCached, openCachedBytes } from './cache.ts';
import { readHubEnvironment } from './environment.ts';
import { createHubFetch } from './hub-fetch.ts';
import type { HubOptions } from './read-repo.ts';

/**
 * Reads one Hub file from the cache where it lies there whole, else by ranges, never copying it to disk; the environment (default: the process's) names token and
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
  if (settings.isOffline || (await isCached(location, bytes, settings))) {
    return openCachedBytes(location, bytes, settings);
  }
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
