import { APIConnectionError, APIError, APIUserAbortError } from 'openai';
import { z } from 'zod';

import { ConfigError, FatalError, RetryableError, TagDatasetsError } from '../core/errors.ts';
import { readRetryAfter } from '../lib/retry-after.ts';

interface Where {
  readonly baseUrl: string;
  readonly key: string | null;
  readonly model: string;
  readonly timeoutMs: number;
}

/** 400 and 422: the request, as it was put, is not wanted; put another way it may be. */
export function isRefusedRequest(error: unknown): error is APIError {
  return error instanceof APIError && (error.status === 400 || error.status === 422);
}

/** What an error of the client means for the run. The key never shows, even where the endpoint repeats it. */
export function failureOf(error: unknown, where: Where): TagDatasetsError {
  if (error instanceof TagDatasetsError) return error;
  const { baseUrl } = where;
  if (error instanceof APIUserAbortError || isNamed(error, 'TimeoutError', 'AbortError')) {
    return new RetryableError(`${baseUrl}: no answer within ${where.timeoutMs / 1000} s`, {
      code: 'llm-timeout',
      hint: 'raise timeout_seconds in the profile, or lower --concurrency',
    });
  }
  if (error instanceof APIConnectionError) return connectionFailure(error, baseUrl);
  if (error instanceof APIError && error.status !== undefined)
    return statusFailure(error, error.status, where);
  // The client gives body errors as they are: TypeError `terminated`, SyntaxError of half a JSON.
  if (error instanceof TypeError || error instanceof SyntaxError) {
    return new RetryableError(`${baseUrl}: the answer was cut off`, { code: 'llm-cut-off' });
  }
  return new FatalError(
    `${baseUrl}: ${safe(error instanceof Error ? error.message : String(error), where)}`,
    {
      code: 'llm-failed',
      cause: error,
    },
  );
}

const errorSchema = z.object({ error: z.union([z.string(), z.object({ message: z.string() })]) });

/** What a reply with status 200 says went wrong behind the endpoint; null where it says nothing. */
export function errorInReply(reply: unknown, where: Where): RetryableError | null {
  const { data } = errorSchema.safeParse(reply);
  if (!data) return null;
  const message = typeof data.error === 'string' ? data.error : data.error.message;
  return new RetryableError(`${where.baseUrl}: ${safe(message, where)}`, { code: 'llm-reply-error' });
}

function connectionFailure(error: APIConnectionError, baseUrl: string): RetryableError {
  const code = causeCode(error);
  const isGone =
    code !== undefined && /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/.test(code);
  return isGone
    ? new RetryableError(`${baseUrl}: nobody answers there (${code})`, {
        code: 'llm-connection',
        hint: 'check --base-url, and that the server runs; then run the same command again',
      })
    : new RetryableError(`${baseUrl}: the connection broke (${code ?? 'network error'})`, {
        code: 'llm-cut-off',
      });
}

function statusFailure(error: APIError, status: number, where: Where): TagDatasetsError {
  const message = `${where.baseUrl}: ${safe(error.message, where)}`;
  if (status === 401) {
    return new ConfigError(
      `${where.baseUrl}: the key was refused (401)${where.key === null ? '; none was sent' : ''}`,
      {
        code: 'llm-key-refused',
        hint: 'set the environment variable that the profile names as key_env to a valid key; the same command then goes on',
      },
    );
  }
  if (status === 403)
    return new FatalError(message, { code: 'llm-forbidden', hint: 'the key may not use this model' });
  if (status === 404) {
    return new ConfigError(
      `${where.baseUrl}: neither this address nor the model "${where.model}" is known there (404)`,
      {
        code: 'llm-not-found',
        hint: 'check --base-url (it usually ends with /v1) and --model',
      },
    );
  }
  if (status === 429 && /insufficient_quota/.test(`${error.code ?? ''} ${error.type ?? ''}`)) {
    return new FatalError(message, {
      code: 'llm-quota',
      hint: 'the account has no credit left; the same command goes on later',
    });
  }
  if (status === 408 || status === 409 || status === 425 || status === 429 || status >= 500) {
    const retryAfterMs = error.headers ? readRetryAfter(error.headers, Date.now) : undefined;
    return new RetryableError(message, { code: `llm-http-${status}`, retryAfterMs });
  }
  return new FatalError(message, { code: `llm-http-${status}` });
}

/** One line, without the key and anything that looks like one (OpenAI repeats the middle of a wrong key as asterisks). */
function safe(message: string, { key }: Where): string {
  const bare = key === null || key === '' ? message : message.replaceAll(key, '[key]');
  const line = bare
    .replaceAll(/\bsk-[\w*.-]{4,}/g, '[key]')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

function causeCode(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
  }
  return undefined;
}

function isNamed(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}
