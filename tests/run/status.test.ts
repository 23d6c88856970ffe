import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

import { generateCorpus } from '../../bench/generate-corpus.ts';
import { runCli, temporaryFolder } from '../support/run-cli.ts';

let folder = '';
let config = '';

beforeAll(async () => {
  folder = await temporaryFolder();
  await generateCorpus({ rows: 300, seed: 9, path: join(folder, 'rows.jsonl'), format: 'jsonl' });
  config = join(folder, 'run.yaml');
  await writeFile(
    config,
    'run: {unit_bytes: 64KiB}\nsources: [{name: rows, path: rows.jsonl, licence: mit}]\n',
  );
});

const run = (out: string, env: Record<string, string> = {}, ...more: string[]) =>
  runCli(['--config', config, '--out', join(folder, out), ...more], { env });
const status = async (out: string) =>
  JSON.parse((await runCli(['status', '--run', join(folder, out), '--json'])).stdout);

test('a run that died is called killed, its stages say how far they came, and finishing it changes that', async () => {
  expect(
    (await run('died', { TAG_DATASETS_CRASH_AT: 'after-marker:state/tag:1' }, '--workers', '1')).code,
  ).toBe(-1);
  const killed = await status('died');
  expect(killed).toMatchObject({ state: 'killed', process: null, remaining_seconds: null, error: null });
  const [scan, tag, ...later] = killed.stages.map((stage: { state: string }) => stage.state);
  expect([scan, tag, ...new Set(later)]).toEqual(['done', 'stopped', 'waiting']);
  const text = await runCli(['status', '--run', join(folder, 'died')]);
  expect(text.stdout).toContain('was killed after');
  expect(text.stdout).toContain('run the same command again; what is done is kept');
  expect((await run('died')).code).toBe(0);
  const finished = await status('died');
  expect(finished).toMatchObject({ state: 'finished', warnings: 0, quarantined: 0 });
  expect(finished.stages[1]).toMatchObject({ stage: 'tag', state: 'done', units_reused: 1, rows: 300 });
});

test('a run that failed says with what', async () => {
  const result = await run(
    'failed',
    {},
    '--set',
    'persona_weights={grief_companion: 0.9}',
    '--set',
    'balance.on_infeasible=error',
    '--set',
    'balance.max_repeats=1',
    '--set',
    'balance.total=290',
  );
  expect(result.code).toBe(2);
  expect(await status('failed')).toMatchObject({
    state: 'failed',
    error: { code: 'infeasible', message: expect.stringContaining('cannot all hold') },
  });
});

test('a run under way is seen from another process, with how long still', async () => {
  const folderOfRun = join(folder, 'running');
  await mkdir(join(folderOfRun, 'state'), { recursive: true });
  const started = Date.now() - 20_000;
  const line = (ms: number, event: object) =>
    JSON.stringify({ time: new Date(started + ms).toISOString(), ...event });
  const unit = { event: 'unit-end', stage: 'tag', rows: 10, bytes: 1, rejected: 1, reused: false, ms: 1 };
  await writeFile(
    join(folderOfRun, 'state', 'log.jsonl'),
    [
      line(0, { event: 'run-start', out: 'x', tool: '0.0.0', workers: 2, process: process.pid }),
      line(0, { event: 'stage-start', stage: 'scan', units: 1, units_done: 0, bytes: 1 }),
      line(10, { event: 'stage-end', stage: 'scan', ms: 10, rows: 0 }),
      line(10, { event: 'stage-start', stage: 'tag', units: 4, units_done: 1, bytes: 1 }),
      line(10, { ...unit, unit: 'a', reused: true }),
      line(5000, { ...unit, unit: 'b' }),
      line(9000, { ...unit, unit: 'c' }),
      '{"time":"half a li',
    ].join('\n'),
  );
  await writeFile(join(folderOfRun, 'run.lock'), JSON.stringify({ pid: process.pid, started: null }));
  // A lock in the name of the process that asks is stale; `status` asks from a process of its own.
  const seen = await status('running');
  expect(seen).toMatchObject({ state: 'running', process: process.pid, quarantined: 3 });
  expect(seen.stages[1]).toMatchObject({ state: 'running', units: 4, units_done: 3, units_reused: 1 });
  expect(seen.stages[1].remaining_seconds).toBeGreaterThan(9);
  expect(seen.remaining_seconds).toBeGreaterThan(seen.stages[1].remaining_seconds);
});

test('a folder without a run is one sentence', async () => {
  const result = await runCli(['status', '--run', join(folder, 'nowhere')]);
  expect([result.code, result.stderr]).toEqual([1, expect.stringContaining('no run has begun')]);
});

test('every unit has one line in the log of the folder, and json logs on stderr carry the same events', async () => {
  const result = await run('logged', {}, '--log-format', 'json', '--json');
  expect(result.code).toBe(0);
  expect(result.stderr).not.toContain('\u001b');
  const events = result.stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  for (const event of events) expect(Object.keys(event).slice(0, 2)).toEqual(['time', 'event']);
  const log = (await readFile(join(folder, 'logged', 'state', 'log.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const withoutTime = (all: { time?: string }[]) => all.map(({ time: _time, ...event }) => event);
  expect(withoutTime(log)).toEqual(withoutTime(events));
  expect(events.at(-1)).toMatchObject({ event: 'run-end', outcome: 'finished', code: null });
  const tagged = events.filter((event) => event.event === 'unit-end' && event.stage === 'tag');
  const starts = events.find((event) => event.event === 'stage-start' && event.stage === 'tag');
  expect(new Set(tagged.map((event) => event.unit)).size).toBe(starts.units);
  expect(tagged).toHaveLength(starts.units);
  expect(Object.keys(tagged[0])).toEqual([
    'time',
    'event',
    'stage',
    'unit',
    'rows',
    'bytes',
    'rejected',
    'reused',
    'ms',
  ]);
});

test('errors are json events too, usage errors included', async () => {
  for (const args of [
    ['--config', 'nowhere.yaml'],
    ['--config', config, '--wokers', '2'],
  ]) {
    const result = await runCli([...args, '--log-format', 'json']);
    expect(result.code).toBe(1);
    const lines = result.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([
      expect.objectContaining({
        event: 'error',
        exit_code: 1,
        code: expect.any(String),
        message: expect.any(String),
      }),
    ]);
  }
});
