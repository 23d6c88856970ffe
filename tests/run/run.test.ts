import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, expect, test } from 'vitest';

import { generateCorpus } from '../../bench/generate-corpus.ts';
import { killCli, runCli, temporaryFolder, treeHashes } from '../support/run-cli.ts';

let folder = '';
let config = '';
let reference: Record<string, string> = {};

const settings = `
dataset:
  persona_weights: {code_expert: {min: 0.05}, empathetic_counselor: {min: 0.05}}
  trait_requirements: {brief: {min: 0.2}}
training:
  curriculum:
    phase1_foundation: {persona_focus: [code_expert, problem_solver, factual_informant, tool_orchestrator, general_assistant]}
    phase2_rest: {persona_focus: [analytical_reasoner, math_tutor, empathetic_counselor, creative_storyteller, conversational_agent]}
    phase3_mixed: {persona_focus: all}
peft:
  adapters:
    tech_expert: {personas: [code_expert, problem_solver]}
    emotive: {personas: [empathetic_counselor, conversational_agent]}
output: {shard_bytes: 256KiB, validation_share: 0.05}
run: {unit_bytes: 128KiB}
`;

async function writeConfig(name: string, sources: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `${settings}\nsources:\n${sources.map((source) => `  - ${source}`).join('\n')}\n`);
  return path;
}

const run = (configPath: string, out: string, ...more: string[]) =>
  runCli(['--config', configPath, '--out', join(folder, out), '--json', ...more]);

beforeAll(async () => {
  folder = await temporaryFolder();
  await generateCorpus({ rows: 1500, seed: 1, path: join(folder, 'a.jsonl'), format: 'jsonl' });
  await generateCorpus({
    rows: 500,
    seed: 2,
    path: join(folder, 'b.jsonl'),
    format: 'jsonl',
    shape: 'messages',
  });
  config = await writeConfig('run.yaml', ['{name: a, path: a.jsonl}', '{name: b, path: b.jsonl}']);
  const first = await run(config, 'reference', '--workers', '2');
  expect(first.stderr).not.toContain('unexpected');
  expect(first.code).toBe(0);
  reference = await treeHashes(join(folder, 'reference', 'dataset'));
});

test('a run accounts for every input row and an independent reader finds the rows of the manifest', async () => {
  const report = JSON.parse(await readFile(join(folder, 'reference', 'report', 'report.json'), 'utf8'));
  const { accounting } = report;
  const filtered = accounting.filtered.reduce((sum: number, entry: { rows: number }) => sum + entry.rows, 0);
  expect(accounting.input).toBe(2000);
  expect(
    accounting.quarantined + filtered + accounting.duplicates + accounting.notSelected + accounting.selected,
  ).toBe(2000);
  const manifest = JSON.parse(await readFile(join(folder, 'reference', 'dataset', 'manifest.json'), 'utf8'));
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  for (const file of manifest.files) {
    const reader = await connection.runAndReadAll(
      `select count(*), count(distinct _row_key || '/' || _copy) from read_parquet('${join(folder, 'reference', 'dataset', file.path)}')`,
    );
    expect(reader.getRows()[0]?.map(Number)).toEqual([file.rows, file.rows]);
  }
  const mixed = await connection.runAndReadAll(
    `select count(*) from read_parquet('${join(folder, 'reference', 'dataset', 'phases/3-mixed')}/*.parquet')`,
  );
  expect(Number(mixed.getRows()[0]?.[0])).toBe(accounting.selected + accounting.copies);
});

test('one worker, and the sources in another order, give the same bytes', async () => {
  const shuffled = await writeConfig('shuffled.yaml', [
    '{name: b, path: b.jsonl}',
    '{name: a, path: a.jsonl}',
  ]);
  expect((await run(shuffled, 'one', '--workers', '1')).code).toBe(0);
  expect(await treeHashes(join(folder, 'one', 'dataset'))).toEqual(reference);
});

test('killed at any moment and started again, the bytes are the same and nothing temporary is left', async () => {
  for (const ms of [400, 900, 1300, 1700, 2300]) {
    await killCli(['--config', config, '--out', join(folder, 'killed')], ms);
  }
  expect((await run(config, 'killed')).code).toBe(0);
  expect(await treeHashes(join(folder, 'killed', 'dataset'))).toEqual(reference);
  const left = await readdir(join(folder, 'killed'), { recursive: true });
  expect(left.filter((name) => name.includes('.tmp-') || name.includes('spill'))).toEqual([]);
});

test('a finished run reuses every unit, and a changed file is the only one tagged again', async () => {
  await mkdir(join(folder, 'changing'));
  for (const name of ['a.jsonl', 'b.jsonl'])
    await writeFile(join(folder, 'changing', name), await readFile(join(folder, name)));
  const own = await writeConfig('changing.yaml', [
    '{name: a, path: changing/a.jsonl}',
    '{name: b, path: changing/b.jsonl}',
  ]);
  await run(own, 'resumed');
  const again = await run(own, 'resumed');
  expect(again.stderr).not.toContain('tagged again');
  expect(await treeHashes(join(folder, 'resumed', 'dataset'))).toEqual(reference);
  await appendFile(
    join(folder, 'changing', 'b.jsonl'),
    '{"messages":[{"role":"user","content":"What is a lathe?"},{"role":"assistant","content":"A machine that turns a workpiece."}]}\n',
  );
  const changed = await run(own, 'resumed');
  expect(changed.code).toBe(0);
  expect(changed.stderr).toMatch(/(?:is|are) tagged again: the input file changed \(b\.jsonl/);
  expect(changed.stderr).not.toMatch(/tagged again.*\(a\.jsonl/);
});

test('a tampered sidecar and a tampered shard are found and made again', async () => {
  await run(config, 'tampered');
  const tags = (await readdir(join(folder, 'tampered', 'tags'), { recursive: true })).filter((name) =>
    name.endsWith('.parquet'),
  );
  await appendFile(join(folder, 'tampered', 'tags', tags[0] ?? ''), 'x');
  const shard = Object.keys(reference).find((name) => name.endsWith('.parquet')) ?? '';
  await writeFile(join(folder, 'tampered', 'dataset', shard), 'not a shard');
  const again = await run(config, 'tampered');
  expect(again.stderr).toContain('a file was tampered with or damaged since it was written');
  expect(await treeHashes(join(folder, 'tampered', 'dataset'))).toEqual(reference);
});

test('a bad row costs one row and is quarantined with its place', async () => {
  const text = await readFile(join(folder, 'b.jsonl'), 'utf8');
  await writeFile(join(folder, 'bad.jsonl'), `${text}{"messages": [\n`);
  const own = await writeConfig('bad.yaml', ['{name: bad, path: bad.jsonl}']);
  const result = await run(own, 'bad');
  expect(result.code).toBe(0);
  expect(JSON.parse(result.stdout)).toMatchObject({ rows: 501, quarantined: 1 });
  const quarantine = (await readdir(join(folder, 'bad', 'quarantine'), { recursive: true })).filter((name) =>
    name.endsWith('.jsonl'),
  );
  expect(
    JSON.parse(await readFile(join(folder, 'bad', 'quarantine', quarantine[0] ?? ''), 'utf8')),
  ).toMatchObject({ source: 'bad', file: 'bad.jsonl', row: 500, code: 'json-invalid' });
});

test('a source with too many bad rows fails the run with exit 2 and names the worst', async () => {
  await writeFile(
    join(folder, 'awful.jsonl'),
    `${await readFile(join(folder, 'b.jsonl'), 'utf8')}${'{"messages": [\n'.repeat(30)}`,
  );
  const result = await run(await writeConfig('awful.yaml', ['{name: awful, path: awful.jsonl}']), 'awful');
  expect(result.code).toBe(2);
  expect(result.stderr).toContain('source "awful": 30 of 530 rows are bad');
});

test('an infeasible wish is explained, and an error when asked for', async () => {
  const wish = [
    '--set',
    'persona_weights={grief_companion: 0.9}',
    '--set',
    'balance.total=1500',
    '--set',
    'balance.max_repeats=1',
  ];
  const nearest = await run(config, 'infeasible', ...wish);
  expect(nearest.code).toBe(0);
  expect(JSON.parse(nearest.stdout).feasible).toBe(false);
  const feasibility = JSON.parse(
    await readFile(join(folder, 'infeasible', 'plan', 'feasibility.json'), 'utf8'),
  );
  expect(feasibility.certificate.conflicts).toContain('persona:grief_companion');
  const error = await run(config, 'infeasible-error', ...wish, '--set', 'balance.on_infeasible=error');
  expect(error.code).toBe(2);
  expect(error.stderr).toContain('the shares cannot all hold');
});

test('a second process on the same folder is refused with a sentence', async () => {
  await mkdir(join(folder, 'locked'), { recursive: true });
  await writeFile(join(folder, 'locked', 'run.lock'), String(process.pid));
  const result = await run(config, 'locked');
  expect(result.code).toBe(1);
  expect(result.stderr).toContain('another run');
  await rm(join(folder, 'locked', 'run.lock'));
});

test('a truncated gzip, a corrupt Parquet footer and a file without rows stop the run with a sentence, and can be left out', async () => {
  const text = await readFile(join(folder, 'b.jsonl'));
  await writeFile(join(folder, 'cut.jsonl.gz'), gzipSync(text).subarray(0, 20_000));
  await writeFile(
    join(folder, 'bad.parquet'),
    Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(200, 7), Buffer.from('PAR1')]),
  );
  for (const name of ['cut.jsonl.gz', 'bad.parquet']) {
    const own = await writeConfig('damaged.yaml', [`{name: damaged, path: [${name}, a.jsonl]}`]);
    const result = await run(own, 'damaged');
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(`${name}: `);
    expect(result.stderr).toContain('--set run.on_bad_file=skip');
    expect(result.stderr).not.toMatch(/\n\s+at /);
    const without = await run(own, 'damaged', '--set', 'run.on_bad_file=skip');
    expect(JSON.parse(without.stdout)).toMatchObject({ rows: 1500 });
  }
  await writeFile(join(folder, 'numbers.json'), '[1, 2, 3]');
  const nothing = await run(await writeConfig('nothing.yaml', ['{name: n, path: numbers.json}']), 'nothing');
  expect([nothing.code, nothing.stderr]).toEqual([
    2,
    expect.stringContaining('no file holds a row that can be read'),
  ]);
});

test('an output folder that cannot be written is one sentence', async () => {
  await writeFile(join(folder, 'a-file'), 'in the way');
  const result = await runCli(['--config', config, '--out', join(folder, 'a-file', 'run')]);
  expect(result.code).toBe(3);
  expect(result.stderr).toContain('a file where a folder is needed');
});
