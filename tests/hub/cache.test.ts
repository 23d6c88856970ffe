import { mkdtemp, readdir, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { snapshotDownload } from '@huggingface/hub';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { listHubFiles } from '../../src/hub/list-dataset.ts';
import { openHubBytes } from '../../src/hub/open-file.ts';
import { defaultSha, startHubServer } from '../support/hub-server.ts';

let home: string;
const repoFolder = () => join(home, 'hub', 'datasets--owner--talk');
const environment = () => ({ HF_HOME: home, HF_HUB_OFFLINE: '1' });
const list = (paths?: string[]) =>
  listHubFiles({ source: 's', repo: 'owner/talk', paths }, { environment: environment() });

const fetch = () => Promise.reject(new Error('no connection may be opened'));

/** The cache as the library itself writes it. */
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hub-cache-'));
  const files = { 'data/a.jsonl': 'a\n'.repeat(200), 'b.csv': 'x,y\n', 'README.md': '#' };
  await using server = await startHubServer({ repos: { 'owner/talk': { files } } });
  vi.spyOn(console, 'debug').mockImplementation(() => undefined);
  await snapshotDownload({
    repo: { type: 'dataset', name: 'owner/talk' },
    hubUrl: server.endpoint,
    cacheDir: join(home, 'hub'),
  });
});
afterEach(() => rm(home, { recursive: true }));

test('offline, what snapshotDownload left is listed and read without a connection', async () => {
  const listing = await listHubFiles(
    { source: 's', repo: 'owner/talk' },
    { environment: environment(), fetch },
  );
  expect(listing.revision).toBe(defaultSha);
  expect(listing.files.map(({ name, bytes }) => [name, bytes])).toEqual([
    ['b.csv', 4],
    ['data/a.jsonl', 400],
  ]);
  const location = listing.files[1]?.location;
  if (location?.kind !== 'hub') throw new Error('not listed');
  expect(location.etag).toMatch(/^[0-9a-f]{64}$/);
  await using source = await openHubBytes(location, 400, { environment: environment(), fetch });
  expect(Buffer.from(await source.read(1, 4)).toString()).toBe('\na\n');
  await expect(source.read(399, 402)).rejects.toMatchObject({ code: 'short-read' });
  await expect(openHubBytes(location, 401, { environment: environment() })).rejects.toMatchObject({
    code: 'etag-changed',
  });
});

test('offline, a dataset, revision or file that is not in the cache is named', async () => {
  const options = { environment: environment() };
  const missing = { name: 'ConfigError', code: 'hub-offline-missing' };
  await expect(listHubFiles({ source: 's', repo: 'owner/other' }, options)).rejects.toMatchObject({
    ...missing,
    message: expect.stringContaining('owner/other at revision main'),
  });
  await expect(
    listHubFiles({ source: 's', repo: 'owner/talk', revision: 'v2' }, options),
  ).rejects.toMatchObject(missing);
  await expect(list(['data/a.jsonl', 'data/z.jsonl'])).rejects.toMatchObject({
    ...missing,
    message: expect.stringContaining('data/z.jsonl'),
  });
});

test('offline, a download that was cut off or lost a blob is no shorter dataset', async () => {
  const blobs = join(repoFolder(), 'blobs');
  await writeFile(join(blobs, 'abc.incomplete'), 'x');
  await expect(list()).rejects.toMatchObject({ message: expect.stringContaining('abc.incomplete') });
  await unlink(join(blobs, 'abc.incomplete'));
  const blob = (await readdir(blobs)).find((name) => name.length === 64);
  await unlink(join(blobs, blob ?? ''));
  await expect(list()).rejects.toMatchObject({
    code: 'hub-offline-missing',
    message: expect.stringContaining('data/a.jsonl'),
  });
});
