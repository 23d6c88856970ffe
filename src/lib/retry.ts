import { setTimeout as sleepFor } from 'node:timers/promises';

import { FatalError, RetryableError } from '../core/errors.ts';

export interface RetryOptions {
  /** Tries in all, the first included. */
  readonly attempts: number;
  /** The first pause is drawn from [0, baseMs), the next from [0, 2 × baseMs) … */
  readonly baseMs: number;
  readonly maxMs: number;
  /** Uniform in [0, 1); only spreads pauses, never reaches anything written. */
  readonly random: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Before a pause; what the other side asked for may be an hour, and a person wants to know why nothing happens. */
  readonly onPause?: (ms: number, error: RetryableError) => void;
  readonly signal?: AbortSignal;
}

/** Six tries within about 30 s. */
const defaultRetry: RetryOptions = {
  attempts: 6,
  baseMs: 500,
  maxMs: 30_000,
  random: Math.random,
  sleep: (ms, signal) => sleepFor(ms, undefined, { signal }),
};

/**
 * Runs `task` again while it throws `RetryableError`, with full-jitter exponential pauses (Brooker, "Exponential Backoff
 * And Jitter", AWS 2015). A pause is never shorter than the error's `retryAfterMs`, up to one hour. After the last try
 * throws a `FatalError` with the same code. Every other error passes through at once.
 */
export async function retry<T>(
  task: (attempt: number) => Promise<T>,
  options: Partial<RetryOptions> = {},
): Promise<T> {
  const { attempts, baseMs, maxMs, random, sleep, onPause, signal } = { ...defaultRetry, ...options };
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await task(attempt);
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error;
      if (attempt >= attempts) throw giveUp(error, attempts);
      const jitterMs = random() * Math.min(maxMs, baseMs * 2 ** (attempt - 1));
      const askedMs = Math.min(error.retryAfterMs ?? 0, longestAskedMs);
      const pauseMs = Math.max(jitterMs, askedMs);
      onPause?.(pauseMs, error);
      await sleep(pauseMs, signal);
    }
  }
}

const longestAskedMs = 3_600_000;

function giveUp(error: RetryableError, attempts: number): FatalError {
  return new FatalError(`${error.message} (gave up after ${attempts} tries)`, {
    code: error.code,
    hint: error.hint ?? 'run the same command again later; it resumes',
    cause: error,
  });
}
