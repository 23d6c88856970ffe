import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

import { hostileFiles } from '../support/hostile-files.ts';
import { type CliResult, runCli, temporaryFolder } from '../support/run-cli.ts';

let folder = '';
let names: string[] = [];
let result: CliResult;
const limitMs = 240_000;

beforeAll(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder, 'in'));
  const files = await hostileFiles();
  names = files.map((file) => file.name);
  for (const file of files) await writeFile(join(folder, 'in', file.name), file.content);
  await writeFile(
    join(folder, 'run.yaml'),
    'sources: [{name: "<script>alert(1)</script>", path: in, licence: mit}]\n',
  );
  result = await run('out', '--set', 'run.on_bad_file=skip', '--set', 'run.max_bad_rate=1');
}, limitMs);

const run = (out: string, ...more: string[]) =>
  runCli(['--config', join(folder, 'run.yaml'), '--out', join(folder, out), '--workers', '2', ...more]);
const json = async (...path: string[]) => JSON.parse(await readFile(join(folder, ...path), 'utf8'));

test('a hundred hostile files: no crash, no hang, no trace', () => {
  expect(names).toHaveLength(100);
  expect(result.code).toBe(0);
  expect(result.stderr).not.toMatch(/unexpected error|unexpected end:|\n\s+at |Cannot read prop/u);
});

test('each file is decoded, quarantined or refused with a sentence, and stands in the report', async () => {
  const { inputs } = await json('out', 'run.json');
  const report = await json('out', 'report', 'report.json');
  expect(inputs.map((input: { file: string }) => input.file).toSorted()).toEqual(names.toSorted());
  const skipped = new Map(
    report.skippedFiles.map((file: { file: string; code: string; message: string }) => [file.file, file]),
  );
  let records = 0;
  for (const input of inputs as { file: string; rows: number | null; units: number; skipped: unknown }[]) {
    if (input.units === 0)
      expect(skipped.get(input.file)).toMatchObject({
        code: expect.any(String),
        message: expect.stringMatching(/\S/u),
      });
    else records += input.rows ?? 0;
    expect(input.units > 0).toBe(input.skipped === null);
  }
  expect(report.accounting.input).toBe(records);
  const reasons = report.quarantine.map((entry: { reason: string }) => entry.reason);
  expect(reasons).toEqual(expect.arrayContaining(['json-invalid', 'depth-exceeded', 'record-too-large']));
  expect(skipped.get(names.find((name) => name.endsWith('bomb.jsonl.gz')) ?? '')).toMatchObject({
    message: expect.stringContaining('decompression bomb'),
  });
});

test('what the files hold and are called is inert on the terminal, in the page and in the text', async () => {
  const page = await readFile(join(folder, 'out', 'report', 'report.html'), 'utf8');
  const markdown = await readFile(join(folder, 'out', 'report', 'report.md'), 'utf8');
  const shown = await runCli(['report', '--run', join(folder, 'out')]);
  const status = await runCli(['status', '--run', join(folder, 'out'), '--json']);
  const log = await readFile(join(folder, 'out', 'state', 'log.jsonl'), 'utf8');
  for (const text of [page, markdown, result.stdout, result.stderr, shown.stdout, status.stdout, log])
    expect(text).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/u);
  expect(page).not.toMatch(/<script>alert|<img src=x|<b onload/u);
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(markdown).not.toMatch(/(?<!\\)<script|(?<!\\)<img/u);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('too many bad rows stop the run with exit 2 and name the worst files, rows and reasons', async () => {
  const strict = await run('strict', '--set', 'run.on_bad_file=skip');
  expect(strict.code).toBe(2);
  expect(strict.stderr).toMatch(/more rows are bad than run\.max_bad_rate 0\.001 allows/u);
  expect(strict.stderr).toMatch(/\d+ of \d+ rows are bad \(json-invalid \d+, /u);
  expect(strict.stderr).toMatch(/lines-of-rubbish\.jsonl: \d bad, row 1: not-an-object/u);
  expect(strict.stderr).not.toMatch(/\n\s+at /u);
});

test('damaged files stop the run with exit 2 and are named, unless they may be left out', async () => {
  const stopped = await run('stopped');
  expect([stopped.code, stopped.stderr]).toEqual([2, expect.stringMatching(/\d+ files are damaged/u)]);
});

test(
  'the same files through tag: no crash, no hang, no trace',
  async () => {
    const tagged = await runCli(['tag', join(folder, 'in'), join(folder, 'tagged'), '--workers', '2']);
    expect(tagged.code).toBe(0);
    expect(tagged.stderr).not.toMatch(/unexpected error|unexpected end:|\n\s+at |\u001b/u);
  },
  limitMs,
);
