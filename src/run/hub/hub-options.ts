import type { HubOptions } from '../../hub/read-repo.ts';
import { formatSeconds } from '../../report/format.ts';
import type { RunContext } from '../context.ts';
import type { RunEffects } from '../run.ts';

/** Shorter pauses are over before anybody wonders. */
const longPauseMs = 10_000;

/** What a run hands to the client of the Hub: a long pause that the Hub asks for is told before it begins. */
export function hubOptions(
  { environment, signal }: Pick<RunEffects, 'environment' | 'signal'>,
  { warn }: Pick<RunContext, 'warn'>,
): Pick<HubOptions, 'environment' | 'signal' | 'retry'> {
  return {
    environment,
    signal,
    retry: {
      onPause(ms, error) {
        if (ms < longPauseMs) return;
        warn('hub-pause', `the Hub asks to wait ${formatSeconds(ms / 1000)} (${error.message})`);
      },
    },
  };
}
