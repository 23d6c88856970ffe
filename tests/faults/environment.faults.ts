import { execFileSync, spawn } from 'node:child_process';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { expectSameAfterRestart, outcomeOf, writeFaultCorpus } from '../support/fault-corpus.ts';
import { type CliResult, cliCommand, runCli, temporaryFolder } from '../support/run-cli.ts';

let folder = '';
let config = '';
let reference: Record<string, string> = {};

beforeAll(async () => {
  folder = await temporaryFolder();
  await chmod(folder, 0o755);
  config = await writeFaultCorpus(folder, { rows: 700 });
  const first = await runCli(['--config', config, '--out', join(folder, 'reference'), '--workers', '2']);
  expect(first.code).toBe(0);
  reference = await outcomeOf(join(folder, 'reference'));
});

const mounted: string[] = [];
afterAll(() => {
  for (const path of mounted) execFileSync('umount', [path]);
});

const argumentsFor = (out: string): string[] => ['--config', config, '--out', out, '--workers', '2'];

/** Runs the command line from a shell that first narrows what the process may have. */
function runNarrowed(prelude: string, out: string): Promise<CliResult> {
  const words = [process.execPath, ...cliCommand, ...argumentsFor(out)].map((word) => `'${word}'`);
  return new Promise((resolve) => {
    const child = spawn('bash', ['-c', `${prelude} ${words.join(' ')}`], {
      env: { ...process.env, NO_COLOR: '1' },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('exit', (code, signal) => resolve({ code: code ?? -1, stdout, stderr, signal }));
  });
}

function expectSentence(result: CliResult, sentence: RegExp): void {
  expect([result.code, result.stderr]).toEqual([3, expect.stringMatching(sentence)]);
  expect(result.stderr).not.toMatch(/unexpected|\n\s+at /u);
}

/** Why a test cannot be done here; undefined where it can. */
function cannot(command: string, args: readonly string[]): string | undefined {
  try {
    execFileSync(command, args, { stdio: 'pipe' });
    return undefined;
  } catch {
    return `${command} ${args.join(' ')} is not allowed here`;
  }
}

test('a disk that fills up is one sentence, and with more room the run goes on to the same bytes', async (context) => {
  const disk = join(folder, 'small-disk');
  await mkdir(disk);
  const refused = cannot('mount', ['-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', disk]);
  if (refused) return context.skip(refused);
  mounted.push(disk);
  const out = join(disk, 'out');
  for (const size of ['200k', '600k', '1200k']) {
    execFileSync('mount', ['-o', `remount,size=${size}`, disk]);
    expectSentence(await runCli(argumentsFor(out)), /the disk is full/u);
  }
  execFileSync('mount', ['-o', 'remount,size=64m', disk]);
  await expectSameAfterRestart(config, out, reference, 2);
});

test('files that may not grow are one sentence, and without the limit the run goes on to the same bytes', async () => {
  const out = join(folder, 'file-limit');
  // In blocks of 1 KiB: sidecars fit, a shard does not.
  expectSentence(await runNarrowed('ulimit -f 24;', out), /larger than this process may write/u);
  await expectSameAfterRestart(config, out, reference, 2);
});

test('a process without file handles says so, and with more the run goes on to the same bytes', async () => {
  const out = join(folder, 'handles');
  for (const handles of [28, 64, 112, 128, 144]) {
    const result = await runNarrowed(`ulimit -n ${handles};`, out);
    if (result.code !== 0) expectSentence(result, /too many open files|ulimit -n/u);
  }
  await expectSameAfterRestart(config, out, reference, 2);
});

test('a folder that may not be written is one sentence', async (context) => {
  const out = join(folder, 'read-only');
  await mkdir(out);
  if (process.getuid?.() !== 0) {
    await chmod(out, 0o555);
    return expectSentence(await runCli(argumentsFor(out)), /no permission/u);
  }
  const refused = cannot('setpriv', ['--reuid=65534', '--clear-groups', process.execPath, '--version']);
  if (refused) return context.skip(refused);
  expectSentence(await runNarrowed('setpriv --reuid=65534 --clear-groups', out), /no permission/u);
});

test('a read-only disk is one sentence', async (context) => {
  const disk = join(folder, 'read-only-disk');
  await mkdir(disk);
  const refused = cannot('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', disk]);
  if (refused) return context.skip(refused);
  mounted.push(disk);
  expectSentence(await runCli(argumentsFor(join(disk, 'out'))), /the file system is read-only/u);
});

test('of processes started on one folder in the same moment one works and the others are refused', async () => {
  const out = join(folder, 'crowd');
  const results = await Promise.all(Array.from({ length: 3 }, () => runCli(argumentsFor(out))));
  expect(results.map(({ code }) => code).toSorted((a, b) => a - b)).toEqual([0, 1, 1]);
  for (const { stderr } of results.filter(({ code }) => code === 1)) {
    expect(stderr).toMatch(/another run \(process \d+\) is writing there/u);
    expect(stderr).not.toMatch(/\n\s+at /u);
  }
  await expectSameAfterRestart(config, out, reference, 1);
});

test('stopped with a signal it drains, says 130, and goes on to the same bytes', async () => {
  const out = join(folder, 'stopped');
  for (const stage of ['tag', 'collect']) {
    const code = await new Promise<number | null>((resolve) => {
      const child = spawn(process.execPath, [...cliCommand, ...argumentsFor(out), '--log-format', 'json']);
      let isStopped = false;
      child.stderr.on('data', (chunk: Buffer) => {
        if (isStopped || !chunk.toString().includes(`"stage":"${stage}"`)) return;
        isStopped = true;
        child.kill('SIGTERM');
      });
      child.on('exit', resolve);
    });
    expect(code).toBe(130);
  }
  await expectSameAfterRestart(config, out, reference, 4);
});

test('a clock that jumps back and forth changes nothing', async () => {
  const clock = join(folder, 'clock.mjs');
  await writeFile(
    clock,
    `let calls = 0;
const jumps = [0, -4e11, 9e11, 1, -86400000, 3e9];
Date.now = () => 1.5e12 + jumps[calls++ % jumps.length];
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...args) { if (args.length === 0) super(RealDate.now()); else super(...args); }
};
`,
  );
  const out = join(folder, 'clock');
  const result = await runCli(argumentsFor(out), {
    env: { NODE_OPTIONS: `--import ${pathToFileURL(clock).href}` },
  });
  expect([result.code, result.stderr]).toEqual([0, expect.any(String)]);
  const log = await readFile(join(out, 'state', 'log.jsonl'), 'utf8');
  expect(log).toMatch(/"time":"20(?:04|17|46)-/u);
  expect(await outcomeOf(out)).toEqual(reference);
  await rm(clock);
});
