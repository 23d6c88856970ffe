import { eventLine } from '../../run/event-line.ts';
import type { Progress } from './progress.ts';

/** Events as lines of JSON, for machines: `--log-format json`. */
export function createJsonLog(options: {
  readonly stream: NodeJS.WritableStream;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}): Progress {
  return {
    handle: (event) => void options.stream.write(`${eventLine(event, options.clock())}\n`),
    close() {},
  };
}
