import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

import { generateCorpus } from '../../bench/generate-corpus.ts';
import { runCli, temporaryFolder } from '../support/run-cli.ts';

let folder = '';
let out = '';

beforeAll(async () => {
  folder = await temporaryFolder();
  out = join(folder, 'out');
  await generateCorpus({ rows: 1200, seed: 5, path: join(folder, 'rows.jsonl'), format: 'jsonl' });
  await writeFile(
    join(folder, 'run.yaml'),
    `
dataset: {trait_requirements: {brief: {max: 0.5}}}
balance: {total: 400}
training: {curriculum: {phase1_first: {persona_focus: [code_expert, math_tutor]}, phase2_mixed: {persona_focus: all}}}
sources: [{name: rows, path: rows.jsonl}]
`,
  );
  const result = await runCli(['--config', join(folder, 'run.yaml'), '--out', out]);
  expect(result.code).toBe(0);
});

const json = async (...args: string[]) => JSON.parse((await runCli([...args, '--json'])).stdout);

test('the plan predicts what the run wrote', async () => {
  const { now, revised } = await json('plan', '--run', out);
  const report = JSON.parse(await readFile(join(out, 'report', 'report.json'), 'utf8'));
  expect(revised).toBe(null);
  expect(now.total.rows).toBe(400);
  expect(now.total).toMatchObject({ rows: report.run.after.rows, tokens: report.run.after.tokens });
  expect(now.phases.mixed.rows).toBe(400);
});

// Quotas of cells are rounded: with another total a cell may go against the others by a row, and only that row moves.
test('a larger total adds rows, a smaller one removes them', async () => {
  const more = await json('plan', '--run', out, '--set', 'balance.total=600');
  expect(more.revised.total.rows).toBe(600);
  expect(more.entering.rows - more.leaving.rows).toBe(200);
  expect(more.leaving.rows).toBeLessThan(3);
  expect(more.entering.examples).toHaveLength(10);
  const fewer = await json('plan', '--run', out, '--set', 'balance.total=100');
  expect(fewer.leaving.rows - fewer.entering.rows).toBe(300);
  expect(fewer.entering.rows).toBeLessThan(3);
});

test('a what-if writes nothing', async () => {
  const before = await readdir(out, { recursive: true });
  await json('plan', '--run', out, '--set', 'trait_requirements.brief=0.1');
  expect(await readdir(out, { recursive: true })).toEqual(before);
});

test('why explains a row by key and by place, in at most five lines', async () => {
  const { entering } = await json('plan', '--run', out, '--set', 'balance.total=600');
  const [example] = entering.examples;
  const byKey = await json('why', '--run', out, example.row_key);
  expect(byKey).toMatchObject({ place: example.place, copies: 0, state: 'eligible' });
  expect(byKey.lines.length).toBeLessThanOrEqual(5);
  expect(byKey.lines.join('\n')).toContain('not selected');
  expect(await json('why', '--run', out, example.place)).toEqual(byKey);
  const missing = await runCli(['why', '--run', out, 'rows.jsonl:999999']);
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('no row "rows.jsonl:999999"')]);
});

test('why counts records as the quarantine does, also where rows are put together from several', async () => {
  const lines = Array.from({ length: 12 }, (_, i) =>
    JSON.stringify({
      dialogue_id: `d${Math.floor(i / 4)}`,
      speaker: i % 2 === 0 ? 'user' : 'assistant',
      utterance: `Utterance ${i}, which says that tea is better than coffee.`,
    }),
  );
  await writeFile(join(folder, 'talk.jsonl'), lines.join('\n'));
  await writeFile(join(folder, 'talk.yaml'), 'sources: [{name: talk, path: talk.jsonl}]\n');
  const talk = join(folder, 'talk');
  expect((await runCli(['--config', join(folder, 'talk.yaml'), '--out', talk])).code).toBe(0);
  const second = await json('why', '--run', talk, 'talk.jsonl:4');
  expect(second.place).toBe('talk.jsonl:4');
  expect(await json('why', '--run', talk, 'talk.jsonl:7')).toEqual(second);
  expect((await json('why', '--run', talk, 'talk.jsonl:8')).place).toBe('talk.jsonl:8');
  expect((await runCli(['why', '--run', talk, 'talk.jsonl:12'])).code).toBe(1);
});

test('verify passes on an untouched run and finds a changed, a missing and a stray shard', async () => {
  expect((await json('verify', '--run', out)).findings).toEqual([]);
  const files = (await readdir(join(out, 'dataset', 'phases'), { recursive: true })).filter((name) =>
    name.endsWith('.parquet'),
  );
  const [first = ''] = files;
  const path = join(out, 'dataset', 'phases', first);
  const content = await readFile(path);
  await writeFile(path, Buffer.concat([content.subarray(0, 100), Buffer.from('x'), content.subarray(101)]));
  await writeFile(join(out, 'dataset', 'phases', 'stray.parquet'), content);
  const result = await runCli(['verify', '--run', out, '--json']);
  expect(result.code).toBe(2);
  expect(JSON.parse(result.stdout).findings.map((finding: { code: string }) => finding.code)).toEqual([
    'checksum',
    'stray',
  ]);
});

test('report shows a run and the difference of two', async () => {
  const shown = await runCli(['report', '--run', out]);
  expect([shown.code, shown.stdout]).toEqual([0, expect.stringContaining('rows in the balanced corpus')]);
  const compared = await runCli(['report', '--run', out, '--compare', out]);
  expect(compared.code).toBe(0);
  const missing = await runCli(['report', '--run', join(folder, 'nowhere')]);
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('no readable report')]);
});
