import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';

import { type LlmServer, type LlmServerOptions, startLlmServer } from '../../support/llm-server.ts';
import { cliCommand, runCli, temporaryFolder, treeHashes } from '../../support/run-cli.ts';

// Six starts of the command line in one test, on machines that do other things too.
vi.setConfig({ testTimeout: 240_000 });

const key = 'sk-the-right-key-0001';

/** A gap list of trivia rows, and a stand-in that answers with a good row that differs each time. */
async function setUp(
  rows: number,
  options: LlmServerOptions = {},
  rounds = 1,
): Promise<{ server: LlmServer; folder: string; args: string[] }> {
  const folder = await temporaryFolder();
  const gaps = join(folder, 'gaps.json');
  await writeFile(gaps, JSON.stringify([{ persona: 'grief_companion', traits: [], rows, curable: true }]));
  const server = await startLlmServer({ answer: answerOf, ...options });
  const args = [
    'make',
    '--from-gaps',
    gaps,
    '--base-url',
    server.baseUrl,
    '--model',
    'stand-in',
    '--rounds',
    String(rounds),
    '--json',
  ];
  return { server, folder, args };
}

function answerOf({ messages }: { messages: { content: string }[] }): string {
  const prompt = messages.at(-1)?.content ?? '';
  const mark = createHash('sha256').update(prompt).digest('hex').slice(0, 8);
  return JSON.stringify({
    instruction: `My mother died ${mark} days ago and I still lay a place for her.`,
    answer: `I am so sorry about your mother. Of course you still lay a place for her; love does not stop at number ${mark}. Would you like to tell me about her?`,
  });
}

async function makeJson(out: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(out, 'make.json'), 'utf8')) as Record<string, unknown>;
}

test('a second run sends nothing and leaves the same bytes', async () => {
  const { server, folder, args } = await setUp(24);
  await using _server = server;
  const out = join(folder, 'out');
  const first = await runCli([...args, '--out', out, '--now', '2026-01-31T09:00:00Z']);
  expect(first.stderr).not.toContain('unexpected');
  expect(JSON.parse(first.stdout)).toMatchObject({ tally: { asked: 24, accepted: 24, requests: 24 } });
  const [hashes, sent] = [await treeHashes(out), server.requests.length];
  const second = await runCli([...args, '--out', out]);
  expect(JSON.parse(second.stdout)).toMatchObject({ tally: { requests: 0, reused: 24 } });
  expect(server.requests).toHaveLength(sent);
  expect(await treeHashes(out)).toEqual(hashes);
  const replayed = await runCli([
    'make',
    '--from-gaps',
    join(folder, 'gaps.json'),
    '--provider',
    'replay',
    '--recording',
    join(out, 'state', 'llm.jsonl'),
    '--rounds',
    '1',
    '--json',
    '--out',
    join(folder, 'replayed'),
  ]);
  expect(JSON.parse(replayed.stdout)).toMatchObject({
    tally: { asked: 24, accepted: 24 },
    spent: { promptTokens: 480 },
  });
  expect(await makeJson(join(folder, 'replayed'))).toMatchObject({ provider: 'replay', model: 'stand-in' });
});

test('random kills lose no finished cell', async () => {
  const { server, folder, args } = await setUp(40, { delayMs: 25 });
  await using _server = server;
  const out = join(folder, 'out');
  const command = [
    ...cliCommand,
    ...args,
    '--out',
    out,
    '--concurrency',
    '2',
    '--now',
    '2026-01-31T09:00:00Z',
  ];
  for (let kill = 0; kill < 3; kill++) {
    const child = spawn(process.execPath, command, { stdio: 'ignore' });
    // Killed while it sends: after so many more answers.
    const until = server.requests.length + 3 + kill;
    while (server.requests.length < until && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.on('exit', resolve));
  }
  const last = await runCli([...args, '--out', out]);
  const { tally } = JSON.parse(last.stdout) as { tally: { requests: number; reused: number } };
  expect(tally.requests + tally.reused).toBe(40);
  // A kill can cost what was in flight, and nothing else.
  expect(server.requests.length).toBeLessThanOrEqual(40 + 3 * 2);
  const whole = await runCli([...args, '--out', join(folder, 'whole'), '--now', '2026-01-31T09:00:00Z']);
  expect(whole.stderr).not.toContain('unexpected');
  for (const name of ['replies.jsonl', 'findings.jsonl', 'make.json']) {
    expect(await readFile(join(out, name), 'utf8')).toBe(await readFile(join(folder, 'whole', name), 'utf8'));
  }
});

test('Ctrl-C leaves with 130 after what is in flight was kept, and the same command goes on', async () => {
  const { server, folder, args } = await setUp(30, { delayMs: 200 });
  await using _server = server;
  const out = join(folder, 'out');
  const child = spawn(process.execPath, [...cliCommand, ...args, '--out', out, '--concurrency', '3'], {
    stdio: 'ignore',
  });
  while (server.requests.length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGINT');
  expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(130);
  const sent = server.requests.length;
  expect((await readFile(join(out, 'state', 'llm.jsonl'), 'utf8')).trim().split('\n')).toHaveLength(sent);
  const next = await runCli([...args, '--out', out]);
  expect(JSON.parse(next.stdout)).toMatchObject({ tally: { requests: 30 - sent, reused: sent } });
});

test('a wrong key is one sentence with exit 1, and stands in no file or message', async () => {
  const { server, folder, args } = await setUp(10, { key });
  await using _server = server;
  const out = join(folder, 'out');
  const wrong = 'sk-a-wrong-key-0002';
  const withKey = [...args, '--key-env', 'STAND_IN_KEY', '--out', out];
  const result = await runCli([...withKey, '--debug'], { env: { STAND_IN_KEY: wrong } });
  expect([result.code, result.stderr]).toEqual([1, expect.stringContaining('the key was refused (401)')]);
  expect(result.stderr + result.stdout).not.toContain('wrong-key');
  const unset = await runCli(withKey);
  expect([unset.code, unset.stderr]).toEqual([1, expect.stringContaining('STAND_IN_KEY, which is not set')]);
  const right = await runCli(withKey, { env: { STAND_IN_KEY: key } });
  expect(JSON.parse(right.stdout)).toMatchObject({ tally: { accepted: 10 } });
  for (const path of Object.keys(await treeHashes(out))) {
    expect(await readFile(join(out, path), 'utf8')).not.toMatch(/sk-a|sk-the/);
  }
});

test('the budget leaves with 4, keeps everything, and a larger one goes on', async () => {
  const { server, folder, args } = await setUp(12);
  await using _server = server;
  const cwd = folder;
  await mkdir(join(folder, 'configs'));
  await writeFile(
    join(folder, 'configs', 'llm.yaml'),
    `profiles: {paid: {provider: openai, base_url: '${server.baseUrl}', model: stand-in, prices: {prompt: 100, completion: 1000}, concurrency: 1}}`,
  );
  const gaps = args.slice(0, 3);
  const paid = [...gaps, '--rounds', '1', '--json', '--profile', 'paid', '--out', join(folder, 'out')];
  const dry = await runCli([...paid, '--dry-run'], { cwd });
  const { estimate } = JSON.parse(dry.stdout) as {
    estimate: { costUsd: number; costUsdMost: number; requests: number };
  };
  expect(estimate.requests).toBe(12);
  expect(estimate.costUsdMost).toBeGreaterThan(estimate.costUsd);
  expect(server.requests).toHaveLength(0);
  const stopped = await runCli([...paid, '--budget-usd', '0.7'], { cwd });
  expect([stopped.code, stopped.stderr]).toEqual([
    4,
    expect.stringContaining('the budget of $0.7 is reached'),
  ]);
  const sent = server.requests.length;
  expect(sent).toBeGreaterThan(0);
  const next = await runCli([...paid, '--budget-usd', '20'], { cwd });
  // Twelve replies of 20 and 5 tokens, those of the stopped run included.
  expect(JSON.parse(next.stdout)).toMatchObject({
    tally: { requests: 12 - sent, reused: sent },
    spent: { costUsd: 0.084 },
  });
  const refused = await runCli([...args, '--budget-usd', '1'], { cwd });
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('needs the prices')]);
});

test('a preview makes the first cells, prints them and publishes nothing; the whole run then reuses them', async () => {
  const { server, folder, args } = await setUp(10);
  await using _server = server;
  const out = join(folder, 'out');
  const preview = await runCli([...args, '--out', out, '--preview', '3']);
  expect(JSON.parse(preview.stdout)).toMatchObject({
    kind: 'preview',
    tally: { asked: 3 },
    answers: [{}, {}, {}],
  });
  expect(Object.keys(await treeHashes(out))).toEqual(['state/llm.jsonl']);
  const whole = await runCli([...args, '--out', out]);
  expect(JSON.parse(whole.stdout)).toMatchObject({ tally: { requests: 7, reused: 3 } });
});

test('asks without an answer leave with 3 and are asked again, and no row is made in their place', async () => {
  let isDown = true;
  const fault: LlmServerOptions['fault'] = (_index, { messages }) =>
    isDown && messages.at(-1)?.content.includes('a school project')
      ? { kind: 'status', status: 503, message: 'not now' }
      : undefined;
  const { server, folder, args } = await setUp(3, { fault }, 4);
  await using _server = server;
  const out = join(folder, 'out');
  const first = await runCli([...args, '--out', out]);
  expect([first.code, first.stderr]).toEqual([3, expect.stringContaining('1 of 3 asks got no answer')]);
  expect(await makeJson(out)).toMatchObject({
    state: 'incomplete',
    asks: { accepted: 2, unanswered: 1 },
    findings: { 'llm-http-503': 1 },
  });
  isDown = false;
  const second = await runCli([...args, '--out', out]);
  expect(JSON.parse(second.stdout)).toMatchObject({ tally: { requests: 1, reused: 2 } });
  expect(await makeJson(out)).toMatchObject({ state: 'finished', asks: { accepted: 3, unanswered: 0 } });
});

test('what the endpoint refuses for good leaves with 2, and meetings are not asked for again in other words', async () => {
  const refuse = { kind: 'status', status: 400, message: 'content policy' } as const;
  await using server = await startLlmServer({ fault: () => refuse });
  const out = join(await temporaryFolder(), 'out');
  const endpoint = ['--base-url', server.baseUrl, '--model', 'stand-in', '--json'];
  const made = await runCli(['make', 'meetings', '--tier', '3', '--count', '20', '--out', out, ...endpoint]);
  expect([made.code, made.stderr]).toEqual([
    2,
    expect.stringContaining('160 of what was asked for could not be made'),
  ]);
  // One ask for each of the eight cards, in each of the three forms that endpoints know.
  expect(JSON.parse(made.stdout)).toMatchObject({
    tally: { asked: 8, rejected: 8, unanswered: 0, requests: 24 },
  });
  expect(await makeJson(out)).toMatchObject({ state: 'finished' });
});

test('prose, refusals and half answers are told as findings, and no row is made of them', async () => {
  const kinds = ['prose', 'refusal', 'length', 'empty', 'wrong-language'] as const;
  const { server, folder, args } = await setUp(5, {
    fault: (index) => ({ kind: kinds[index % 5] ?? 'prose' }),
  });
  await using _server = server;
  const out = join(folder, 'out');
  const result = await runCli([...args, '--out', out, '--attempts', '1', '--concurrency', '1']);
  expect([result.code, result.stderr]).toEqual([
    2,
    expect.stringContaining('5 of what was asked for could not be made'),
  ]);
  const { findings } = JSON.parse(result.stdout) as { findings: Record<string, number> };
  expect(findings).toEqual({
    'llm-prose': 1,
    'llm-refusal': 1,
    'llm-length': 1,
    'llm-empty': 1,
    'reply-fields': 1,
    'replies-short': 1,
  });
  expect(await readFile(join(out, 'replies.jsonl'), 'utf8')).toBe('');
});

test('another maker’s folder, a misspelt option and a number out of range are refused', async () => {
  const folder = await temporaryFolder();
  await writeFile(
    join(folder, 'make.json'),
    JSON.stringify({ maker: 'meetings', now: '2026-01-31T09:00:00.000Z' }),
  );
  const { server, args } = await setUp(1);
  await using _server = server;
  const other = await runCli([...args, '--out', folder]);
  expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('holds what "make meetings" made')]);
  const misspelt = await runCli([...args, '--atempts', '3']);
  expect([misspelt.code, misspelt.stderr]).toEqual([1, expect.stringContaining('did you mean "attempts"?')]);
  const range = await runCli([...args, '--attempts', '0']);
  expect([range.code, range.stderr]).toEqual([
    1,
    expect.stringContaining('not a whole number of at least 1'),
  ]);
});
