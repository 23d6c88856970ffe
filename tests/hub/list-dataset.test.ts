import { afterEach, beforeEach, expect, test } from 'vitest';

import type { HubLocation } from '../../src/core/unit.ts';
import { listHubFiles } from '../../src/hub/list-dataset.ts';
import { openHubBytes } from '../../src/hub/open-file.ts';
import { defaultSha, type HubServer, startHubServer } from '../support/hub-server.ts';

const token = 'hf_secretsecretsecret';
const large = Array.from({ length: 2000 }, (_, i) => `{"row":${i}}\n`).join('');
let server: HubServer;

beforeEach(async () => {
  server = await startHubServer({
    treePage: 2,
    repos: {
      'owner/talk': {
        license: 'mit',
        files: {
          'data/b.jsonl': large,
          'data/a#1 ü.jsonl': large,
          'small.csv': 'a,b\n1,2\n',
          'README.md': '# card',
          '.gitattributes': '*.parquet filter=lfs',
          'dataset_infos.json': '{}',
          'void.jsonl': '',
          'archive/B.parquet.zst': 'not read here',
        },
      },
      'owner/script': { files: { 'script.py': 'print()', 'data/train.zip': 'PK', 'README.md': '#' } },
      'owner/script@refs/convert/parquet': {
        sha: '2222222222222222222222222222222222222222',
        files: { 'default/train/0000.parquet': 'PAR1' },
      },
      'owner/bare': { files: { 'README.md': '#', 'model.bin': 'x' } },
    },
  });
});
afterEach(() => server[Symbol.asyncDispose]());

const noWait = { sleep: () => Promise.resolve(), random: () => 0 };
const options = (environment: Record<string, string> = {}) => ({
  environment: { HF_ENDPOINT: server.endpoint, ...environment },
  retry: noWait,
});
const list = (repo: string, more: { revision?: string; paths?: string[] } = {}) =>
  listHubFiles({ source: 'talk', repo, ...more }, options());

test('a listing names the commit, the data files of every page in code unit order, and what was ignored', async () => {
  const listing = await list('owner/talk');
  expect(listing).toMatchObject({ revision: defaultSha, license: 'mit', gated: false });
  expect(listing.files.map(({ name }) => name)).toEqual([
    'archive/B.parquet.zst',
    'data/a#1 ü.jsonl',
    'data/b.jsonl',
    'small.csv',
  ]);
  expect(listing.files[2]).toEqual({
    source: 'talk',
    name: 'data/b.jsonl',
    bytes: large.length,
    location: {
      kind: 'hub',
      repo: 'owner/talk',
      revision: defaultSha,
      path: 'data/b.jsonl',
      etag: expect.stringMatching(/^[0-9a-f]{64}$/),
      endpoint: server.endpoint,
    },
  });
  expect(listing.ignored).toEqual([
    { path: '.gitattributes', reason: 'not-data' },
    { path: 'README.md', reason: 'not-data' },
    { path: 'dataset_infos.json', reason: 'metadata' },
    { path: 'void.jsonl', reason: 'empty' },
  ]);
  const trees = server.requests.filter(({ url }) => url.includes('/tree/'));
  expect(trees.length).toBeGreaterThan(3);
  expect(trees.every(({ url }) => url.includes(`/tree/${defaultSha}`))).toBe(true);
});

test('globs choose among the files of a repository', async () => {
  const listing = await list('owner/talk', { paths: ['data/*.jsonl'] });
  expect(listing.files.map(({ name }) => name)).toEqual(['data/a#1 ü.jsonl', 'data/b.jsonl']);
  expect(listing.ignored).toContainEqual({ path: 'small.csv', reason: 'not-in-paths' });
});

test('the Parquet conversion is listed by its revision', async () => {
  const listing = await list('owner/script', { revision: 'refs/convert/parquet' });
  expect(listing.revision).toMatch(/^2{40}$/);
  expect(listing.files.map(({ name }) => name)).toEqual(['default/train/0000.parquet']);
});

test('a repository with a loading script only says what was found and that a Parquet copy exists', async () => {
  await expect(list('owner/script')).rejects.toMatchObject({
    name: 'ConfigError',
    code: 'hub-no-data-files',
    message: expect.stringMatching(/found: .*data\/train\.zip.*script\.py is a loading script/),
    hint: expect.stringContaining('revision: refs/convert/parquet'),
  });
});

test('a repository without data and without a copy, or globs that match nothing, are configuration errors', async () => {
  const bare = await list('owner/bare').catch((error: unknown) => error);
  expect(bare).toMatchObject({ code: 'hub-no-data-files', message: expect.stringContaining('model.bin') });
  expect(bare).not.toMatchObject({ hint: expect.stringContaining('refs/convert') });
  await expect(list('owner/talk', { paths: ['x/*'] })).rejects.toMatchObject({
    code: 'hub-no-data-files',
    message: expect.stringContaining('x/*'),
  });
});

test('an unknown repository or revision and a refused one are named in one sentence', async () => {
  await expect(list('owner/nothing')).rejects.toMatchObject({
    name: 'ConfigError',
    code: 'hub-not-found',
    message: `owner/nothing at revision main does not exist on ${server.endpoint}`,
  });
  await expect(list('owner/talk', { revision: 'v9' })).rejects.toMatchObject({ code: 'hub-not-found' });
  server.addFault({ kind: 'status', status: 403 });
  await expect(list('owner/talk')).rejects.toMatchObject({
    name: 'ConfigError',
    code: 'hub-gated',
    message: `owner/talk is gated or private: accept its terms at ${server.endpoint}/datasets/owner/talk and set HF_TOKEN`,
  });
  await expect(list('https://hub/owner/x')).rejects.toMatchObject({ code: 'hub-repo-invalid' });
});

test('a page of HTML in place of the API is no listing', async () => {
  server.addFault({ kind: 'html' });
  await expect(list('owner/talk')).rejects.toMatchObject({ name: 'FatalError', code: 'hub-bad-reply' });
});

test('a token that does not begin with hf_ is refused and not printed', async () => {
  const error: unknown = await listHubFiles(
    { source: 's', repo: 'owner/talk' },
    options({ HF_TOKEN: 'sk-wrong-kind' }),
  ).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ name: 'ConfigError', code: 'hub-token-invalid' });
  expect(JSON.stringify(error) + String(error)).not.toContain('wrong-kind');
  expect(server.requests).toEqual([]);
});

test('an endpoint that is no address is refused', async () => {
  const environment = { HF_ENDPOINT: 'https://user:pass@hub.example' };
  await expect(listHubFiles({ source: 's', repo: 'a/b' }, { environment })).rejects.toMatchObject({
    code: 'hub-endpoint-invalid',
    message: expect.not.stringContaining('pass@'),
  });
});

async function locate(name: string): Promise<{ location: HubLocation; bytes: number }> {
  const { files } = await list('owner/talk');
  const file = files.find((candidate) => candidate.name === name);
  if (file?.location.kind !== 'hub') throw new Error(`${name} is not listed`);
  return { location: file.location, bytes: file.bytes };
}

test.each(['data/b.jsonl', 'data/a#1 ü.jsonl', 'small.csv'])('ranges of %s are its bytes', async (name) => {
  const { location, bytes } = await locate(name);
  await using source = await openHubBytes(location, bytes, options());
  const whole = Buffer.from(String(server.repos['owner/talk']?.files[name]));
  expect(source.bytes).toBe(whole.length);
  for (const [start, end] of [
    [0, 1],
    [3, 7],
    [whole.length - 2, whole.length],
    [0, whole.length],
    [5, 5],
  ] as const) {
    expect(Buffer.from(await source.read(start, end))).toEqual(whole.subarray(start, end));
  }
  await expect(source.read(0, whole.length + 1)).rejects.toMatchObject({ code: 'short-read' });
});

test('the token goes to the Hub and never to the host that it redirects to', async () => {
  const { location, bytes } = await locate('data/b.jsonl');
  server.requests.length = 0;
  await using source = await openHubBytes(location, bytes, options({ HF_TOKEN: token }));
  await source.read(10, 20);
  expect(server.requests.map(({ on, authorization, range }) => ({ on, authorization, range }))).toEqual([
    { on: 'hub', authorization: `Bearer ${token}`, range: 'bytes=10-19' },
    { on: 'cdn', authorization: undefined, range: 'bytes=10-19' },
  ]);
});

test('a file that changed since it was listed is an error, on the Hub and behind the redirect', async () => {
  const { location, bytes } = await locate('data/b.jsonl');
  await using source = await openHubBytes(location, bytes, options());
  server.addFault({ kind: 'etag', on: 'hub' });
  await expect(source.read(0, 10)).rejects.toMatchObject({ name: 'FatalError', code: 'etag-changed' });
  await source.read(0, 10);
  server.addFault({ kind: 'etag', on: 'cdn' });
  await expect(source.read(0, 10)).rejects.toMatchObject({ code: 'etag-changed' });
  await using shorter = await openHubBytes(location, bytes - 1, options());
  await expect(shorter.read(0, 10)).rejects.toMatchObject({ code: 'etag-changed' });
});

test('a redirect that ran out is asked for again', async () => {
  const { location, bytes } = await locate('data/b.jsonl');
  await using source = await openHubBytes(location, bytes, options());
  server.addFault({ kind: 'status', status: 403, on: 'cdn' });
  expect(Buffer.from(await source.read(0, 8)).toString()).toBe('{"row":0');
});

test.each([
  ['ignore-range', 'range-ignored'],
  ['wrong-start', 'range-ignored'],
  ['short-body', 'short-body'],
  ['long-body', 'short-body'],
] as const)('a reply with %s is never data', async (kind, code) => {
  const { location, bytes } = await locate('data/b.jsonl');
  await using source = await openHubBytes(location, bytes, options());
  server.addFault({ kind, on: 'cdn' });
  await expect(source.read(100, 200)).rejects.toMatchObject({ name: 'FatalError', code });
});

test('a whole-file read is checked against the listed length', async () => {
  const { location, bytes } = await locate('data/b.jsonl');
  await using source = await openHubBytes(location, bytes, options());
  server.addFault({ kind: 'short-body', on: 'cdn' });
  await expect(source.read(0, bytes)).rejects.toMatchObject({ code: 'short-body' });
});

test('a stopped run ends a read as interrupted', async () => {
  const { location, bytes } = await locate('data/b.jsonl');
  const abort = new AbortController();
  await using source = await openHubBytes(location, bytes, { ...options(), signal: abort.signal });
  abort.abort();
  await expect(source.read(0, 10)).rejects.toMatchObject({ name: 'InterruptedError', code: 'interrupted' });
});

test('neither token nor signature is in any error, whatever goes wrong', async () => {
  const { location, bytes } = await locate('data/b.jsonl');
  const attempts = [
    { kind: 'status', status: 401 },
    { kind: 'status', status: 404 },
    { kind: 'status', status: 400 },
    { kind: 'status', status: 503, times: 6 },
    { kind: 'status', status: 503, times: 6, on: 'cdn' },
    { kind: 'refuse', times: 6 },
    { kind: 'drop', times: 6, on: 'cdn' },
    { kind: 'ignore-range', on: 'cdn' },
    { kind: 'short-body', on: 'cdn' },
    { kind: 'etag', on: 'hub' },
  ] as const;
  for (const fault of attempts) {
    await using source = await openHubBytes(location, bytes, options({ HF_TOKEN: token }));
    server.addFault(fault);
    const error: unknown = await source.read(0, 10).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    if (!(error instanceof Error)) throw new Error(`${fault.kind} went unnoticed`);
    const texts: string[] = [];
    for (let link: unknown = error; link instanceof Error; link = link.cause) {
      texts.push(link.message, link.stack ?? '', JSON.stringify(link));
    }
    expect(texts.join('\n')).not.toMatch(/hf_|Bearer|signature/);
    expect(['ConfigError', 'FatalError']).toContain(error.name);
  }
});
