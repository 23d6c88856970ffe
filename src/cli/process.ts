import { askedLogFormat, type LogFormat, logLine } from './log-format.ts';
import { createJsonLog } from './render/json-log.ts';
import { createProgress, type Progress } from './render/progress.ts';
import type { RunEffects } from '../run/run.ts';

export interface CommandEffects extends RunEffects {
  /** Writes the result to stdout, followed by a newline. */
  readonly print: (text: string) => void;
  readonly width: number;
  readonly color: boolean;
}

/**
 * Runs a command with its ties to the process: progress on stderr, and the first Ctrl-C or SIGTERM as a request to stop at the
 * next unit. Nothing is killed while a model runs; a second signal leaves at once and the run folder stays resumable.
 */
export async function withProcess(
  options: { readonly json: boolean; readonly offline?: boolean },
  command: (effects: CommandEffects) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const logFormat = askedLogFormat(process.argv);
  const progress = openProgress(logFormat);
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
    const message = 'stopping after the units in flight; press Ctrl-C again to leave at once';
    process.stderr.write(logFormat === 'json' ? `${logLine('stopping', { message })}\n` : `\n${message}\n`);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    await command({
      emit: (event) => progress.handle(event),
      clock: () => Date.now(),
      environment: options.offline ? { ...process.env, HF_HUB_OFFLINE: '1' } : process.env,
      signal: controller.signal,
      print(text) {
        progress.close();
        process.stdout.write(`${text}\n`);
      },
      width: process.stdout.columns ?? 100,
      color: process.stdout.isTTY && !process.env['NO_COLOR'],
    });
  } finally {
    progress.close();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

function openProgress(logFormat: LogFormat): Progress {
  const stream = process.stderr;
  if (logFormat === 'json') return createJsonLog({ stream, clock: () => Date.now() });
  return createProgress({ stream, isTty: stream.isTTY, now: () => performance.now() });
}
