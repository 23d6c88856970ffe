import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

import { runCli, temporaryFolder } from '../support/run-cli.ts';

let folder = '';

beforeAll(async () => {
  folder = await temporaryFolder();
});

test('help names every command and shows examples', async () => {
  const { code, stdout } = await runCli(['--help']);
  expect(code).toBe(0);
  for (const word of ['tag <in> <out>', 'eval', 'report', 'bench', 'config', '--config', 'Examples'])
    expect(stdout).toContain(word);
});

test('an unknown option is an error with the nearest known one and exit 1', async () => {
  const { code, stderr } = await runCli(['--config', 'configs/quickstart.yaml', '--wokers', '2']);
  expect(code).toBe(1);
  expect(stderr).toContain('did you mean "workers"?');
});

test.each([
  [['extrac', 'x'], 'did you mean "extract"?'],
  [['make', 'conversatons'], 'did you mean "conversations"?'],
  [['make', 'meetings', '--tir', '3'], 'did you mean "tier"?'],
])('of a misspelt command or option the nearest is told: %j', async (words, hint) => {
  expect(await runCli(words)).toMatchObject({ code: 1, stderr: expect.stringContaining(hint) as string });
});

test('a missing configuration, a missing source and a missing tagger are one sentence each', async () => {
  const absent = await runCli(['--config', 'nowhere.yaml']);
  expect([absent.code, absent.stderr]).toEqual([
    1,
    expect.stringContaining('nowhere.yaml: cannot read the configuration file'),
  ]);
  await writeFile(join(folder, 'c.yaml'), 'dataset: {data_path: missing-folder}\n');
  const source = await runCli(['--config', join(folder, 'c.yaml'), '--out', join(folder, 'out')]);
  expect([source.code, source.stderr]).toEqual([1, expect.stringContaining('missing-folder')]);
  const tagger = await runCli(['--config', join(folder, 'c.yaml'), '--set', 'taggers.persona=persona-v9']);
  expect([tagger.code, tagger.stderr]).toEqual([1, expect.stringContaining('persona-v9')]);
  for (const { stderr } of [absent, source, tagger]) expect(stderr).not.toMatch(/\n\s+at /);
});

test('tag mirrors a tree as JSONL, keeps other fields, and changes nothing when run again', async () => {
  await mkdir(join(folder, 'in', 'deep'), { recursive: true });
  await writeFile(
    join(folder, 'in', 'deep', 'x.jsonl'),
    [
      '{"instruction":"Write a function that adds two numbers.","input":"","output":"```python\\ndef add(a, b):\\n    return a + b\\n```","mine":7}',
      '{"instruction":"I feel so alone since the move.","input":"","output":"That sounds really hard. You are not alone in feeling this way after a move."}',
      'no json',
    ].join('\n'),
  );
  const first = await runCli(['tag', join(folder, 'in'), join(folder, 'tagged'), '--json', '--workers', '1']);
  expect(first.code).toBe(0);
  expect(JSON.parse(first.stdout)).toMatchObject({ rows: 2, quarantined: 1 });
  const lines = (await readFile(join(folder, 'tagged', 'deep', 'x.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines[0]).toMatchObject({ mine: 7, input: '', _persona: expect.any(String) });
  expect(lines[0].instruction).toBe(
    `<persona:${lines[0]._persona}>\nWrite a function that adds two numbers.`,
  );
  const again = await runCli(['tag', join(folder, 'tagged'), join(folder, 'tagged-again'), '--workers', '1']);
  expect(again.code).toBe(0);
  expect(await readFile(join(folder, 'tagged-again', 'deep', 'x.jsonl'), 'utf8')).toBe(
    await readFile(join(folder, 'tagged', 'deep', 'x.jsonl'), 'utf8'),
  );
});

test('tag reads and writes a pipe', async () => {
  const { code, stdout } = await runCli(['tag', '-', '-'], {
    input: '{"instruction":"Say hello.","input":"","output":"Hello there, how are you today?"}\nno json\n',
  });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    instruction: expect.stringMatching(/^<persona:\w+>\nSay hello\.$/),
    output: 'Hello there, how are you today?',
  });
});

test('a pipe counts what is no row, and reads past byte-order marks, null and separators inside texts', async () => {
  const row = (text: string): string =>
    JSON.stringify({ instruction: text, input: '', output: 'Yes, of course.' });
  const lines = [
    `\uFEFF${row('One?')}`,
    'no json',
    'null',
    '',
    `${row('Two\u2028three?')}\r`,
    '42',
    row('Four?'),
  ];
  const { code, stdout, stderr } = await runCli(['tag', '-', '-'], { input: lines.join('\n') });
  expect([code, stderr]).toEqual([0, '3 rows tagged, 3 unreadable\n']);
  expect(stdout.trim().split('\n')).toHaveLength(3);
});

test('tag never writes over what it reads, nor two files into one', async () => {
  const data = join(folder, 'twins');
  await mkdir(data);
  const text = '{"instruction":"Say hello.","input":"","output":"Hello there."}\n';
  await writeFile(join(data, 'a.jsonl'), text);
  await writeFile(join(data, 'b.jsonl'), text);
  const link = join(folder, 'twins-link');
  await symlink(data, link);
  const cases: [string[], string][] = [
    [[join(data, 'a.jsonl'), data], 'would overwrite a.jsonl'],
    [[data, join(data, 'tagged')], 'the output lies in'],
    [[data, data], 'the output lies in'],
    [[join(link, 'a.jsonl'), data], 'would overwrite a.jsonl'],
    [[link, join(data, 'tagged')], 'the output lies in'],
    [[data, join(link, 'tagged')], 'the output lies in'],
    [[join(data, 'a.jsonl'), join(data, 'b.jsonl')], 'a file, where tagged files get a folder'],
    [[join(data, 'a.jsonl'), '-'], 'a pipe is one at both ends'],
    [['-', join(folder, 'never')], 'a pipe is one at both ends'],
    [[data, join(folder, 'never'), '--threshold', '70'], '--threshold 70: not a probability'],
    [[data, join(folder, 'never'), '--threshold', 'abc'], '--threshold NaN: not a probability'],
    [[data, join(folder, 'never'), '--workers', '0'], '--workers 0: not a number of threads'],
    [[data, join(folder, 'never'), '--workers', '100000'], '--workers 100000: not a number of threads'],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = await runCli(['tag', ...args], { input: '' });
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
  }
  await writeFile(join(data, 'a.csv'), 'instruction,input,output\nSay hello.,,Hello there.\n');
  const twins = await runCli(['tag', data, join(folder, 'never')]);
  expect([twins.code, twins.stderr]).toEqual([
    1,
    expect.stringContaining('a.csv and a.jsonl would both become a.jsonl'),
  ]);
  expect((await readdir(data)).toSorted()).toEqual(['a.csv', 'a.jsonl', 'b.jsonl']);
  expect(await readFile(join(data, 'a.jsonl'), 'utf8')).toBe(text);
  expect(await readdir(folder)).not.toContain('never');
});

test('dry-run lists what would be read and writes nothing', async () => {
  const { code, stdout } = await runCli([
    '--config',
    'configs/quickstart.yaml',
    '--out',
    join(folder, 'dry'),
    '--dry-run',
  ]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).inputs[0].files.length).toBeGreaterThan(0);
  expect(await readdir(folder)).not.toContain('dry');
});

test('dry-run finds what a run would refuse before it begins', async () => {
  const dryRun = ['--config', 'configs/quickstart.yaml', '--dry-run'];
  const taken = join(folder, 'taken');
  await mkdir(join(taken, 'dataset'), { recursive: true });
  await writeFile(join(taken, 'dataset', 'mine.txt'), 'mine');
  const folderOfOthers = await runCli([...dryRun, '--out', taken]);
  expect([folderOfOthers.code, folderOfOthers.stderr]).toEqual([
    1,
    expect.stringContaining('holds files that no run wrote'),
  ]);
  const benchmark = await runCli([
    ...dryRun,
    '--out',
    join(folder, 'dry'),
    '--set',
    'dataset.decontaminate.files=["never.jsonl"]',
  ]);
  expect([benchmark.code, benchmark.stderr]).toEqual([1, expect.stringContaining('never.jsonl')]);
});
