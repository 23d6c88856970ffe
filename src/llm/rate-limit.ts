/** What tells the time and waits; a clock that never goes back, in milliseconds. */
export interface LimitClock {
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** Holds requests back so that no minute has more than is allowed. First come, first served. */
export interface RateLimit {
  /** Waits until `amount` fits into the last minute; more than a whole minute's worth waits for an empty one. */
  take(amount: number, signal?: AbortSignal): Promise<void>;
}

/**
 * At most `perMinute` in any 60 seconds (a sliding window, not a bucket that may be emptied twice in one minute).
 * Memory: one entry for each taking of the last minute.
 */
export function createRateLimit(perMinute: number, clock: LimitClock): RateLimit {
  const taken: { readonly at: number; readonly amount: number }[] = [];
  let sum = 0;
  let queue = Promise.resolve();
  const forget = (): void => {
    while (taken[0] && taken[0].at <= clock.now() - windowMs) sum -= taken.shift()?.amount ?? 0;
  };
  const wait = async (amount: number, signal?: AbortSignal): Promise<void> => {
    for (;;) {
      signal?.throwIfAborted();
      forget();
      if (sum + amount <= perMinute || taken[0] === undefined) break;
      await clock.sleep(taken[0].at + windowMs - clock.now(), signal);
    }
    taken.push({ at: clock.now(), amount });
    sum += amount;
  };
  return {
    take(amount, signal) {
      const turn = queue.then(() => wait(amount, signal));
      queue = turn.catch(() => undefined);
      return turn;
    },
  };
}

const windowMs = 60_000;
