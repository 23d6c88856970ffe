import { Writable } from 'node:stream';

import { expect, test } from 'vitest';

import { createProgress } from '../../../src/cli/render/progress.ts';
import type { RunEvent } from '../../../src/core/events.ts';

class Sink extends Writable {
  isTTY = false;
  text = '';
  readonly columns = 100;
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

function unitEnd(known: Partial<Extract<RunEvent, { type: 'unit-end' }>> = {}): RunEvent {
  return {
    type: 'unit-end',
    stage: 'tag',
    unit: 'a',
    rows: 20_000,
    bytes: 8_388_608,
    rejected: 1,
    reused: false,
    ms: 1,
    ...known,
  };
}

const start: RunEvent = { type: 'stage-start', stage: 'tag', units: 10, unitsDone: 0, bytes: 83_886_080 };

test('without a terminal there is a line at the start, about every ten seconds and at the end', () => {
  const stream = new Sink();
  let nowMs = 0;
  const progress = createProgress({ stream, isTty: false, now: () => nowMs });
  progress.handle({ ...start, unitsDone: 1 });
  for (let unit = 0; unit < 10; unit += 1) {
    nowMs += 4000;
    progress.handle(unitEnd({ reused: unit === 0 }));
  }
  progress.handle({ type: 'warning', code: 'odd', message: 'odd \u001b[2Jname' });
  progress.handle({ type: 'stage-end', stage: 'tag', ms: 40_000, rows: 200_000 });
  progress.close();
  expect(stream.text).toMatchInlineSnapshot(`
    "tag: 10 units, 80.0 MiB, 1 already done
    tag: 30%, 60,000 rows, 3,333 rows/s, 1.3 MiB/s, ETA 42 s, 3 quarantined
    tag: 60%, 120,000 rows, 4,167 rows/s, 1.7 MiB/s, ETA 20 s, 6 quarantined
    tag: 90%, 180,000 rows, 4,444 rows/s, 1.8 MiB/s, ETA 4.5 s, 9 quarantined
    warning: odd ␛[2Jname
    tag     done in 40 s, 200,000 rows, 4,500 rows/s, 1.8 MiB/s, 1 of 10 units reused, 10 quarantined
    "
  `);
});

test('units of an earlier run count as done but not as speed', () => {
  const stream = new Sink();
  let nowMs = 0;
  const progress = createProgress({ stream, isTty: false, now: () => nowMs });
  progress.handle({ ...start, unitsDone: 8 });
  nowMs = 10_000;
  progress.handle(unitEnd());
  expect(stream.text).toContain('tag: 90%, 20,000 rows, 2,000 rows/s, 819.2 KiB/s, ETA 10 s, 1 quarantined');
});

test('on a terminal a bar is drawn and gone at the end; only the summary stays', () => {
  const stream = new Sink();
  stream.isTTY = true;
  const progress = createProgress({ stream, isTty: true, now: () => 1000 });
  progress.handle(start);
  progress.handle(unitEnd());
  progress.handle({ type: 'warning', code: 'odd', message: 'a warning' });
  progress.handle({ type: 'stage-end', stage: 'tag', ms: 2000, rows: 20_000 });
  progress.close();
  progress.close();
  expect(stream.text).toContain('░░░');
  expect(stream.text).toContain('warning: a warning\n');
  expect(stream.text).toMatch(
    /tag {5}done in 2\.0 s, 20,000 rows, 10,000 rows\/s, 4\.0 MiB\/s, 1 quarantined\n/,
  );
});

test('a stage without units ends without a division by zero', () => {
  const stream = new Sink();
  const progress = createProgress({ stream, isTty: false, now: () => 0 });
  progress.handle({ type: 'stage-start', stage: 'plan', units: 0, unitsDone: 0, bytes: 0 });
  progress.handle({ type: 'stage-end', stage: 'plan', ms: 0, rows: 0 });
  expect(stream.text).toBe('plan: 0 units\nplan    done in 0.0 s\n');
});
