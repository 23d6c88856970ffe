import { mkdtemp, mkdir, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { fetchDataset } from '../../src/hub/fetch-dataset.ts';
import { fetchTagger } from '../../src/hub/fetch-tagger.ts';
import { listHubFiles } from '../../src/hub/list-dataset.ts';
import { openHubBytes } from '../../src/hub/open-file.ts';
import { defaultSha, type HubServer, startHubServer } from '../support/hub-server.ts';

const large = Array.from({ length: 4000 }, (_, i) => `{"prompt":"ask ${i}","completion":"tell"}\n`).join('');
const blockBytes = 16 << 10;
const token = 'hf_secretsecretsecret';
let home: string;
let server: HubServer;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hub-download-'));
  const files = { 'data/a b.jsonl': large, 'b.csv': 'x,y\n1,2\n', 'README.md': '# card' };
  server = await startHubServer({ repos: { 'owner/talk': { files, license: 'mit' } }, token });
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(home, { recursive: true });
});

const environment = (more: Record<string, string> = {}) => ({
  HF_HOME: home,
  HF_ENDPOINT: server.endpoint,
  HF_TOKEN: token,
  ...more,
});
const retry = { attempts: 2, sleep: () => Promise.resolve() };
const fetchIt = () => fetchDataset({ repo: 'owner/talk' }, { environment: environment(), blockBytes, retry });
const listOffline = () =>
  listHubFiles({ source: 's', repo: 'owner/talk' }, { environment: environment({ HF_HUB_OFFLINE: '1' }) });
const repoFolder = () => join(home, 'hub', 'datasets--owner--talk');
const rangesOnWire = () => server.requests.filter(({ on }) => on === 'cdn').map(({ range }) => range);

test('what was fetched is the files byte for byte, and is not fetched again', async () => {
  const first = await fetchIt();
  expect(first).toMatchObject({ files: 2, fetchedFiles: 2, fetchedBytes: large.length + 8 });
  const path = join(repoFolder(), 'snapshots', defaultSha, 'data', 'a b.jsonl');
  expect(await readFile(path, 'utf8')).toBe(large);
  expect(await readFile(join(repoFolder(), 'refs', 'main'), 'utf8')).toBe(defaultSha);
  const before = server.requests.length;
  expect(await fetchIt()).toMatchObject({ files: 2, fetchedFiles: 0, fetchedBytes: 0 });
  expect(server.requests.slice(before).filter(({ url }) => url.includes('/resolve/'))).toEqual([]);
});

test('a download that was cut off goes on where it stopped', async () => {
  let blocks = 0;
  const cut: typeof fetch = (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    if (url.startsWith(server.cdn) && ++blocks > 3) return Promise.reject(new TypeError('cut off'));
    return fetch(input, init);
  };
  await expect(
    fetchDataset({ repo: 'owner/talk' }, { environment: environment(), blockBytes, retry, fetch: cut }),
  ).rejects.toMatchObject({ code: 'hub-network' });
  const [part = ''] = (await readdir(join(repoFolder(), 'blobs'))).filter((name) =>
    name.endsWith('.incomplete'),
  );
  expect((await stat(join(repoFolder(), 'blobs', part))).size).toBe(3 * blockBytes);
  server.requests.length = 0;
  const result = await fetchIt();
  expect(result.fetchedBytes).toBe(large.length - 3 * blockBytes);
  expect(rangesOnWire()[0]).toBe(`bytes=${3 * blockBytes}-${4 * blockBytes - 1}`);
  expect(await readdir(join(repoFolder(), 'blobs'))).not.toContain(part);
});

test('half a file that holds other bytes is thrown away, and damage on the way is never published', async () => {
  await fetchIt();
  const blobs = join(repoFolder(), 'blobs');
  const name = (await readdir(blobs)).find((candidate) => candidate.length === 64) ?? '';
  await unlink(join(blobs, name));
  await writeFile(join(blobs, `${name}.incomplete`), 'x'.repeat(1000));
  expect(await fetchIt()).toMatchObject({ fetchedFiles: 1 });
  expect(await readFile(join(blobs, name), 'utf8')).toBe(large);
  await unlink(join(blobs, name));
  const damaged: typeof fetch = async (input, init) => {
    const reply = await fetch(input, init);
    const url = input instanceof Request ? input.url : String(input);
    if (!url.startsWith(server.cdn)) return reply;
    const body = new Uint8Array(await reply.arrayBuffer());
    body[0] = 0;
    return new Response(body, { status: reply.status, headers: reply.headers });
  };
  await expect(
    fetchDataset({ repo: 'owner/talk' }, { environment: environment(), blockBytes, retry, fetch: damaged }),
  ).rejects.toMatchObject({ code: 'hub-hash-mismatch' });
  expect(await readdir(blobs)).not.toContain(name);
});

test('offline, a fetch that was cut off names the files that are missing; after the fetch the listing is the same as online', async () => {
  server.addFault({ kind: 'status', status: 400, on: 'cdn' });
  await expect(fetchIt()).rejects.toMatchObject({ code: 'hub-status' });
  await expect(listOffline()).rejects.toMatchObject({
    name: 'ConfigError',
    code: 'hub-offline-missing',
    message: expect.stringContaining('data/a b.jsonl (1 of 2 files)'),
  });
  await fetchIt();
  const online = await listHubFiles({ source: 's', repo: 'owner/talk' }, { environment: environment() });
  const offline = await listOffline();
  expect(offline.files.map(({ name, bytes }) => [name, bytes])).toEqual(
    online.files.map(({ name, bytes }) => [name, bytes]),
  );
  expect(offline).toMatchObject({ revision: online.revision, license: 'mit', files: online.files });
});

test('a run reads a fetched file from the cache, and a file of another revision from the Hub', async () => {
  await fetchIt();
  const { files } = await listHubFiles({ source: 's', repo: 'owner/talk' }, { environment: environment() });
  const location = files.find(({ name }) => name.endsWith('.jsonl'))?.location;
  if (location?.kind !== 'hub') throw new Error('not listed');
  const before = server.requests.length;
  await using cached = await openHubBytes(location, large.length, { environment: environment() });
  expect(Buffer.from(await cached.read(0, 9)).toString()).toBe('{"prompt"');
  expect(server.requests).toHaveLength(before);
  const link = join(repoFolder(), 'snapshots', defaultSha, 'data', 'a b.jsonl');
  await unlink(link);
  await writeFile(link, 'short');
  await using streamed = await openHubBytes(location, large.length, { environment: environment() });
  expect(Buffer.from(await streamed.read(0, 9)).toString()).toBe('{"prompt"');
  expect(server.requests.length).toBeGreaterThan(before);
});

test('names from a server that lead out of the cache are refused', async () => {
  for (const name of ['/etc/evil.jsonl', 'data\\..\\..\\evil.jsonl', 'C:evil.jsonl']) {
    server.repos['owner/evil'] = { files: { [name]: large } };
    await expect(
      fetchDataset({ repo: 'owner/evil' }, { environment: environment(), retry }),
    ).rejects.toMatchObject({ code: 'hub-bad-reply' });
  }
  expect(await readdir(home)).toEqual([]);
});

test('a repository without a data file is an error', async () => {
  server.repos['owner/code'] = { files: { 'a.py': 'print()' } };
  await expect(
    fetchDataset({ repo: 'owner/code' }, { environment: environment(), retry }),
  ).rejects.toMatchObject({ name: 'ConfigError', code: 'hub-no-data-files' });
});

test('gated and missing repositories are one sentence each', async () => {
  const cases = [
    [403, 'GatedRepo', 'hub-gated', /^owner\/talk is gated: accept its terms at .+ and set HF_TOKEN$/],
    [401, 'RepoNotFound', 'hub-not-found', /^owner\/talk does not exist on .+, or it is private$/],
    [404, 'RepoNotFound', 'hub-not-found', /^owner\/talk at revision main does not exist on /],
  ] as const;
  for (const [status, cause, code, message] of cases) {
    server.addFault({ kind: 'status', status, headers: { 'x-error-code': cause } });
    await expect(fetchIt()).rejects.toMatchObject({
      name: 'ConfigError',
      code,
      message: expect.stringMatching(message),
    });
  }
});

test('the token goes to the Hub alone and into no file of the cache', async () => {
  await fetchIt();
  expect(
    server.requests.filter(({ on, authorization }) => on === 'cdn' && authorization !== undefined),
  ).toEqual([]);
  const entries = await readdir(home, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1')),
  );
  expect(texts.filter((text) => text.includes(token))).toEqual([]);
});

test('offline, a tagger that is not there is named', async () => {
  await mkdir(join(home, 'hub'));
  await expect(
    fetchTagger('owner/tagger', { environment: environment({ HF_HUB_OFFLINE: '1' }) }),
  ).rejects.toMatchObject({ code: 'hub-offline-missing', message: expect.stringContaining('owner/tagger') });
});
