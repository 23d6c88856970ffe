import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, expect, test } from 'vitest';

import { cliCommand, runCli, temporaryFolder } from '../support/run-cli.ts';

let folder = '';
const good = '{"instruction":"Say hello.","input":"","output":"Hello there, how are you today?"}\n';
const deep = `{"instruction":"a","output":"b","meta":${'['.repeat(20_000)}${']'.repeat(20_000)}}\n`;
const utterances = Array.from({ length: 8 }, (_, row) =>
  JSON.stringify({
    dialogue_id: row < 4 ? 'one' : 'two',
    speaker: row % 2 === 0 ? 'user' : 'assistant',
    utterance: `Utterance ${row}, which says something.`,
  }),
).join('\n');

beforeAll(async () => {
  folder = await temporaryFolder();
});

test('a reader that has enough ends the pipe quietly', async () => {
  const child = spawn(process.execPath, [...cliCommand, 'tag', '-', '-'], { stdio: 'pipe' });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const told = text(child.stderr);
  child.stdin.on('error', () => undefined); // it stops reading, too
  child.stdin.end(good.repeat(5000));
  child.stdout.once('data', () => child.stdout.destroy());
  expect(await ended).toBe(0);
  expect(await told).toMatch(/^\d+ rows tagged, 0 unreadable\n$/);
});

test('a pipe refuses rows that are put together with others: they are whole only in a file', async () => {
  const { code, stdout, stderr } = await runCli(['tag', '-', '-'], { input: utterances });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toBe(
    'the piped rows are utterances, put together by column "dialogue_id": a dialogue is whole only at the end of the pipe\n' +
      '→ tag a file or folder instead: tag rows.jsonl tagged/\n',
  );
});

test.each([
  ['nothing', '', 0],
  ['blank lines', '\n \n', 0],
  ['no JSON', 'garbage\n{"a":\n', 2],
])('a pipe of %s has no rows, says so, and ends well', async (_, input, unreadable) => {
  const { code, stdout, stderr } = await runCli(['tag', '-', '-'], { input });
  expect([code, stdout, stderr]).toEqual([0, '', `0 rows tagged, ${unreadable} unreadable\n`]);
});

test('bytes that are no UTF-8 cost their line in a pipe as in a file; a byte-order mark costs none', async () => {
  const input = Buffer.concat([
    Buffer.from(`\uFEFF${good}{"instruction":"a","output":"b `),
    Buffer.from([0xff]),
    Buffer.from(`"}\n${good}`),
  ]);
  const { code, stdout, stderr } = await runCli(['tag', '-', '-'], { input });
  expect([code, stderr]).toEqual([0, '2 rows tagged, 1 unreadable\n']);
  expect(stdout.trim().split('\n')).toHaveLength(2);
});

test.each([[['--cascade']], [['--threshold=']], [['--tagger', '']]])(
  'an option without its value is no option that was left out: %j',
  async (options) => {
    const { code, stderr } = await runCli(['tag', 'a.jsonl', join(folder, 'no-value'), ...options]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(': no value')]);
  },
);

test('a pipe has no place for a summary: its output is its rows', async () => {
  const { code, stdout, stderr } = await runCli(['tag', '-', '-', '--json'], { input: good });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('--json: the output of a pipe is its rows');
});

test('a cascade of no row asks for no accurate tier', async () => {
  const path = join(folder, 'one.jsonl');
  await writeFile(path, good);
  const none = ['--cascade', '0', '--accurate', join(folder, 'nowhere')];
  const { code, stdout } = await runCli(['tag', path, join(folder, 'one-out'), '--json', ...none]);
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { rows: 1, taggers: { 'persona-v1': 1 } }]);
});

test('an answer that is a tool call is the output', async () => {
  const call = { type: 'function', function: { name: 'get_time', arguments: '{"city":"Oslo"}' } };
  const input = JSON.stringify({
    messages: [
      { role: 'user', content: 'What time is it in Oslo?' },
      { role: 'assistant', content: '', tool_calls: [call] },
    ],
  });
  const { stdout } = await runCli(['tag', '-', '-'], { input });
  expect(JSON.parse(stdout).output).toBe('{"name":"get_time","arguments":{"city":"Oslo"}}');
});

test('a record nested deeper than JSON text can be written costs one row, in a pipe and in a file', async () => {
  const piped = await runCli(['tag', '-', '-'], { input: deep + good });
  expect([piped.code, piped.stderr]).toEqual([0, '1 rows tagged, 1 unreadable\n']);
  expect(piped.stdout.trim().split('\n')).toHaveLength(1);
  await writeFile(join(folder, 'deep.jsonl'), deep + good);
  const out = join(folder, 'deep-out');
  const filed = await runCli(['tag', join(folder, 'deep.jsonl'), out, '--json', '--workers', '1']);
  expect(filed.code).toBe(0);
  const summary = JSON.parse(filed.stdout);
  expect(summary).toMatchObject({ rows: 1, quarantined: 1 });
  expect(Object.values(summary.personas)).toEqual([1]);
  expect(await readFile(join(out, 'deep.jsonl'), 'utf8')).toBe(piped.stdout);
});

test('tag says which files of a folder it takes for no data', async () => {
  const data = join(folder, 'with-readme');
  await mkdir(data);
  await writeFile(join(data, 'authors.jsonl'), good);
  await writeFile(join(data, 'README.md'), '# Rows\n');
  await writeFile(join(data, '.hidden'), '');
  const { code, stdout, stderr } = await runCli([
    'tag',
    data,
    join(folder, 'tagged'),
    '--json',
    '--workers',
    '1',
  ]);
  expect([code, JSON.parse(stdout).rows]).toEqual([0, 1]);
  expect(stderr).toContain(`${join(data, 'README.md')}: no data file by its name`);
  expect(stderr).not.toContain('.hidden');
});
