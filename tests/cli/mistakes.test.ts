import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

import { startLlmServer } from '../support/llm-server.ts';
import { cliCommand, runCli, temporaryFolder } from '../support/run-cli.ts';

let folder = '';
let gaps = '';
let file = '';

beforeAll(async () => {
  folder = await temporaryFolder();
  gaps = join(folder, 'gaps.json');
  await writeFile(gaps, JSON.stringify([{ persona: 'code_expert', traits: [], rows: 1, curable: true }]));
  file = join(folder, 'a-file');
  await writeFile(file, 'mine');
  await writeFile(join(folder, 'rows.jsonl'), '{"instruction":"Hi.","input":"","output":"Hello there."}\n');
});

test.each([
  ['make', ['make', '--from-gaps', 'GAPS', '--out', 'FILE']],
  ['cards import', ['cards', 'import', 'configs/cards/coffee-shop', '--out', 'FILE']],
  ['check', ['check', 'ROWS', '--out', 'FILE']],
])('%s: a file in the place of the folder to write is named', async (_name, words) => {
  const places: Record<string, string> = { GAPS: gaps, FILE: file, ROWS: join(folder, 'rows.jsonl') };
  const { code, stderr } = await runCli(words.map((word) => places[word] ?? word));
  expect([code, stderr]).toEqual([
    3,
    expect.stringContaining(`something of that name is there already: ${file}`),
  ]);
  expect(stderr).toContain('choose another --out');
});

test.each([
  [['make', '--from-gaps', 'x', '--out', 'a', '--out', 'b'], '--out'],
  [['make', '--from-gaps', 'x', '--profile', 'a', '--profile=b'], '--profile'],
  [['make', '--from-gaps', 'x', '--base-url', 'http://a', '--base-url', 'http://b'], '--base-url'],
  [['make', '--from-gaps', 'x', '--seed', '1', '--seed', '2'], '--seed'],
  [['check', 'x', '--real', 'a', '--real', 'b'], '--real'],
  [['cards', 'export', '--format', 'coffee', '--out', 'a', '--out', 'b'], '--out'],
  [['--config', 'a', '--config', 'b'], '--config'],
])('%j: an option that takes one value is given once', async (words, option) => {
  const { code, stderr } = await runCli(words);
  expect([code, stderr]).toEqual([1, `${option} is given more than once, and takes one value\n`]);
});

test.each([
  [['make', 'prompts', '--card', 'no-a.yaml', '--card', 'no-b.yaml'], 'no-a.yaml'],
  [['cards', 'validate', 'no-a.yaml', 'no-b.yaml'], 'no-a.yaml'],
  [['--config', 'no-a.yaml', '--set', 'run.seed=1', '--set', 'run.seed=2'], 'no-a.yaml'],
  [['eval', '--data', 'no-a.jsonl', '--tagger', 'persona-v1', '--tagger', 'minilm-v1'], 'no-a.jsonl'],
])('%j: an option that takes several values may be given again', async (words, place) => {
  const { stderr } = await runCli(words);
  expect(stderr).not.toContain('more than once');
  expect(stderr).toContain(place);
});

test('an encoder that is not there is named', async () => {
  await runCli(['make', 'conversations', '--personas', '1', '--out', join(folder, 'talks')]);
  const { code, stderr } = await runCli(['check', join(folder, 'talks'), '--encoder', 'nope']);
  expect([code, stderr]).toEqual([1, expect.stringContaining('nope')]);
  expect(stderr).not.toMatch(/unexpected|disposal/);
});

test('a key on the command line is refused without being shown', async () => {
  const endpoint = ['--base-url', 'http://127.0.0.1:9/v1', '--model', 'm'];
  const words = ['make', '--from-gaps', gaps, ...endpoint, '--key-env', 'sk-verysecretkey123', '--debug'];
  const { code, stderr, stdout } = await runCli(words);
  expect([code, stderr]).toEqual([1, expect.stringContaining('--key-env: names an environment variable')]);
  expect(stderr + stdout).not.toContain('secret');
});

test('a budget without prices says which options and which file tell them', async () => {
  const words = ['make', '--from-gaps', gaps, '--profile', 'openai', '--budget-usd', '5'];
  const env = { OPENAI_API_KEY: 'sk-none' };
  const out = ['--out', join(folder, 'paid')];
  const refused = await runCli([...words, ...out], { env });
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringContaining('--budget-usd needs the prices'),
  ]);
  for (const name of ['--price-prompt', '--price-completion', 'configs/llm.yaml'])
    expect(refused.stderr).toContain(name);
  const priced = await runCli([...words, '--price-prompt', '0.15', '--price-completion', '0.6', '--dry-run']);
  expect([priced.code, priced.stdout]).toEqual([
    0,
    expect.stringMatching(/about \$0\.0\d+, at most \$0\.0\d+/),
  ]);
  const wrong = await runCli([...words, '--price-prompt', '-1', '--price-completion', '0.6']);
  expect([wrong.code, wrong.stderr]).toEqual([
    1,
    expect.stringContaining('--price-prompt -1: not an amount'),
  ]);
});

test('a second Ctrl-C leaves at once with 130', async () => {
  await using server = await startLlmServer({ fault: () => ({ kind: 'hang' }) });
  const endpoint = ['--base-url', server.baseUrl, '--model', 'm', '--out', join(folder, 'hanging')];
  const child = spawn(process.execPath, [...cliCommand, 'make', '--from-gaps', gaps, ...endpoint], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (block: Buffer) => (stderr += block.toString()));
  const waitFor = async (isSo: () => boolean): Promise<void> => {
    while (!isSo() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const ended = new Promise((resolve) => child.on('close', resolve));
  await waitFor(() => server.requests.length > 0);
  child.kill('SIGINT');
  await waitFor(() => stderr.includes('press Ctrl-C again'));
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  expect(stderr).not.toContain('unexpected');
});
