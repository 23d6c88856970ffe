import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

import type { RunEvent } from '../core/events.ts';
import { eventLine } from './event-line.ts';

/** The log of a run folder, one line of JSON an event, every run appended to it. It carries times and is no part of the dataset. */
export interface RunLog extends Disposable {
  write(event: RunEvent): void;
  /** Until then lines are held: events come before the folder is known to be ours. */
  open(path: string): void;
}

/** @param now milliseconds since 1970 */
export function createRunLog(now: () => number): RunLog {
  let held = '';
  let file: number | undefined;
  return {
    write(event) {
      const line = `${eventLine(event, now())}\n`;
      if (file === undefined) held += line;
      else writeSync(file, line);
    },
    open(path) {
      mkdirSync(dirname(path), { recursive: true });
      file = openSync(path, 'a+');
      writeSync(file, endsInsideLine(file) ? `\n${held}` : held);
      held = '';
    },
    [Symbol.dispose]() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

/** A killed run may have left half a line. */
function endsInsideLine(file: number): boolean {
  const { size } = fstatSync(file);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== 10;
}
