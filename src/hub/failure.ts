import { ConfigError, FatalError, RetryableError, type TagDatasetsError } from '../core/errors.ts';
import { readRetryAfter } from '../lib/retry-after.ts';

/** Address for messages: query (signatures) and credentials never show. */
export function withoutQuery(address: string | URL): string {
  const url = new URL(address);
  return `${url.origin}${url.pathname}`;
}

/** What a reply with a failure status means for the run. Reads headers only: a body might repeat what was sent. */
export function failureOfStatus(
  reply: Response,
  where: {
    readonly url: URL;
    /** Address before redirects. */
    readonly original: string;
    readonly isHome: boolean;
    /** The request was to change something. */
    readonly isWrite: boolean;
    /** May be sent again although it may have taken effect. */
    readonly isRepeatable: boolean;
    readonly options: {
      readonly endpoint: string;
      readonly token: string | null;
      readonly now?: () => number;
    };
  },
): TagDatasetsError {
  const { status } = reply;
  const message = `${withoutQuery(where.url)}: status ${status}`;
  const isBusy = status === 408 || status === 425 || status >= 500;
  if (status === 429 || (isBusy && where.isRepeatable)) {
    const retryAfterMs = readRetryAfter(reply.headers, where.options.now ?? Date.now);
    return new RetryableError(message, { code: 'hub-status', retryAfterMs });
  }
  // The signed address of the redirect ran out; asking the Hub again gives a new one.
  if (!where.isHome && (status === 401 || status === 403)) {
    return new RetryableError(message, { code: 'hub-status' });
  }
  if (status === 401 && reply.headers.get('x-error-message') === unknownToken) {
    return tokenRefused(where.options.endpoint);
  }
  const cause = reply.headers.get('x-error-code');
  if (where.isWrite && (status === 401 || status === 403)) return forbidden(where.original, where.options);
  if (status === 401 && cause === 'RepoNotFound') return notFoundOrPrivate(where.original, where.options);
  if (status === 401 || status === 403) return gated(where.original, where.options, cause === 'GatedRepo');
  if (status === 404) return notFound(where.original, where.options.endpoint);
  if (where.isWrite && (status === 409 || status === 412)) return conflict(where.original);
  return new FatalError(message, { code: 'hub-status' });
}

/** What the Hub says of a token that it does not know; `hf_raise_for_status` of huggingface_hub goes by the same words. */
const unknownToken = 'Invalid credentials in Authorization header';

function tokenRefused(endpoint: string): ConfigError {
  return new ConfigError(`${endpoint} refused HF_TOKEN: it is expired, revoked or mistyped`, {
    code: 'hub-token-refused',
    hint: 'make a new one under Settings, Access Tokens, or unset HF_TOKEN for public datasets',
  });
}

function forbidden(address: string, { token }: { token: string | null }): ConfigError {
  const { repo } = readPlace(address);
  const place = repo === undefined ? 'create this repository' : `write to ${repo}`;
  return new ConfigError(`HF_TOKEN may not ${place}`, {
    code: 'hub-forbidden',
    hint:
      token === null
        ? 'HF_TOKEN is not set'
        : 'make a token with write access under Settings, Access Tokens, and check the owner in the name',
  });
}

function conflict(address: string): FatalError {
  const { repo } = readPlace(address);
  return new FatalError(`${repo ?? 'the repository'} was changed or made by somebody else in the meantime`, {
    code: 'hub-conflict',
    hint: 'nothing was changed; run the same command again',
  });
}

function notFoundOrPrivate(
  address: string,
  { endpoint, token }: { endpoint: string; token: string | null },
): ConfigError {
  return new ConfigError(`${readPlace(address).repo} does not exist on ${endpoint}, or it is private`, {
    code: 'hub-not-found',
    hint: token === null ? 'check the name; set HF_TOKEN if it is private' : 'check the name and HF_TOKEN',
  });
}

function gated(
  address: string,
  options: { endpoint: string; token: string | null },
  isCertain: boolean,
): ConfigError {
  const place = readPlace(address);
  const terms = `${options.endpoint}/${place.page}`;
  const what = isCertain ? 'gated' : 'gated or private';
  return new ConfigError(`${place.repo} is ${what}: accept its terms at ${terms} and set HF_TOKEN`, {
    code: 'hub-gated',
    hint:
      options.token === null
        ? 'HF_TOKEN is not set; check the name too, the Hub answers the same for a repository that does not exist'
        : 'HF_TOKEN is set, but its owner may not read this repository; check the name and the rights of the token',
  });
}

function notFound(address: string, endpoint: string): ConfigError {
  const place = readPlace(address);
  const revision = place.revision === undefined ? '' : ` at revision ${place.revision}`;
  const what =
    place.path === undefined ? `${place.repo}${revision}` : `${place.path} in ${place.repo}${revision}`;
  return new ConfigError(`${what} does not exist on ${endpoint}`, {
    code: 'hub-not-found',
    hint: 'check the spelling of owner, name, revision and file',
  });
}

interface Place {
  readonly repo: string | undefined;
  readonly page: string;
  readonly revision: string | undefined;
  readonly path: string | undefined;
}

/** Repository, revision and file of a Hub address. */
function readPlace(address: string): Place {
  const path = new URL(address).pathname;
  if (path.endsWith('/api/repos/create')) {
    return { repo: undefined, page: '', revision: undefined, path: undefined };
  }
  const lfs = /\/(datasets)\/(.+?)\.git\/info\/lfs\//.exec(path)?.[2];
  if (lfs !== undefined) return { repo: lfs, page: `datasets/${lfs}`, revision: undefined, path: undefined };
  const match =
    /(?:\/api)?\/(datasets|models)\/(.+?)\/(?:tree|revision|paths-info|resolve|raw|preupload|commit)\/([^/]+)(?:\/(.+))?$/.exec(
      path,
    ) ?? /()\/([^/]+\/[^/]+)\/(?:resolve|raw)\/([^/]+)(?:\/(.+))?$/.exec(path);
  if (!match?.[2]) return { repo: path.slice(1), page: '', revision: undefined, path: undefined };
  const [, kind, repo, revision, file] = match;
  return {
    repo,
    page: kind === 'datasets' ? `datasets/${repo}` : repo,
    revision: revision === undefined ? undefined : decodeURIComponent(revision),
    path: file === undefined ? undefined : decodeURIComponent(file),
  };
}
