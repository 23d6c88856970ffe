import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

import { generateCorpus } from '../../bench/generate-corpus.ts';
import { runCli, temporaryFolder, treeHashes } from '../support/run-cli.ts';

const root = join(import.meta.dirname, '..', '..');
let folder = '';
let config = '';
let out = '';

beforeAll(async () => {
  folder = await temporaryFolder();
  out = join(folder, 'out');
  await generateCorpus({ rows: 200, seed: 3, path: join(folder, 'a.jsonl'), format: 'jsonl' });
  await generateCorpus({ rows: 100, seed: 4, path: join(folder, 'b.jsonl'), format: 'jsonl' });
  config = join(folder, 'run.yaml');
  await writeFile(
    config,
    `
run: {unit_bytes: 64KiB}
sources: [{name: a, path: a.jsonl, licence: mit}, {name: b, path: b.jsonl, licence: mit}]
`,
  );
  expect((await run()).code).toBe(0);
});

const run = (...more: string[]) => runCli(['--config', config, '--out', out, '--json', ...more]);
const warnings = (stderr: string) => stderr.split('\n').filter((line) => line.startsWith('warning'));

/** A later run in the same folder gives what a run in an empty folder gives. */
async function expectAsFresh(...more: string[]): Promise<void> {
  const fresh = join(folder, 'fresh');
  await rm(fresh, { recursive: true, force: true });
  expect((await runCli(['--config', config, '--out', fresh, ...more])).code).toBe(0);
  expect(await treeHashes(join(out, 'dataset'))).toEqual(await treeHashes(join(fresh, 'dataset')));
  expect(await treeHashes(join(out, 'tags'))).toEqual(await treeHashes(join(fresh, 'tags')));
}

test('a changed setting of the dataset writes shards again, names the key, and tags nothing again', async () => {
  const result = await run('--set', 'balance.total=100');
  expect(warnings(result.stderr)).toEqual([
    expect.stringMatching(
      /^warning: \d+ of \d+ shards? (is|are) written again: the configuration key balance changed \(/,
    ),
  ]);
  expect(result.stderr).not.toContain('tagged again');
  await expectAsFresh('--set', 'balance.total=100');
  await run();
});

test('a setting that changes no byte changes nothing', async () => {
  const result = await run('--set', 'run.max_bad_rate=0.5', '--workers', '1');
  expect(warnings(result.stderr)).toEqual([]);
});

test('another size of units tags all again and says that the cut changed', async () => {
  const result = await run('--set', 'run.unit_bytes=96KiB');
  expect(result.stderr).toMatch(/units are tagged again: the cut into units changed/);
  await expectAsFresh('--set', 'run.unit_bytes=96KiB');
  await run();
});

test('an origin persona of one source concerns the units of that source only', async () => {
  const own = await readFile(config, 'utf8');
  await writeFile(config, own.replace('path: b.jsonl', 'path: b.jsonl, persona: code_expert'));
  const result = await run();
  expect(result.stderr).toMatch(/tagged again: the persona of its source changed \(b\.jsonl/);
  expect(result.stderr).not.toMatch(/tagged again.*a\.jsonl/);
  await expectAsFresh();
  await writeFile(config, own);
  await run();
});

test('another tagger tags all again and names the tagger', async () => {
  const taggers = join(folder, 'traits-mine');
  await cp(join(root, 'taggers', 'traits-v1'), taggers, { recursive: true });
  const json = JSON.parse(await readFile(join(taggers, 'tagger.json'), 'utf8'));
  const threshold = Object.fromEntries(
    Object.entries(json.threshold as Record<string, number>).map(([label, value]) => [label, value * 0.9]),
  );
  await writeFile(join(taggers, 'tagger.json'), JSON.stringify({ ...json, id: 'traits-mine-v1', threshold }));
  const result = await run('--set', `taggers.traits=${taggers}`);
  expect(result.stderr).toMatch(/units are tagged again: the trait tagger changed/);
  await expectAsFresh('--set', `taggers.traits=${taggers}`);
  await run();
});

test('another version of the tool makes everything again and says so', async () => {
  const tool = join(folder, 'tool');
  await mkdir(tool);
  for (const name of ['dist', 'taggers', 'datasets', 'configs'])
    await cp(join(root, name), join(tool, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(tool, 'node_modules'));
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  await writeFile(join(tool, 'package.json'), JSON.stringify({ ...manifest, version: '99.0.0' }));
  const entry = join(tool, 'dist', 'src', 'cli', 'main.js');
  const result = await runCli(['--config', config, '--out', out], { entry });
  expect(result.code).toBe(0);
  expect(result.stderr).toMatch(/(\d+) of \1 units are tagged again: the tool version changed/);
  expect(result.stderr).toMatch(/shards? (is|are) written again: the tagged rows, the tool version changed/);
  await run();
});

test('a file that is taken out leaves nothing behind', async () => {
  const own = await readFile(config, 'utf8');
  await writeFile(config, own.replace(/, \{name: b.*\}/, ']').replace(']]', ']'));
  expect((await run()).code).toBe(0);
  await expectAsFresh();
  const names = await readdir(out, { recursive: true });
  expect(names.filter((name) => name.includes('b.jsonl'))).toEqual([]);
  await writeFile(config, own);
  await run();
});

test('verify and the next run find a tampered sidecar, plan, report, card and manifest', async () => {
  const verify = async () =>
    JSON.parse((await runCli(['verify', '--run', out, '--json'])).stdout).findings.map(
      (finding: { code: string; place: string }) => `${finding.code} ${finding.place}`,
    );
  expect(await verify()).toEqual([]);
  const before = await treeHashes(join(out, 'dataset'));
  const tags = (await readdir(join(out, 'tags'), { recursive: true })).find((name) =>
    name.endsWith('.parquet'),
  );
  const places = [`tags/${tags}`, 'plan/gaps.json', 'report/report.html', 'dataset/README.md'];
  for (const place of places) {
    const content = await readFile(join(out, place));
    content[content.length >> 1] = (content[content.length >> 1] ?? 0) ^ 1;
    await writeFile(join(out, place), content);
  }
  await writeFile(join(out, 'tags', 'stray.parquet'), 'x');
  const findings: string[] = await verify();
  expect(findings.toSorted()).toEqual(
    [...places.map((place) => `checksum ${place}`), 'stray tags/stray.parquet'].toSorted(),
  );
  const again = await run();
  expect(again.stderr).toMatch(
    /1 of \d+ units is tagged again: a file was tampered with or damaged since it was written/,
  );
  expect(await verify()).toEqual([]);
  expect(await treeHashes(join(out, 'dataset'))).toEqual(before);
});

test('verify says when the last run did not come to its end', async () => {
  await runCli(['--config', config, '--out', out], { env: { TAG_DATASETS_CRASH_AT: 'unit-end:plan:1' } });
  const result = await runCli(['verify', '--run', out]);
  expect([result.code, result.stdout]).toEqual([2, expect.stringContaining('unfinished')]);
  await run();
});
