import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';

import { seededRandom } from '../../src/lib/seeded-random.ts';
import { startLlmServer } from '../support/llm-server.ts';
import { cliCommand, runCli, temporaryFolder } from '../support/run-cli.ts';

const kills = Number(process.env['FAULT_KILLS'] ?? 24);

async function gapsFile(folder: string, rows: number): Promise<string> {
  const path = join(folder, 'gaps.json');
  await writeFile(path, JSON.stringify([{ persona: 'grief_companion', traits: [], rows, curable: true }]));
  return path;
}

function answerOf({ messages }: { messages: { content: string }[] }): string {
  const mark = createHash('sha256')
    .update(messages.at(-1)?.content ?? '')
    .digest('hex')
    .slice(0, 8);
  return JSON.stringify({
    instruction: `My mother died three weeks ago and I still lay a place for her. Note ${mark}.`,
    answer: `I am so sorry for your loss. Grief keeps no calendar, and of course you still lay a place for her; it is a way of missing her, ${mark}. There is nothing you have to do tonight. Would you like to tell me about your mother?`,
  });
}

test(`killed ${kills} times at random moments no finished cell is lost, and the end is that of a run that was never killed`, async () => {
  const folder = await temporaryFolder();
  const gaps = await gapsFile(folder, 400);
  await using server = await startLlmServer({ answer: answerOf, delayMs: 20 });
  const out = join(folder, 'out');
  const inFlight = 4;
  const args = [
    'make',
    '--from-gaps',
    gaps,
    '--base-url',
    server.baseUrl,
    '--model',
    'm',
    '--rounds',
    '1',
    '--json',
  ];
  const more = ['--concurrency', String(inFlight), '--now', '2026-01-31T09:00:00Z'];
  const random = seededRandom('make kills');
  for (let kill = 0; kill < kills; kill++) {
    const child = spawn(process.execPath, [...cliCommand, ...args, ...more, '--out', out], {
      stdio: 'ignore',
    });
    const gone = new Promise((resolve) => child.on('exit', resolve));
    // At any moment: before the first request, between them, in the middle of a line of the journal.
    const wanted = server.requests.length + Math.floor(random() * 7);
    const deadline = performance.now() + 30_000;
    while (server.requests.length < wanted && performance.now() < deadline) await sleep(1);
    await sleep(random() * 25);
    child.kill('SIGKILL');
    await gone;
  }
  const last = await runCli([...args, ...more, '--out', out]);
  expect([last.code, last.stderr]).toEqual([0, expect.stringContaining('done')]);
  const { tally } = JSON.parse(last.stdout) as { tally: { requests: number; reused: number } };
  console.log(`requests ${server.requests.length} for 400 cells; ${tally.reused} reused in the last run`);
  expect(tally.requests + tally.reused).toBe(400);
  expect(server.requests.length).toBeLessThanOrEqual(400 + kills * inFlight);
  await runCli([...args, ...more, '--out', join(folder, 'whole')]);
  for (const name of ['replies.jsonl', 'findings.jsonl', 'make.json']) {
    expect(await readFile(join(out, name), 'utf8')).toBe(await readFile(join(folder, 'whole', name), 'utf8'));
  }
}, 1_200_000);

test('asks go out as many at a time as are allowed, each once; a second run sends none', async () => {
  const folder = await temporaryFolder();
  const gaps = await gapsFile(folder, 200);
  await using server = await startLlmServer({ answer: answerOf, delayMs: 300 });
  const args = ['make', '--from-gaps', gaps, '--base-url', server.baseUrl, '--model', 'm', '--rounds', '1'];
  for (let time = 0; time < 2; time++) {
    const { code } = await runCli([...args, '--concurrency', '16', '--out', join(folder, 'out')]);
    expect([code, server.requests.length, server.mostAtOnce()]).toEqual([0, 200, 16]);
  }
});
