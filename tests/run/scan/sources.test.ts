import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

import { loadConfig } from '../../../src/config/load.ts';
import { resolveSources } from '../../../src/run/scan/sources.ts';
import { temporaryFolder } from '../../support/run-cli.ts';
import { testTaxonomy } from '../../support/taxonomy.ts';

const row = `${JSON.stringify({ instruction: 'ask', output: 'tell' })}\n`;
let folder = '';

beforeAll(async () => {
  folder = await temporaryFolder();
  for (const path of ['data/a.jsonl', 'data/b.jsonl', 'other/a.jsonl', 'datasets/odd.yaml']) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), row);
  }
  await writeFile(
    join(folder, 'datasets', 'odd.yaml'),
    `id: odd
repo: someone/odd
license: MIT
non_commercial: false
columns: { instruction: ask, outptu: tell }
persona: poet
prior_strength: 0.5
cap: 10
declared_rows: 10
group: dialog
phase: 1
benchmark: false
`,
  );
});

async function resolve(text: string): ReturnType<typeof resolveSources> {
  const path = join(folder, 'config.yaml');
  await writeFile(path, text);
  const { config } = await loadConfig({ path, sets: [], taxonomy: testTaxonomy() });
  return resolveSources(
    { config, configPath: path, recipesFolder: join(folder, 'datasets') },
    { environment: {} },
  );
}

test('a source may not be called like a file of data_path: their row keys and folders would be the same', async () => {
  const both = (name: string) =>
    `dataset: {data_path: data}\nsources: [{name: ${name}, path: other/a.jsonl, licence: MIT}]\n`;
  await expect(resolve(both('a'))).rejects.toMatchObject({
    name: 'ConfigError',
    code: 'source-name-twice',
    message: 'two sources are called "a": a.jsonl below dataset.data_path, and an entry of sources',
    hint: 'give the entry of sources another name',
  });
  const { sources } = await resolve(both('other'));
  expect(sources.map(({ name }) => name)).toEqual(['a', 'b', 'other']);
});

test('a slot that no shape has is an error with the nearest known one', async () => {
  const withColumns = (columns: string) =>
    `sources: [{name: s, path: other/a.jsonl, licence: MIT, columns: {${columns}}}]\n`;
  await expect(resolve(withColumns('instruction: instruction, outptu: output'))).rejects.toMatchObject({
    name: 'ConfigError',
    code: 'slot-unknown',
    message: 'source "s": columns: unknown slot "outptu"',
    hint: 'did you mean "output"?',
  });
  await expect(resolve(withColumns('response: output'))).rejects.toMatchObject({
    message: 'source "s": columns: unknown slot "response"',
    hint: expect.stringContaining('known: instruction, input, output,') as string,
  });
  const { sources } = await resolve(withColumns('instruction: instruction, optionA: output'));
  expect(sources[0]?.options.columns).toEqual({ instruction: 'instruction', optionA: 'output' });
});

test('a recipe with an unknown slot is told before anything is listed', async () => {
  await expect(resolve('sources: [{name: s, recipe: odd}]\n')).rejects.toMatchObject({
    code: 'slot-unknown',
    message: 'source "s": columns: unknown slot "outptu"',
  });
});
