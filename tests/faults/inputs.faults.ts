import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { asyncBufferFromFile } from 'hyparquet/src/node.js';
import { beforeAll, expect, test } from 'vitest';

import { outcomeOf, writeFaultConfig, writeFaultCorpus } from '../support/fault-corpus.ts';
import { runCli, temporaryFolder, treeHashes } from '../support/run-cli.ts';

let folder = '';
let reference = '';

beforeAll(async () => {
  folder = await temporaryFolder();
  reference = join(folder, 'reference');
  await run(await writeFaultCorpus(folder, { rows: 700 }), reference, 2);
});

async function run(config: string, out: string, workers: number): Promise<void> {
  const result = await runCli(['--config', config, '--out', out, '--workers', String(workers)]);
  expect([result.code, result.stderr]).toEqual([0, expect.any(String)]);
}

test.each([1, 4])('%i workers and the sources in another order: the same bytes', async (workers) => {
  const out = join(folder, `workers-${workers}`);
  const shuffled = await writeFaultConfig(folder, 'shuffled.yaml', [
    '{name: b, path: b.jsonl}',
    '{name: a, path: a.jsonl}',
  ]);
  await run(shuffled, out, workers);
  expect(await treeHashes(join(out, 'dataset'))).toEqual(await treeHashes(join(reference, 'dataset')));
  expect((await outcomeOf(out))['report']).toBeDefined();
});

test('the same rows under other names, in other files, other order and other units: the same shards but for the row key', async () => {
  const other = join(folder, 'other');
  await mkdir(join(other, 'deep'), { recursive: true });
  const lines = (await readFile(join(folder, 'a.jsonl'), 'utf8')).trimEnd().split('\n');
  const pieces = [lines.slice(300), lines.slice(0, 90), lines.slice(90, 300).toReversed()];
  const names = ['zeta.jsonl', 'deep/alpha.ndjson', 'deep/beta.jsonl.gz'];
  for (const [i, piece] of pieces.entries()) {
    const text = Buffer.from(`${piece.join('\n')}\n`);
    await writeFile(join(other, names[i] ?? ''), names[i]?.endsWith('.gz') ? gzipSync(text) : text);
  }
  const b = (await readFile(join(folder, 'b.jsonl'), 'utf8')).trimEnd().split('\n');
  await writeFile(join(other, 'b.json'), `[${b.join(',\n')}]`);
  const config = await writeFaultConfig(
    other,
    'run.yaml',
    ['{name: b, path: b.json}', `{name: a, path: [${names.join(', ')}]}`],
    '48KiB',
  );
  const out = join(folder, 'renamed');
  await run(config, out, 2);
  expect(await decodedShards(out)).toEqual(await decodedShards(reference));
});

/** Every shard by path: its rows as JSON, without the column that by definition names the place of the input. */
async function decodedShards(out: string): Promise<Record<string, string[]>> {
  const manifest = JSON.parse(await readFile(join(out, 'dataset', 'manifest.json'), 'utf8')) as {
    files: { path: string }[];
  };
  const shards: Record<string, string[]> = {};
  for (const { path } of manifest.files) {
    const file = await asyncBufferFromFile(join(out, 'dataset', path));
    const rows = await parquetReadObjects({ file, compressors });
    shards[path] = rows.map(({ _row_key: _key, ...row }) => JSON.stringify(row));
  }
  return shards;
}
