import { homedir } from 'node:os';
import { join } from 'node:path';

import { ConfigError } from '../core/errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface HubSettings {
  /** Base address without a slash at its end. */
  readonly endpoint: string;
  readonly token: string | null;
  /** Root of the download cache that `snapshotDownload` and Python's huggingface_hub share. */
  readonly cacheFolder: string;
  readonly isOffline: boolean;
}

/**
 * What HF_ENDPOINT, HF_TOKEN, HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME and HF_HUB_OFFLINE say; the library itself reads
 * neither of the first two. Throws ConfigError `hub-token-invalid`, `hub-endpoint-invalid`; the token is never printed.
 */
export function readHubEnvironment(environment: Environment): HubSettings {
  return {
    endpoint: readEndpoint(environment.HF_ENDPOINT),
    token: readToken(environment.HF_TOKEN),
    cacheFolder: readCacheFolder(environment),
    isOffline: environment.HF_HUB_OFFLINE === '1',
  };
}

const defaultEndpoint = 'https://huggingface.co';

function readEndpoint(value: string | undefined): string {
  if (!value) return defaultEndpoint;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isUsable = url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search;
  if (!isUsable) {
    throw new ConfigError('HF_ENDPOINT is not an http(s) address without user name and query', {
      code: 'hub-endpoint-invalid',
      hint: `unset it to use ${defaultEndpoint}`,
    });
  }
  return value.replace(/\/+$/, '');
}

function readToken(value: string | undefined): string | null {
  const token = value?.trim();
  if (!token) return null;
  if (!/^hf_[\w-]+$/.test(token)) {
    throw new ConfigError('HF_TOKEN is no Hugging Face token: it must begin with "hf_"', {
      code: 'hub-token-invalid',
      hint: 'make one under Settings, Access Tokens, or unset HF_TOKEN for public datasets',
    });
  }
  return token;
}

function readCacheFolder(environment: Environment): string {
  const named = environment.HF_HUB_CACHE ?? environment.HUGGINGFACE_HUB_CACHE;
  if (named) return named;
  const cacheHome = environment.XDG_CACHE_HOME ?? join(environment.HOME ?? homedir(), '.cache');
  return join(environment.HF_HOME ?? join(cacheHome, 'huggingface'), 'hub');
}
