import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

import { writeExtractFolder } from '../support/extract-folder.ts';
import { runCli, temporaryFolder } from '../support/run-cli.ts';

let folder = '';
let extract = '';

beforeAll(async () => {
  folder = await temporaryFolder();
  extract = join(folder, 'extract');
  await writeExtractFolder(extract);
});

async function rows(path: string): Promise<{ messages: { role: string; content: string }[] }[]> {
  const text = await readFile(path, 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { messages: { role: string; content: string }[] });
}

test('prep makes rows of the person’s own replies, redacted, and finds them again unchanged', async () => {
  const args = ['lora', 'prep', '--from', extract, '--persona', 'architect', '--json'];
  const first = JSON.parse((await runCli(args)).stdout)[0];
  expect(first).toMatchObject({
    reused: false,
    summary: {
      target: 'self',
      serve_as: 'worker',
      tokenizer: 'estimate: UTF-8 bytes / 4',
      counts: { left_out: { 'no-context': 20 } },
    },
  });
  const data = join(extract, 'lora_training');
  const train = await rows(join(data, 'architect_train.jsonl'));
  const validation = await rows(join(data, 'architect_val.jsonl'));
  expect(train.length + validation.length).toBe(80);
  for (const row of [...train, ...validation]) {
    expect(Object.keys(row)).toEqual(['messages']);
    expect(row.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant']);
    expect(JSON.stringify(row)).not.toMatch(/@mail\.example|901820/);
  }
  const written = await readFile(join(data, 'architect_train.jsonl'), 'utf8');
  expect(JSON.parse((await runCli(args)).stdout)[0].reused).toBe(true);
  await writeFile(join(data, 'architect_train.jsonl'), 'damaged');
  expect(JSON.parse((await runCli(args)).stdout)[0].reused).toBe(false);
  expect(await readFile(join(data, 'architect_train.jsonl'), 'utf8')).toBe(written);
  expect(await readFile(join(data, 'architect_findings.jsonl'), 'utf8')).not.toMatch(/mail\.example/);
});

test('killed between two files, prep leaves no summary, and started again the same bytes', async () => {
  const whole = join(folder, 'whole');
  const killed = join(folder, 'killed');
  const args = ['lora', 'prep', '--from', extract, '--persona', 'architect', '--out'];
  await runCli([...args, whole]);
  await runCli([...args, killed, '--mode', '32GB', '--seed', '7']);
  const env = { TAG_DATASETS_CRASH_AT: 'after-rename:architect_train.jsonl:1' };
  expect((await runCli([...args, killed], { env })).signal).toBe('SIGKILL');
  expect(await readdir(killed)).not.toContain('architect.json');
  expect((await runCli([...args, killed])).code).toBe(0);
  for (const name of (await readdir(whole)).filter((each) => each !== 'state'))
    expect(await readFile(join(killed, name), 'utf8')).toBe(await readFile(join(whole, name), 'utf8'));
});

test('prep takes the assistant’s good replies alone', async () => {
  const out = join(folder, 'assistant');
  const args = ['lora', 'prep', '--from', extract, '--all', '--target', 'assistant', '--out', out, '--json'];
  const [{ summary }] = JSON.parse((await runCli(args)).stdout);
  expect(summary.counts.left_out).toEqual({ placeholder: 20, 'rated-down': 20, truncated: 20 });
  expect(summary.train_rows + summary.validation_rows).toBe(40);
});

test('prep asks a model for replies, marks them, and sends nothing elsewhere unasked', async () => {
  const args = ['lora', 'prep', '--from', extract, '--persona', 'architect', '--target', 'endpoint'];
  const out = join(folder, 'endpoint');
  expect((await runCli([...args, '--out', out, '--provider', 'template'])).code).toBe(0);
  const [first] = await rows(join(out, 'architect_train.jsonl'));
  expect(first).toMatchObject({ _synthetic: true, provenance: { provider: 'template' } });
  const remote = await runCli([
    ...args,
    '--out',
    join(folder, 'remote'),
    '--base-url',
    'https://models.example/v1',
    '--model',
    'm',
  ]);
  expect(remote.code).toBe(1);
  expect(remote.stderr).toContain('models.example is another machine; your texts would be sent there');
  expect(await readdir(folder)).not.toContain('remote');
});

test('rows of a card become its training data', async () => {
  const file = join(folder, 'rows.jsonl');
  const lines = Array.from({ length: 30 }, (_, i) =>
    JSON.stringify({
      instruction: `What is in drink ${i}?`,
      input: '',
      output: `Drink ${i} has milk and two shots, as always.`,
    }),
  );
  await writeFile(file, lines.join('\n'));
  const out = join(folder, 'card');
  const card = 'configs/cards/coffee-shop';
  const { stdout } = await runCli([
    'lora',
    'prep',
    '--rows',
    file,
    '--card',
    card,
    '--persona',
    'persona_001',
    '--out',
    out,
    '--json',
  ]);
  const [{ summary }] = JSON.parse(stdout);
  expect(summary).toMatchObject({ name: 'persona_001', target: 'assistant' });
  expect(summary.train_rows + summary.validation_rows).toBe(30);
});

test.each([
  [['--from', 'EXTRACT', '--persona', 'archtect'], 1, 'did you mean "architect"?'],
  [['--from', 'EXTRACT'], 1, '--from needs --persona, or --all'],
  [['--persona', 'architect'], 1, 'name one of --from'],
  [['--from', 'tests', '--persona', 'x'], 1, 'no clusters/persona_<name>.jsonl in it'],
  [['--run', 'tests', '--adapter', 'x'], 1, 'no finished run in it'],
  [['--rows', 'x.jsonl'], 1, '--rows needs --card'],
  [
    ['--from', 'EXTRACT', '--persona', 'architect', '--dry-run'],
    1,
    '--dry-run says how a model is asked, but nobody is asked without --target endpoint',
  ],
  [
    ['--from', 'EXTRACT', '--persona', 'architect', '--base-url', 'http://127.0.0.1:1/v1'],
    1,
    '--base-url says how a model is asked, but nobody is asked without --target endpoint',
  ],
])('prep %j leaves with %i: %s', async (args, code, message) => {
  const result = await runCli(['lora', 'prep', ...args.map((arg) => (arg === 'EXTRACT' ? extract : arg))]);
  expect(result.stderr).toContain(message);
  expect(result.code).toBe(code);
});

test('nothing is written where no row is left', async () => {
  const empty = join(folder, 'empty');
  await writeExtractFolder(empty);
  await writeFile(
    join(empty, 'clusters', 'persona_architect.jsonl'),
    '{"id":"a","conversation_id":"c","text":"Hello there, all of you.","context":null}\n',
  );
  const result = await runCli(['lora', 'prep', '--from', empty, '--persona', 'architect']);
  expect(result.code).toBe(2);
  expect(result.stderr).toContain(
    'architect: no row for --target self: 1 nothing is known of what they answer',
  );
  expect(await readdir(empty)).not.toContain('lora_training');
});

test('of several personas those without rows are named, and all others are made', async () => {
  const several = join(folder, 'several');
  await writeExtractFolder(several);
  const clusters = join(several, 'clusters');
  const messages = await readFile(join(clusters, 'persona_architect.jsonl'), 'utf8');
  for (const persona of ['builder', 'mute'])
    await writeFile(join(clusters, `persona_${persona}.jsonl`), messages);
  await writeFile(
    join(clusters, 'persona_debugger.jsonl'),
    '{"id":"a","conversation_id":"c","text":"Hello there, all of you.","context":null}\n',
  );
  await writeFile(join(clusters, 'persona_zen.jsonl'), messages);
  const personas = [
    { id: 'architect', name: 'Architect', system_prompt: 'You are the architect.' },
    { id: 'builder', name: 'Builder', system_prompt: 'You build. '.repeat(500) },
    { id: 'debugger', name: 'Debugger', system_prompt: 'You are the debugger.' },
    { id: 'zen', name: 'Zen', system_prompt: 'You are calm.' },
  ];
  await writeFile(join(several, 'prompts', 'generated_prompts.json'), JSON.stringify({ personas }));
  const result = await runCli(['lora', 'prep', '--from', several, '--all']);
  expect(result.stdout).toMatch(/^architect: \d+ training/m);
  expect(result.stdout).toMatch(/^zen: \d+ training/m);
  expect(result.stderr).toContain(
    '3 of 5 personas have no training data: builder: its standard system prompt takes',
  );
  expect(result.stderr).toContain(
    '; debugger: no row for --target self: 1 nothing is known of what they answer; ',
  );
  expect(result.stderr).toContain('mute: no system prompt');
  expect(result.stderr).toContain('the others were written');
  expect(result.code).toBe(2);
  const summaries = (await readdir(join(several, 'lora_training'))).filter((name) => name.endsWith('.json'));
  expect(summaries).toEqual(['architect.json', 'zen.json']);
  const json = await runCli(['lora', 'prep', '--from', several, '--all', '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject([
    { summary: { name: 'architect' } },
    { summary: { name: 'zen' } },
  ]);
  expect(json.code).toBe(2);
});

test('a misspelt persona among several stops before any is made', async () => {
  const out = join(folder, 'misspelt');
  const args = ['lora', 'prep', '--from', extract, '--persona', 'architect', 'archtect', '--out', out];
  const result = await runCli(args);
  expect([result.code, result.stderr]).toEqual([1, expect.stringContaining('did you mean "architect"?')]);
  expect(await readdir(folder)).not.toContain('misspelt');
});

test('check passes what prep wrote and names what was spoiled', async () => {
  const out = join(folder, 'checked');
  await runCli(['lora', 'prep', '--from', extract, '--persona', 'architect', '--out', out]);
  const args = ['lora', 'check', out, '--python', 'no-such-python', '--json'];
  const fine = await runCli(args);
  expect(fine.code).toBe(0);
  expect(
    JSON.parse(fine.stdout).findings.every(({ code }: { code: string }) => code === 'dependency-missing'),
  ).toBe(true);
  const path = join(out, 'architect_val.jsonl');
  const spoiled = (await readFile(path, 'utf8')).replace(
    /"assistant","content":"[^"]*"/,
    '"assistant","content":"[Your response here]"',
  );
  await writeFile(path, spoiled);
  const result = await runCli(args);
  expect(result.code).toBe(2);
  expect(JSON.parse(result.stdout).findings[0]).toMatchObject({
    code: 'placeholder',
    place: 'architect_val.jsonl line 1 turn 3',
  });
});

test('check alone of the dependencies leaves with 2 where Python is missing', async () => {
  const result = await runCli(['lora', 'check', '--check-only', '--python', 'no-such-python']);
  expect(result.code).toBe(2);
  expect(result.stdout).toMatch(/torch +missing +NEEDED/);
});

test('script writes three files whose paths lead to the data', async () => {
  const out = join(folder, 'scripts');
  await rm(out, { recursive: true, force: true });
  const data = join(extract, 'lora_training');
  const { stdout, code } = await runCli([
    'lora',
    'script',
    '--persona',
    'architect',
    '--data',
    data,
    '--out',
    out,
    '--mode',
    '32GB',
  ]);
  expect(code).toBe(0);
  expect(stdout).toContain('r 32, alpha 64, dropout 0.05, batch 2 × 4, 1024 tokens');
  expect(await readdir(out)).toEqual([
    'train_architect.axolotl.yaml',
    'train_architect_trl.py',
    'train_architect_unsloth.py',
  ]);
  expect(await readFile(join(out, 'train_architect_trl.py'), 'utf8')).toContain(
    'HERE / "../extract/lora_training/architect_train.jsonl"',
  );
});

test('script says what it needs', async () => {
  const { stderr, code } = await runCli(['lora', 'script', '--run', 'x']);
  expect(code).toBe(1);
  expect(stderr).toContain('name --persona with --data, or --run with --adapter');
});

test.each([
  ['prep', ['--from', 'EXTRACT', '--persona', 'architect', '--out', 'OUT']],
  ['script', ['--persona', 'architect', '--out', 'OUT']],
])('%s refuses a seed that is no number', async (command, args) => {
  const out = join(folder, `seed-${command}`);
  const places: Record<string, string> = { EXTRACT: extract, OUT: out };
  const given = args.map((arg) => places[arg] ?? arg);
  const { stderr, code } = await runCli(['lora', command, ...given, '--seed', 'abc']);
  expect([code, stderr]).toEqual([1, expect.stringContaining('--seed NaN: not a whole number')]);
  expect(await readdir(folder)).not.toContain(`seed-${command}`);
});

test.each([
  ['dataset/manifest.json', ['prep', '--persona', 'code_expert']],
  ['dataset/manifest.json', ['script', '--adapter', 'x']],
  ['run.json', ['script', '--adapter', 'x']],
])('a damaged %s is no fault of the program: %j', async (damaged, args) => {
  const run = join(folder, `damaged-${args[0]}-${damaged.replace('/', '-')}`);
  await mkdir(join(run, 'state'), { recursive: true });
  await mkdir(join(run, 'dataset'));
  const group = { name: 'x', kind: 'adapter', validationRows: 0, lora: null };
  const manifest = JSON.stringify({ groups: [group], files: [], output: { format: 'messages' }, seed: 1 });
  await writeFile(join(run, 'dataset', 'manifest.json'), manifest);
  await writeFile(join(run, 'state', 'finished.done'), '{}');
  await writeFile(join(run, damaged), '{"groups": [');
  const { stderr, code } = await runCli(['lora', ...args, '--run', run]);
  expect(stderr).toContain(`${join(run, damaged)}: not there, or not readable`);
  expect(stderr).toContain('run tag-datasets again on that folder');
  expect(code).toBe(1);
});
