import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

import { loadTaxonomy } from '../../taggers/index.ts';
import { loadConfig } from '../../src/config/load.ts';
import { resolveSources } from '../../src/run/scan/sources.ts';
import { startHubServer } from '../support/hub-server.ts';
import { temporaryFolder } from '../support/run-cli.ts';

const row = `${JSON.stringify({ prompt: 'ask', completion: 'tell' })}\n`;
let folder = '';

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeFile(join(folder, 'rows.jsonl'), row);
});

async function resolve(
  text: string,
  sets: string[] = [],
  environment: Record<string, string> = {},
): ReturnType<typeof resolveSources> {
  const path = join(folder, 'config.yaml');
  await writeFile(path, text);
  const { config } = await loadConfig({ path, sets, taxonomy: await loadTaxonomy() });
  const recipesFolder = join(import.meta.dirname, '..', '..', 'datasets');
  return resolveSources({ config, configPath: path, recipesFolder }, { environment });
}

const sourceWith = (more: string) => `sources: [{name: rows, path: rows.jsonl${more}}]\n`;
const commercial = ['run.commercial=true'];

test('a source without a known licence warns, and is refused for commercial use', async () => {
  for (const more of ['', ', licence: unknown', ', licence: other']) {
    const { warnings } = await resolve(sourceWith(more));
    expect(warnings).toEqual([{ code: 'licence-unknown', message: 'source "rows" has no known licence' }]);
    await expect(resolve(sourceWith(more), commercial)).rejects.toMatchObject({
      name: 'ConfigError',
      code: 'licence-refused',
      message: 'source "rows" has no known licence',
    });
  }
  const { warnings } = await resolve('dataset: {data_path: rows.jsonl}\n');
  expect(warnings.map(({ code }) => code)).toEqual(['licence-unknown']);
  await expect(resolve('dataset: {data_path: rows.jsonl}\n', commercial)).rejects.toMatchObject({
    code: 'licence-refused',
  });
});

test('a licence that bars commercial use is refused for it, and only for it', async () => {
  for (const licence of ['CC-BY-NC-4.0', 'cc-by-nc-sa-4.0', '"non-commercial use only"', 'NonCommercial']) {
    const text = sourceWith(`, licence: ${licence}`);
    expect((await resolve(text)).warnings).toEqual([]);
    await expect(resolve(text, commercial)).rejects.toMatchObject({ code: 'licence-refused' });
  }
  for (const licence of ['MIT', 'Apache-2.0', 'CC-BY-4.0', 'LicenseRef-Franc']) {
    const { sources } = await resolve(sourceWith(`, licence: ${licence}`), commercial);
    expect(sources[0]?.licence).toBe(licence);
  }
});

test('a licence that nobody stated is the one on the card of the Hub', async () => {
  await using hub = await startHubServer({
    repos: {
      'owner/open': { files: { 'a.jsonl': row }, license: 'apache-2.0' },
      'owner/closed': { files: { 'a.jsonl': row }, license: 'cc-by-nc-4.0' },
      'owner/silent': { files: { 'a.jsonl': row } },
    },
  });
  const environment = { HF_ENDPOINT: hub.endpoint };
  const of = (repo: string, sets: string[] = []) =>
    resolve(`sources: [{name: rows, hub: owner/${repo}}]\n`, sets, environment);
  const open = await of('open', commercial);
  expect(open.sources[0]?.licence).toBe('apache-2.0');
  expect(open.warnings).toEqual([]);
  expect((await of('closed')).sources[0]?.licence).toBe('cc-by-nc-4.0');
  await expect(of('closed', commercial)).rejects.toMatchObject({ code: 'licence-refused' });
  expect((await of('silent')).warnings.map(({ code }) => code)).toEqual(['licence-unknown']);
  await expect(of('silent', commercial)).rejects.toMatchObject({ code: 'licence-refused' });
});

test('a benchmark is refused before anything is listed, unless it is let in', async () => {
  const text = `sources: [{name: rows, hub: owner/absent, benchmark: true}]\n`;
  await expect(resolve(text, [], { HF_ENDPOINT: 'http://127.0.0.1:1' })).rejects.toMatchObject({
    code: 'benchmark-refused',
  });
  const { sources } = await resolve(sourceWith(', benchmark: true'), ['run.allow_benchmarks=true']);
  expect(sources).toHaveLength(1);
});
