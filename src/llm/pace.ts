import { setTimeout as sleepFor } from 'node:timers/promises';

import { createRateLimit, type LimitClock } from './rate-limit.ts';

export interface PaceOptions {
  /** null: no limit of ours; the endpoint's answers (429) still count. */
  readonly requestsPerMinute: number | null;
  /** Prompt and largest completion, estimated. */
  readonly tokensPerMinute: number | null;
  readonly clock: LimitClock;
}

/** When the next request may go out. */
export interface Pace {
  wait(tokens: number, signal?: AbortSignal): Promise<void>;
  /** The endpoint asked for a pause: nobody sends before it is over. */
  hold(ms: number): void;
}

/** Of this process; jumps of the wall clock do not reach it. */
export const systemClock: LimitClock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleepFor(ms, undefined, { signal }),
};

export function createPace({ requestsPerMinute, tokensPerMinute, clock }: PaceOptions): Pace {
  const requests = requestsPerMinute === null ? null : createRateLimit(requestsPerMinute, clock);
  const tokens = tokensPerMinute === null ? null : createRateLimit(tokensPerMinute, clock);
  let heldUntil = -Infinity;
  return {
    async wait(amount, signal) {
      await requests?.take(1, signal);
      await tokens?.take(amount, signal);
      for (let left = heldUntil - clock.now(); left > 0; left = heldUntil - clock.now()) {
        await clock.sleep(left, signal);
      }
    },
    hold(ms) {
      heldUntil = Math.max(heldUntil, clock.now() + Math.min(ms, longestHoldMs));
    },
  };
}

/** The same bound that lib/retry has. */
const longestHoldMs = 3_600_000;
