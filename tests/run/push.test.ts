import { createHash } from 'node:crypto';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import { mayRemove, pushRun } from '../../src/run/hub/push.ts';
import { generateCorpus } from '../../bench/generate-corpus.ts';
import { type HubServer, startHubServer } from '../support/hub-server.ts';
import { acceptUploads, type HubUploads } from '../support/hub-uploads.ts';
import { type CliResult, runCli, temporaryFolder, treeHashes } from '../support/run-cli.ts';

const token = 'hf_secretsecretsecret';
const repo = 'me/corpus';
let folder = '';
let hub: HubServer;
let uploads: HubUploads;

beforeAll(async () => {
  folder = await temporaryFolder();
  await generateCorpus({ rows: 500, seed: 3, path: join(folder, 'rows.jsonl'), format: 'jsonl' });
  const config = `sources: [{name: rows, path: rows.jsonl, licence: mit}]\noutput: {shard_bytes: 128KiB}\n`;
  await writeFile(join(folder, 'a.yaml'), config);
  for (const [name, total] of [
    ['big', 400],
    ['small', 120],
  ] as const) {
    const args = ['--config', join(folder, 'a.yaml'), '--out', join(folder, name)];
    const result = await runCli([...args, '--set', `balance.total=${total}`]);
    if (result.code !== 0) throw new Error(result.stderr);
  }
});

beforeEach(async () => {
  uploads = acceptUploads();
  const { routes, cdnRoutes } = uploads;
  hub = await startHubServer({ repos: {}, token, routes, cdnRoutes });
  uploads.attach(hub);
});
afterEach(() => hub[Symbol.asyncDispose]());

function pushCli(run: string, ...more: string[]): Promise<CliResult> {
  const env = { HF_ENDPOINT: hub.endpoint, HF_TOKEN: token, HF_HUB_OFFLINE: '' };
  return runCli(['push', '--run', join(folder, run), '--repo', repo, ...more], { env });
}

function push(
  run: string,
  options: { isPrivate?: boolean; isTrial?: boolean; repo?: string; token?: string } = {},
): ReturnType<typeof pushRun> {
  const params = { repo, isPrivate: false, isTrial: false, ...options, run: join(folder, run) };
  const environment = { HF_ENDPOINT: hub.endpoint, HF_TOKEN: options.token ?? token };
  return pushRun(params, { emit: () => undefined, clock: () => 0, environment });
}

/** What the repository holds, without what the Hub itself put there. */
function remoteHashes(): Record<string, string> {
  const files = Object.entries(hub.repos[repo]?.files ?? {}).filter(([path]) => path !== '.gitattributes');
  const hashes = files.map(([path, content]) => [path, createHash('sha256').update(content).digest('hex')]);
  return Object.fromEntries(hashes.toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1))) as Record<
    string,
    string
  >;
}

test('a push makes the repository, and one commit that holds exactly the dataset', async () => {
  const result = await push('big', { isPrivate: true });
  expect(uploads.commits).toHaveLength(1);
  expect(remoteHashes()).toEqual(await treeHashes(join(folder, 'big', 'dataset')));
  expect(hub.repos[repo]?.private).toBe(true);
  expect(result).toMatchObject({ repo, commit: hub.repos[repo]?.sha, isNew: true });
  expect(hub.requests.filter(({ on, authorization }) => on === 'cdn' && authorization !== undefined)).toEqual(
    [],
  );
  expect(uploads.puts.length).toBeGreaterThan(2);
});

test('a second push of the same dataset sends nothing and makes no commit', async () => {
  await push('big');
  const before = hub.requests.length;
  const result = await push('big');
  expect(result.plan).toMatchObject({ upload: [], remove: [] });
  expect(uploads.commits).toHaveLength(1);
  expect(hub.requests.slice(before).filter(({ method }) => method !== 'GET')).toEqual([]);
});

test('another dataset replaces the first in one commit; shards that are no longer part are removed, other files stay', async () => {
  await push('big');
  const before = hub.repos[repo];
  const others = { 'images/logo.png': 'png', 'axolotl/old_phase.yaml': 'datasets: []' };
  if (before) hub.repos[repo] = { ...before, files: { ...before.files, ...others } };
  const trial = await push('small', { isTrial: true });
  expect(uploads.commits).toHaveLength(1);
  await push('small');
  expect(uploads.commits).toHaveLength(2);
  expect(uploads.commits[1]?.deleted).toEqual(trial.plan.remove);
  expect(trial.plan.remove).toContain('axolotl/old_phase.yaml');
  expect(trial.plan.remove.filter((path) => path.endsWith('.parquet')).length).toBeGreaterThan(0);
  const { 'images/logo.png': logo, ...rest } = remoteHashes();
  expect(logo).toBeDefined();
  expect(rest).toEqual(await treeHashes(join(folder, 'small', 'dataset')));
});

test('every path that a run writes may be removed again, but for the card', async () => {
  const written = Object.keys(await treeHashes(join(folder, 'big', 'dataset')));
  expect(written.filter((path) => !mayRemove(path))).toEqual(['README.md']);
  const added = ['.gitattributes', 'images/logo.png', 'axolotl/mine/own.yaml', 'notes/manifest.json'];
  expect(added.filter(mayRemove)).toEqual([]);
});

test('a long pause that the Hub asks for is told while it lasts', async () => {
  hub.addFault({ kind: 'status', status: 429, headers: { 'retry-after': '3600' } });
  const abort = new AbortController();
  const warnings: string[] = [];
  const params = { repo, isPrivate: false, isTrial: true, run: join(folder, 'small') };
  const pushed = pushRun(params, {
    emit(event) {
      if (event.type !== 'warning' || event.code !== 'hub-pause') return;
      warnings.push(event.message);
      abort.abort();
    },
    clock: () => 0,
    environment: { HF_ENDPOINT: hub.endpoint, HF_TOKEN: token },
    signal: abort.signal,
  });
  await expect(pushed).rejects.toMatchObject({ name: 'InterruptedError' });
  const address = `${hub.endpoint}/api/datasets/${repo}/revision/main`;
  expect(warnings).toEqual([`the Hub asks to wait 1 h 0 min (${address}: status 429)`]);
});

test('a push that is cut off leaves the old revision; the next one sends only what is missing', async () => {
  await push('small');
  const old = hub.repos[repo];
  hub.addFault({ kind: 'status', status: 400, path: '/commit/' });
  await expect(push('big')).rejects.toMatchObject({ name: 'FatalError', code: 'hub-status' });
  expect(hub.repos[repo]).toEqual(old);
  const sent = uploads.puts.length;
  await push('big');
  expect(uploads.puts).toHaveLength(sent);
  expect(remoteHashes()).toEqual(await treeHashes(join(folder, 'big', 'dataset')));
});

test('a commit that somebody else made in between is not overwritten', async () => {
  await push('small');
  const before = hub.repos[repo];
  const route = uploads.routes.find(({ path }) => path.test('/api/datasets/me/corpus/preupload/main'));
  const whole = route?.handle;
  if (!route || !whole || !before) throw new Error('no such route');
  Object.assign(route, {
    handle: (...parameters: Parameters<typeof whole>) => {
      hub.repos[repo] = { ...before, sha: 'f'.repeat(40) };
      return whole(...parameters);
    },
  });
  await expect(push('big')).rejects.toMatchObject({ name: 'FatalError', code: 'hub-conflict' });
  expect(uploads.commits).toHaveLength(1);
});

test('a lost answer to a commit that was made is no failure, and is not sent twice', async () => {
  const route = uploads.routes.find(({ path }) => path.test('/api/datasets/me/corpus/commit/main'));
  const whole = route?.handle;
  if (!route || !whole) throw new Error('no such route');
  Object.assign(route, {
    handle: async (...[request, response, match]: Parameters<typeof whole>) => {
      Object.assign(response, { end: () => request.socket.destroy() });
      await whole(request, response, match);
    },
  });
  const result = await push('small');
  expect(result.commit).toBe(hub.repos[repo]?.sha);
  expect(uploads.commits).toHaveLength(1);
});

test('uploads are tried again, in parts where the Hub wants parts', async () => {
  await hub[Symbol.asyncDispose]();
  uploads = acceptUploads({ multipartAbove: 10_000 });
  const { routes, cdnRoutes } = uploads;
  hub = await startHubServer({ repos: {}, token, routes, cdnRoutes });
  uploads.attach(hub);
  hub.addFault({ kind: 'status', status: 503, on: 'cdn', times: 2, headers: { 'retry-after': '0' } });
  hub.addFault({ kind: 'refuse', on: 'cdn' });
  await push('small');
  expect(uploads.puts.length).toBeGreaterThan(uploads.stored.size);
  expect(remoteHashes()).toEqual(await treeHashes(join(folder, 'small', 'dataset')));
});

test('what stands in the way of a push is said before anything is sent', async () => {
  await expect(push('small', { token: '' })).rejects.toMatchObject({ code: 'hub-token-missing' });
  await expect(push('small', { token: 'hf_another' })).rejects.toMatchObject({ code: 'hub-gated' });
  await expect(push('small', { repo: 'corpus' })).rejects.toMatchObject({ code: 'hub-repo-invalid' });
  await expect(push('absent')).rejects.toMatchObject({ name: 'ConfigError', code: 'run-unfinished' });
  expect(hub.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
});

test('a changed shard, and a public repository where a private one is asked for, are not pushed over', async () => {
  await cp(join(folder, 'small'), join(folder, 'changed'), { recursive: true });
  const shards = (await readdir(join(folder, 'changed', 'dataset'), { recursive: true })).filter((name) =>
    name.endsWith('.parquet'),
  );
  await writeFile(join(folder, 'changed', 'dataset', shards[0] ?? ''), 'PAR1');
  await expect(push('changed')).rejects.toMatchObject({
    name: 'ValidationError',
    code: 'dataset-changed',
    message: expect.stringContaining(shards[0] ?? '-'),
  });
  await push('small');
  await expect(push('small', { isPrivate: true })).rejects.toMatchObject({ code: 'hub-not-private' });
});

test('the token is in no file, message or log of a push', async () => {
  const results = [await pushCli('small', '--log-format', 'json', '--json')];
  expect(JSON.parse(results[0]?.stdout ?? '')).toMatchObject({ repo, new_repository: true, changed: true });
  hub.addFault({ kind: 'status', status: 403, path: '/preupload/' });
  results.push(await pushCli('big', '--debug'));
  expect(results[1]?.code).toBe(1);
  expect(results[1]?.stderr).toContain('HF_TOKEN may not write to me/corpus');
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  const texts = await Promise.all(
    files.map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1')),
  );
  for (const { stdout, stderr } of results) texts.push(stdout, stderr);
  expect(texts.filter((text) => text.includes(token) || text.includes('signature='))).toEqual([]);
});

test('a made file goes beside what the repository holds, in one commit that names its size, and not when it is invalid', async () => {
  const made = join(folder, 'made');
  const maker = await runCli(['make', 'conversations', '--personas', '1', '--out', made]);
  expect(maker.code).toBe(0);
  const file = join(made, 'training_conversations.json');
  const env = { HF_ENDPOINT: hub.endpoint, HF_TOKEN: token, HF_HUB_OFFLINE: '' };
  await push('small');
  const before = Object.keys(remoteHashes());
  const pushed = await runCli(['push', '--file', file, '--repo', repo], { env });
  expect([pushed.code, pushed.stdout]).toEqual([0, expect.stringContaining('1 files uploaded')]);
  expect(Object.keys(remoteHashes())).toEqual([...before, 'training_conversations.json'].toSorted());
  expect(uploads.commits).toHaveLength(2);
  expect(JSON.stringify(uploads.commits[1])).toMatch(/training_conversations\.json: 10 records, \d+ bytes/);

  const records = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify(records.slice(1)));
  for (const more of [['--repo', repo], ['--validate-only']]) {
    const refused = await runCli(['push', '--file', file, ...more], { env });
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('such as cell-missing (persona_001)'),
    ]);
  }
  expect(uploads.commits).toHaveLength(2);
});

test('push says what it needs', async () => {
  for (const [args, message] of [
    [['push', '--repo', repo], 'push needs --run or --file'],
    [['push', '--run', 'x'], 'push needs --repo'],
    [['push', '--run', 'x', '--validate-only'], 'push needs --file'],
  ] as const) {
    const result = await runCli(args);
    expect([result.code, result.stderr]).toEqual([1, expect.stringContaining(message)]);
  }
});
