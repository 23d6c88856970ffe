import { describeSystemError, InterruptedError, TagDatasetsError } from '../../core/errors.ts';
import type { RunEvent } from '../../core/events.ts';

/** Does the work between a `run-start` and a `run-end` event; an error is recorded and passed on. */
export async function recordOutcome<Result>(
  {
    emit,
    start,
  }: {
    readonly emit: (event: RunEvent) => void;
    readonly start: Omit<Extract<RunEvent, { type: 'run-start' }>, 'type'>;
  },
  work: () => Promise<Result>,
): Promise<Result> {
  const started = performance.now();
  const ms = (): number => Math.round(performance.now() - started);
  try {
    emit({ type: 'run-start', ...start });
    const result = await work();
    emit({ type: 'run-end', outcome: 'finished', code: null, message: null, ms: ms() });
    return result;
  } catch (error) {
    try {
      emit({ type: 'run-end', ...describeFailure(error), ms: ms() });
    } catch {
      // The log itself cannot be written, as on a full disk; the first error is the one to tell.
    }
    throw error;
  }
}

function describeFailure(error: unknown): {
  outcome: 'failed' | 'interrupted';
  code: string;
  message: string;
} {
  const outcome = error instanceof InterruptedError ? 'interrupted' : 'failed';
  if (error instanceof TagDatasetsError) return { outcome, code: error.code, message: error.message };
  const system = describeSystemError(error);
  if (system) return { outcome, code: system.code, message: system.message };
  return { outcome, code: 'unexpected', message: error instanceof Error ? error.message : String(error) };
}
