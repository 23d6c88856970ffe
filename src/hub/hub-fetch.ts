import { FatalError, InterruptedError, RetryableError } from '../core/errors.ts';
import { retry, type RetryOptions } from '../lib/retry.ts';

import { checkBody, checkRange, plainEtag, requestedRange } from './check-reply.ts';
import { failureOfStatus, withoutQuery } from './failure.ts';

export interface HubFetchOptions {
  /** Base address of the Hub; only its origin is ever sent the token. */
  readonly endpoint: string;
  readonly token: string | null;
  readonly fetch?: typeof fetch;
  readonly retry?: Partial<RetryOptions>;
  readonly signal?: AbortSignal;
  /** The one file that this fetch reads, as it was when listed; any other length or ETag is an error. */
  readonly expected?: { readonly etag: string; readonly bytes: number };
  /** Milliseconds since the epoch, for `Retry-After` dates when the reply carries no `Date`. */
  readonly now?: () => number;
}

/**
 * A `fetch` for the calls of @huggingface/hub, which retry nothing and check no reply. Retries 408, 425, 429, 5xx and
 * network failures (also in the middle of a body); honours `Retry-After`; follows redirects itself so that the token
 * goes to the endpoint's origin only. Replies to Range requests are read whole and checked before anyone sees them:
 * FatalError `range-ignored`, `short-body`, `etag-changed`; InterruptedError when the signal fires. 401 and 403 become ConfigError `hub-gated`
 * or `hub-token-refused`, 404 `hub-not-found`, other statuses FatalError `hub-status`. Holds the body of a Range, API or expected-file reply.
 */
export function createHubFetch(options: HubFetchOptions): typeof fetch {
  const memory: Memory = { cdnEtag: undefined };
  return async (input, init) => {
    const request = new Request(input, { ...init, body: null });
    const signal = joinSignals(options.signal, init?.signal ?? undefined);
    try {
      return await retry(() => tryOnce({ request, init, signal, options, memory }), {
        ...options.retry,
        signal,
      });
    } catch (error) {
      if (!signal?.aborted) throw error;
      throw new InterruptedError('stopped while reading from the Hub', { code: 'interrupted' });
    }
  };
}

/** ETag of the redirect's target, which differs from the Hub's own; must stay the same while the file is read. */
interface Memory {
  cdnEtag: string | undefined;
}

interface Attempt {
  readonly request: Request;
  readonly init: RequestInit | undefined;
  readonly signal: AbortSignal | undefined;
  readonly options: HubFetchOptions;
  readonly memory: Memory;
}

async function tryOnce(attempt: Attempt): Promise<Response> {
  const { request, options, signal } = attempt;
  try {
    return await follow(attempt);
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof TypeError) && !isBrokenBody(error)) throw error;
    const message = `${withoutQuery(request.url)}: the connection failed (${networkCause(error)})`;
    const hint = `check the connection to ${options.endpoint}; run the same command again, it resumes`;
    // Whether a commit took effect is not known: whoever sent it looks.
    if (!isRepeatable(request)) throw new FatalError(message, { code: 'hub-network', hint });
    throw new RetryableError(message, { code: 'hub-network', hint });
  }
}

async function follow(attempt: Attempt): Promise<Response> {
  const { request, options } = attempt;
  const home = new URL(options.endpoint).origin;
  let url = new URL(request.url);
  for (let hop = 0; hop <= redirectsMax; hop++) {
    const reply = await send(attempt, url, url.origin === home);
    if (url.origin === home) checkLinkedEtag(reply, url, options);
    const next = reply.status >= 300 && reply.status < 400 ? reply.headers.get('location') : null;
    if (next === null) return await finish(attempt, reply, url, url.origin === home);
    await reply.body?.cancel();
    url = new URL(next, url);
  }
  throw new FatalError(`${withoutQuery(request.url)}: more than ${redirectsMax} redirects`, {
    code: 'hub-status',
  });
}

const redirectsMax = 5;

function send({ request, init, options, signal }: Attempt, url: URL, isHome: boolean): Promise<Response> {
  const headers = new Headers(request.headers);
  headers.delete('authorization');
  if (isHome && options.token !== null) headers.set('authorization', `Bearer ${options.token}`);
  // A compressed reply has another length and another ETag than the file.
  if (headers.has('range') || options.expected) headers.set('accept-encoding', 'identity');
  return (options.fetch ?? fetch)(url, {
    ...init,
    method: request.method,
    headers,
    redirect: 'manual',
    signal,
  });
}

function checkLinkedEtag(reply: Response, url: URL, { expected }: HubFetchOptions): void {
  if (!expected || reply.status >= 400) return;
  const own = reply.ok ? reply.headers.get('etag') : null;
  const etag = plainEtag(reply.headers.get('x-linked-etag') ?? own);
  if (etag !== undefined && etag !== plainEtag(expected.etag)) throw changed(url, expected.etag, etag);
}

function changed(url: URL, before: string, after: string): FatalError {
  return new FatalError(
    `${withoutQuery(url)}: the file changed while it was read (ETag ${before}, now ${after})`,
    {
      code: 'etag-changed',
      hint: 'run again with --fresh to list the dataset anew',
    },
  );
}

async function finish(attempt: Attempt, reply: Response, url: URL, isHome: boolean): Promise<Response> {
  const { request, options, memory } = attempt;
  if (!reply.ok) {
    await reply.body?.cancel();
    throw failureOfStatus(reply, {
      url,
      original: request.url,
      isHome,
      isWrite: isWrite(request),
      isRepeatable: isRepeatable(request),
      options,
    });
  }
  if (!isHome && options.expected) {
    const etag = plainEtag(reply.headers.get('etag'));
    if (memory.cdnEtag !== undefined && etag !== memory.cdnEtag) {
      throw changed(url, memory.cdnEtag, etag ?? 'none');
    }
    memory.cdnEtag = etag;
  }
  const range = requestedRange(request.headers);
  // The Hub answers a probe for a Xet file with a description of it instead of bytes.
  const isXetDescription = reply.headers.get('content-type')?.includes('xet-fileinfo+json') === true;
  if (range && !isXetDescription) {
    const length = checkRange(reply, range, { url, bytes: options.expected?.bytes });
    return rebuilt(reply, checkBody(await reply.arrayBuffer(), length, url));
  }
  if (options.expected)
    return rebuilt(reply, checkBody(await reply.arrayBuffer(), options.expected.bytes, url));
  return url.pathname.includes('/api/') ? rebuilt(reply, await reply.arrayBuffer()) : reply;
}

function rebuilt(reply: Response, body: ArrayBuffer): Response {
  return new Response(body, { status: reply.status, headers: reply.headers });
}

/** Everything but what makes a commit or a repository: uploads are named by their content, the other POSTs read. */
function isRepeatable(request: Request): boolean {
  const { pathname } = new URL(request.url);
  return request.method !== 'POST' || /\/(paths-info|preupload)(\/|$)|\/objects\/batch$/.test(pathname);
}

/** Uploads, commits, new repositories. */
function isWrite(request: Request): boolean {
  return (
    request.method !== 'GET' &&
    request.method !== 'HEAD' &&
    !/\/paths-info(\/|$)/.test(new URL(request.url).pathname)
  );
}

/** undici's own errors on a socket closed in the middle of a body carry a code that begins so. */
function isBrokenBody(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('UND_ERR');
}

function networkCause(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return 'network error';
}

function joinSignals(first?: AbortSignal, second?: AbortSignal): AbortSignal | undefined {
  if (first && second) return AbortSignal.any([first, second]);
  return first ?? second;
}
