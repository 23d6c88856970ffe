import { readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';

import { generateCorpus } from '../../../bench/generate-corpus.ts';
import { scanKey } from '../../../src/run/scan/earlier-scan.ts';
import type { ScanTask } from '../../../src/run/tasks.ts';
import { runCli, temporaryFolder, treeHashes } from '../../support/run-cli.ts';

let folder = '';
const first = () => join(folder, 'first.jsonl');

beforeAll(async () => {
  folder = await temporaryFolder();
  for (const [seed, name] of ['first', 'second'].entries())
    await generateCorpus({ rows: 200, seed, path: join(folder, `${name}.jsonl`), format: 'jsonl' });
  await writeFile(join(folder, 'config.yaml'), 'sources: [{name: all, path: "*.jsonl", licence: mit}]\n');
  await wait(2100); // stamps this young are not trusted
});

/** Names of the files that a run read to the end, and of those it did not. */
async function scanned(out: string, ...more: string[]): Promise<{ read: string[]; reused: string[] }> {
  const args = ['--config', join(folder, 'config.yaml'), '--out', join(folder, out), '--log-format', 'json'];
  const result = await runCli([...args, ...more]);
  expect(result.stderr).not.toContain('unexpected');
  expect(result.code).toBe(0);
  const events = result.stderr
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  const files = events.filter(({ event, stage }) => event === 'unit-end' && stage === 'scan');
  const names = (reused: boolean) =>
    files.filter((file) => file.reused === reused).map((file) => String(file.unit));
  return { read: names(false).toSorted(), reused: names(true).toSorted() };
}

test('a file that nobody touched is scanned once', async () => {
  expect(await scanned('twice')).toEqual({ read: ['first.jsonl', 'second.jsonl'], reused: [] });
  const before = await treeHashes(join(folder, 'twice', 'dataset'));
  expect(await scanned('twice')).toEqual({ read: [], reused: ['first.jsonl', 'second.jsonl'] });
  expect(await treeHashes(join(folder, 'twice', 'dataset'))).toEqual(before);
});

test('a file of the same size and the same modification time with other bytes is scanned again', async () => {
  await scanned('changed');
  const { mtime } = await stat(first());
  const text = await readFile(first(), 'utf8');
  await writeFile(first(), text.replace('the ', 'THE '));
  await utimes(first(), mtime, mtime);
  expect((await scanned('changed')).read).toEqual(['first.jsonl']);
  await scanned('anew');
  expect(await treeHashes(join(folder, 'changed', 'dataset'))).toEqual(
    await treeHashes(join(folder, 'anew', 'dataset')),
  );
});

test('other units are looked at again', async () => {
  await scanned('units');
  expect((await scanned('units', '--set', 'run.unit_bytes=16KiB')).reused).toEqual([]);
});

test('no scan stands for a file that changed a moment before it', async () => {
  const location = { kind: 'file', path: first() } as const;
  const file = { source: 'all', name: 'first.jsonl', location, bytes: 1 };
  const task: ScanTask = { kind: 'scan', file, options: { unitBytes: 1024 } };
  const changed = Number((await stat(first(), { bigint: true })).ctimeMs);
  expect(await scanKey(task, '1.0.0', changed + 1990)).toBeNull();
  const key = await scanKey(task, '1.0.0', changed + 2010);
  expect(key).not.toBeNull();
  await utimes(first(), new Date(), new Date());
  expect(await scanKey(task, '1.0.0', changed + 1_000_000)).not.toEqual(key);
});
