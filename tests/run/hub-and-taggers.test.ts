import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

import { generateCorpus } from '../../bench/generate-corpus.ts';
import { loadTools } from '../../src/cli/tools.ts';
import { loadConfig } from '../../src/config/load.ts';
import { dryRun } from '../../src/run/dry-run.ts';
import { loadTaxonomy } from '../../taggers/index.ts';
import { startHubServer } from '../support/hub-server.ts';
import { runCli, temporaryFolder, treeHashes } from '../support/run-cli.ts';

let folder = '';
const token = 'hf_secretsecretsecret';

beforeAll(async () => {
  folder = await temporaryFolder();
  await generateCorpus({ rows: 600, seed: 9, path: join(folder, 'rows.jsonl'), format: 'jsonl' });
});

async function config(name: string, source: string): Promise<string> {
  const path = join(folder, `${name}.yaml`);
  await writeFile(path, `sources: [${source}]\noutput: {shard_bytes: 256KiB}\nrun: {unit_bytes: 64KiB}\n`);
  return path;
}

async function parquetOf(path: string): Promise<Uint8Array> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const out = join(folder, 'rows.parquet');
  await connection.run(
    `copy (select * from read_json('${path}')) to '${out}' (format parquet, compression zstd, row_group_size 100)`,
  );
  return readFile(out);
}

test('a Hub dataset is read by range at a pinned commit, with the token kept to the Hub itself', async () => {
  const rows = await readFile(join(folder, 'rows.jsonl'));
  const sha = 'a'.repeat(40);
  await using hub = await startHubServer({
    repos: { 'someone/chat': { files: { 'data/rows.jsonl': rows }, sha, license: 'mit' } },
    token,
  });
  hub.addFault({ kind: 'status', status: 503, times: 2, headers: { 'retry-after': '0' } });
  const path = await config('hub', '{name: chat, hub: someone/chat, licence: mit}');
  const result = await runCli(['--config', path, '--out', join(folder, 'hub'), '--json'], {
    env: { HF_ENDPOINT: hub.endpoint, HF_TOKEN: token },
  });
  expect(result.stderr).not.toContain('unexpected');
  expect(result.code).toBe(0);
  expect(JSON.parse(result.stdout)).toMatchObject({ rows: 600, quarantined: 0 });
  const run = await readFile(join(folder, 'hub', 'run.json'), 'utf8');
  expect(JSON.parse(run).inputs[0]).toMatchObject({
    revision: sha,
    location: { repo: 'someone/chat', revision: sha },
  });
  expect(
    hub.requests.filter((request) => request.on === 'cdn' && request.authorization !== undefined),
  ).toEqual([]);
  const written = await Promise.all(
    (await readdir(join(folder, 'hub'), { recursive: true }))
      .filter((name) => /\.(json|jsonl|md|yaml|html)$/.test(name))
      .map((name) => readFile(join(folder, 'hub', name), 'utf8')),
  );
  for (const text of [result.stdout, result.stderr, run, ...written]) expect(text).not.toContain(token);
});

test('a long pause that the Hub asks for before a run begins is told while it lasts', async () => {
  const repos = { 'someone/chat': { files: { 'rows.jsonl': new Uint8Array() } } };
  await using hub = await startHubServer({ repos });
  hub.addFault({ kind: 'status', status: 429, headers: { 'retry-after': '3600' } });
  const taxonomy = await loadTaxonomy();
  const path = await config('paused', '{name: chat, hub: someone/chat}');
  const loaded = await loadConfig({ path, sets: [], taxonomy });
  const tools = await loadTools({ ...loaded.config.taggers, accurate: null }, taxonomy);
  const abort = new AbortController();
  const warnings: string[] = [];
  const checked = dryRun(
    { loaded, out: join(folder, 'paused'), tools },
    {
      emit(event) {
        if (event.type !== 'warning') return;
        warnings.push(`${event.code}: ${event.message}`);
        abort.abort();
      },
      clock: () => 0,
      environment: { HF_ENDPOINT: hub.endpoint },
      signal: abort.signal,
    },
  );
  await expect(checked).rejects.toMatchObject({ name: 'InterruptedError' });
  const address = `${hub.endpoint}/api/datasets/someone/chat/revision/main`;
  expect(warnings).toEqual([`hub-pause: the Hub asks to wait 1 h 0 min (${address}: status 429)`]);
});

test('Parquet from the Hub gives the rows of the same file on disk', async () => {
  const parquet = await parquetOf(join(folder, 'rows.jsonl'));
  await using hub = await startHubServer({
    repos: { 'someone/pq': { files: { 'data/train.parquet': parquet } } },
  });
  const path = await config('pq', '{name: rows, hub: someone/pq}');
  const result = await runCli(['--config', path, '--out', join(folder, 'pq'), '--json'], {
    env: { HF_ENDPOINT: hub.endpoint },
  });
  expect(result.code).toBe(0);
  expect(JSON.parse(result.stdout)).toMatchObject({ rows: 600 });
});

test('what was fetched serves a run without a connection; before that the run names what is missing', async () => {
  const rows = await readFile(join(folder, 'rows.jsonl'));
  const path = await config('fetched', '{name: chat, hub: someone/chat, licence: mit}');
  const home = join(folder, 'hf-home');
  const run = ['--config', path, '--out', join(folder, 'fetched'), '--offline', '--json'];
  await using hub = await startHubServer({ repos: { 'someone/chat': { files: { 'rows.jsonl': rows } } } });
  const env = { HF_ENDPOINT: hub.endpoint, HF_HOME: home };
  const early = await runCli(run, { env });
  expect(early.code).toBe(1);
  expect(early.stderr).toContain('someone/chat at revision main: not in the local cache');
  const fetched = await runCli(['fetch', '--config', path, '--json'], { env });
  expect(JSON.parse(fetched.stdout).sources).toMatchObject([{ source: 'chat', fetched_bytes: rows.length }]);
  const before = hub.requests.length;
  const result = await runCli(run, { env });
  expect(result.code).toBe(0);
  expect(JSON.parse(result.stdout)).toMatchObject({ rows: 600 });
  expect(hub.requests).toHaveLength(before);
});

test('a server that ignores Range is an error, never data', async () => {
  const rows = await readFile(join(folder, 'rows.jsonl'));
  await using hub = await startHubServer({ repos: { 'someone/chat': { files: { 'rows.jsonl': rows } } } });
  hub.addFault({ kind: 'ignore-range', on: 'cdn', times: 1000 });
  const result = await runCli(
    ['--config', await config('ignore', '{name: chat, hub: someone/chat}'), '--out', join(folder, 'ignore')],
    { env: { HF_ENDPOINT: hub.endpoint } },
  );
  expect(result.code).toBe(3);
  expect(result.stderr).not.toMatch(/\n\s+at /);
  expect(await readdir(join(folder, 'ignore', 'dataset')).catch(() => [])).toEqual([]);
});

const tiny = join(import.meta.dirname, '..', 'taggers', 'fixtures', 'tiny-bert');

test('a configuration can point at any folder with an ONNX text classifier', async () => {
  const path = await config('tiny', '{name: rows, path: rows.jsonl}');
  const result = await runCli([
    '--config',
    path,
    '--set',
    `taggers.persona=${tiny}`,
    '--out',
    join(folder, 'tiny'),
    '--json',
  ]);
  expect(result.code).toBe(0);
  expect(JSON.parse(result.stdout)).toMatchObject({ rows: 600 });
  expect(Object.keys(await treeHashes(join(folder, 'tiny', 'tags')))[0]).toMatch(/^tiny/);
});

test('a tagger folder without its model, or with another model than it says, is one sentence before any row is read', async () => {
  const path = await config('broken', '{name: rows, path: rows.jsonl}');
  await cp(tiny, join(folder, 'no-model'), {
    recursive: true,
    filter: (source) => !source.endsWith('.onnx'),
  });
  await cp(tiny, join(folder, 'changed'), { recursive: true });
  await writeFile(join(folder, 'changed', 'model.onnx'), 'no model');
  for (const name of ['no-model', 'changed']) {
    const result = await runCli([
      '--config',
      path,
      '--set',
      `taggers.persona=${join(folder, name)}`,
      '--out',
      join(folder, `out-${name}`),
    ]);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('model.onnx');
    expect(result.stderr).not.toMatch(/\n\s+at /);
  }
});
