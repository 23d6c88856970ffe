import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parquetMetadata } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { beforeAll, expect, test } from 'vitest';

import { generateCorpus } from '../../bench/generate-corpus.ts';
import { runCli, temporaryFolder, treeHashes } from '../support/run-cli.ts';

let folder = '';

/** Two files: one whole, one whose last row group is damaged where no scan looks. */
beforeAll(async () => {
  folder = await temporaryFolder();
  const texts = (word: string) =>
    Array.from({ length: 3000 }, (_, i) => `${word} ${i} of ${(i * 7919) % 1000}`);
  const columnData = [
    { name: 'prompt', data: texts('ask'), type: 'STRING' as const },
    { name: 'completion', data: texts('tell'), type: 'STRING' as const },
  ];
  const file = parquetWriteBuffer({ columnData, rowGroupSize: 1000 });
  const bytes = new Uint8Array(file);
  const at = Number(parquetMetadata(file).row_groups[2]?.columns[0]?.meta_data?.data_page_offset);
  bytes.fill(0xff, at, at + 60);
  await writeFile(join(folder, 'bad.parquet'), bytes);
  await generateCorpus({ rows: 60, seed: 5, path: join(folder, 'good.jsonl'), format: 'jsonl' });
  const sources = ['bad.parquet', 'good.jsonl'].map(
    (path) => `{name: ${path.split('.')[0]}, path: ${path}, licence: mit}`,
  );
  await writeFile(join(folder, 'config.yaml'), `sources: [${sources.join(', ')}]\nrun: {unit_bytes: 8KiB}\n`);
});

const run = (out: string, ...more: string[]) =>
  runCli(['--config', join(folder, 'config.yaml'), '--out', join(folder, out), '--json', ...more]);

test('damage behind what the scan reads stops the run, as damage before it does', async () => {
  const result = await run('stop');
  expect(result.code).toBe(2);
  expect(result.stderr).toMatch(/a file is damaged\n {2}bad\.parquet/u);
  expect(result.stderr).not.toMatch(/\n\s+at /u);
});

test('with on_bad_file: skip the file is left out whole, with a warning, and the same bytes for any workers', async () => {
  const results = [];
  for (const workers of ['1', '2']) {
    const result = await run(`skip-${workers}`, '--set', 'run.on_bad_file=skip', '--workers', workers);
    expect(result.stderr).toMatch(/bad\.parquet: .+ nothing of the file is used/u);
    expect(result.code).toBe(0);
    results.push(await treeHashes(join(folder, `skip-${workers}`, 'dataset')));
  }
  expect(results[1]).toEqual(results[0]);
  const manifest = JSON.parse(await readFile(join(folder, 'skip-1', 'dataset', 'manifest.json'), 'utf8')) as {
    files: { counts: { source: Record<string, number> } }[];
  }; // what the run wrote
  const counted = manifest.files.flatMap(({ counts }) => Object.keys(counts.source));
  expect([...new Set(counted)]).toEqual(['good']);
});
