import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';

import { createRandom } from '../../bench/corpus-pieces.ts';
import { expectSameAfterRestart, outcomeOf, writeFaultCorpus } from '../support/fault-corpus.ts';
import { cliCommand, runCli, temporaryFolder } from '../support/run-cli.ts';

/** 200 for the figure of bench/results.md, which takes about ten minutes; fewer in CI. */
const kills = Number(process.env['FAULT_KILLS'] ?? 16);

/** Stages whose units stay done when the process dies. */
const lasting = new Set(['tag', 'collect', 'write', 'report']);

interface Killed {
  /** Stage of the last event before the kill. */
  readonly stage: string;
  readonly hasEnded: boolean;
}

/**
 * Starts a run and kills it `delayMs` after its `eventsBefore`-th piece of new work that stays done, so that each process moves the run on a little and kills fall into every stage.
 */
function killAfter(args: readonly string[], eventsBefore: number, delayMs: number): Promise<Killed> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...cliCommand, ...args, '--log-format', 'json'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stage = 'start';
    let left = eventsBefore;
    createInterface({ input: child.stderr }).on('line', (line) => {
      const event = JSON.parse(line) as { event: string; stage?: string; reused?: boolean };
      stage = event.stage ?? stage;
      if (event.event === 'unit-end' && event.reused === false && lasting.has(event.stage ?? '')) left--;
      if (left === 0) setTimeout(() => child.kill('SIGKILL'), delayMs);
    });
    child.on('exit', (_code, signal) => resolve({ stage, hasEnded: signal === null }));
  });
}

test(`killed ${kills} times at random moments of one run, everything is the same bytes`, async () => {
  const folder = await temporaryFolder();
  const config = await writeFaultCorpus(folder, { rows: 40 * kills, unitBytes: '16KiB' });
  const reference = join(folder, 'reference');
  expect((await runCli(['--config', config, '--out', reference])).code).toBe(0);
  const out = join(folder, 'killed');
  const random = createRandom(20_261_121);
  const stages: Record<string, number> = {};
  let [done, ended] = [0, 0];
  while (done < kills) {
    const workers = [1, 2, 4][done % 3] ?? 1;
    const args = ['--config', config, '--out', out, '--workers', String(workers)];
    const killed = await killAfter(args, 1 + Math.floor(random.next() * 4), random.next() * 40);
    if (killed.hasEnded) {
      // Came to its end before its kill: what it left must be right too, and the next process begins anew.
      await expectSameAfterRestart(config, out, await outcomeOf(reference), 2);
      await rm(out, { recursive: true });
      ended++;
    } else done++;
    stages[killed.stage] = (stages[killed.stage] ?? 0) + 1;
  }
  console.log(
    `${done} kills, by stage ${JSON.stringify(stages)}; the run came to its end ${ended} times on the way`,
  );
  await expectSameAfterRestart(config, out, await outcomeOf(reference), 2);
});
