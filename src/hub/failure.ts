import { ConfigError, FatalError, RetryableError, type TagDatasetsError } from '../core/errors.ts';

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
    readonly options: {
      readonly endpoint: string;
      readonly token: string | null;
      readonly now?: () => number;
    };
  },
): TagDatasetsError {
  const { status } = reply;
  const message = `${withoutQuery(where.url)}: status ${status}`;
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const retryAfterMs = readRetryAfter(reply.headers, where.options.now ?? Date.now);
    return new RetryableError(message, { code: 'hub-status', retryAfterMs });
  }
  // The signed address of the redirect ran out; asking the Hub again gives a new one.
  if (!where.isHome && (status === 401 || status === 403)) {
    return new RetryableError(message, { code: 'hub-status' });
  }
  if (status === 401 || status === 403) return gated(where.original, where.options);
  if (status === 404) return notFound(where.original, where.options.endpoint);
  return new FatalError(message, { code: 'hub-status' });
}

/** Milliseconds to wait: seconds, or a date measured against the reply's own clock where it has one. */
function readRetryAfter(headers: Headers, now: () => number): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (!value) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  if (Number.isNaN(date)) return undefined;
  const serverNow = Date.parse(headers.get('date') ?? '');
  return Math.max(0, date - (Number.isNaN(serverNow) ? now() : serverNow));
}

function gated(address: string, options: { endpoint: string; token: string | null }): ConfigError {
  const place = readPlace(address);
  const terms = `${options.endpoint}/${place.page}`;
  return new ConfigError(`${place.repo} is gated or private: accept its terms at ${terms} and set HF_TOKEN`, {
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
  readonly repo: string;
  readonly page: string;
  readonly revision: string | undefined;
  readonly path: string | undefined;
}

/** Repository, revision and file of a Hub address. */
function readPlace(address: string): Place {
  const path = new URL(address).pathname;
  const match =
    /(?:\/api)?\/(datasets|models)\/(.+?)\/(?:tree|revision|paths-info|resolve|raw)\/([^/]+)(?:\/(.+))?$/.exec(
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
