import { SingleBar } from 'cli-progress';

import type { RunEvent } from '../../core/events.ts';
import { cutText } from '../../lib/text-width.ts';
import { advanceStage, startStage, type StageState } from './stage-state.ts';
import { stageBar, stageEndLine, stageLine, stageStartLine } from './stage-line.ts';
import { sanitize } from './terminal.ts';

export interface Progress {
  handle(event: RunEvent): void;
  /** Leaves the terminal as it was; may be called any number of times. */
  close(): void;
}

export interface ProgressOptions {
  /** Where progress goes; stderr in the program, never stdout. */
  readonly stream: NodeJS.WritableStream & { readonly columns?: number };
  /** A live bar for people; otherwise plain lines that a log keeps. */
  readonly isTty: boolean;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** Shows the events of a run: one live bar per stage, or a line at its start, every ten seconds, and at its end. */
export function createProgress(options: ProgressOptions): Progress {
  const view = options.isTty ? createBarView(options) : createLineView(options);
  let stage: StageState | null = null;
  return {
    handle(event) {
      if (event.type === 'warning') return view.warn(`warning: ${sanitize(event.message)}`);
      if (event.type === 'stage-start') {
        stage = startStage(event, options.now());
        return view.start(stage);
      }
      if (event.type === 'run-start' || event.type === 'run-end') return;
      if (!stage || event.stage !== stage.stage) return;
      if (event.type === 'unit-end') {
        stage = advanceStage(stage, event);
        return view.update(stage);
      }
      view.end(stage, stageEndLine(stage, event));
      stage = null;
    },
    close() {
      view.close();
      stage = null;
    },
  };
}

/** What the two looks of progress have in common. */
interface View {
  start(state: StageState): void;
  update(state: StageState): void;
  end(state: StageState, summary: string): void;
  warn(line: string): void;
  close(): void;
}

const lineEveryMs = 10_000;

function createLineView({ stream, now }: ProgressOptions): View {
  let lastMs = 0;
  const write = (line: string) => void stream.write(`${line}\n`);
  return {
    start(state) {
      lastMs = now();
      write(stageStartLine(state));
    },
    update(state) {
      if (now() - lastMs < lineEveryMs) return;
      lastMs = now();
      write(stageLine(state, now()));
    },
    end(_state, summary) {
      write(summary);
    },
    warn: write,
    close() {},
  };
}

function createBarView({ stream, now }: ProgressOptions): View {
  let bar: SingleBar | null = null;
  const close = (): void => {
    bar?.stop();
    bar = null;
  };
  const write = (line: string) => void stream.write(`${line}\n`);
  return {
    start(state) {
      close();
      let latest = state;
      bar = new SingleBar({
        stream,
        fps: 8,
        hideCursor: true,
        clearOnComplete: true,
        stopOnComplete: false,
        linewrap: true,
        gracefulExit: false,
        format: (_bar, _params, payload: { state?: StageState }) => {
          latest = payload.state ?? latest;
          return cutText(stageBar(latest, now()), (stream.columns ?? 80) - 1);
        },
      });
      bar.start(Math.max(1, state.units), state.unitsDone, { state });
    },
    update(state) {
      bar?.update(state.unitsDone, { state });
    },
    end(_state, summary) {
      close();
      write(summary);
    },
    warn(line) {
      // The bar's line is wiped, the warning takes its place, and the bar is drawn again below at its next tick.
      stream.write(bar ? `\r\u001b[K${line}\n` : `${line}\n`);
    },
    close,
  };
}
