import { mkdir, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { generateCorpus } from '../../bench/generate-corpus.ts';
import { removeTemporaryFiles } from '../../src/run/checkpoint.ts';
import { runPaths } from '../../src/run/paths.ts';
import { checkRunFolder, emptyRun } from '../../src/run/run-folder.ts';
import { runCli, temporaryFolder, treeHashes } from '../support/run-cli.ts';

let out = '';

beforeEach(async () => {
  out = await temporaryFolder();
});

async function put(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

const check = (reads: readonly string[] = []) => checkRunFolder(runPaths(out), reads);

test.each([
  ['dataset', { 'dataset/rows.jsonl': '{}' }],
  ['report', { 'report/thesis.tex': 'x' }],
  ['state', { 'state/parse.done': '{}', 'extract.json': '{}' }],
  ['plan', { plan: 'to do' }],
  ['run.json', { 'run.json': '[{"instruction":"a","output":"b"}]' }],
  ['tags', { 'run.json': '{"tool":"other 1.0"}', 'tags/a': '' }],
])('a folder with a %s of somebody else is refused', async (name, files) => {
  await put(out, files);
  await expect(check()).rejects.toMatchObject({
    code: 'out-not-a-run',
    message: expect.stringContaining(out),
    hint: expect.stringContaining('--out'),
  });
  await expect(check()).rejects.toThrow(name);
  expect(Object.keys(await treeHashes(out))).toEqual(Object.keys(files).toSorted());
});

test.each([
  ['that is new', {}],
  ['that only holds other files', { 'notes.txt': 'x', 'data/rows.jsonl': '{}' }],
  ['that is locked', { 'run.lock': '{"pid":1}' }],
  ['of a run that was killed at its start', { 'state/log.jsonl': '' }],
  ['of a run that was killed while it was emptied', { 'state/log.jsonl': '', 'dataset/manifest.json': '{}' }],
  ['of a run whose log was removed', { 'run.json': '{"tool":"tag-datasets 0.0.9"}', 'tags/a': '' }],
])('a folder %s is taken', async (_, files) => {
  await put(out, files);
  await mkdir(join(out, 'report'), { recursive: true });
  await check([join(out, 'data', 'rows.jsonl'), join(out, 'config.yaml')]);
});

test('what a run reads must not lie where it writes, in its own folder as little as behind a link', async () => {
  await put(out, {
    'state/log.jsonl': '',
    'dataset/rows.jsonl': '{}',
    'run.json': '{"tool":"tag-datasets 1"}',
  });
  const link = `${out}-link`;
  await symlink(out, link);
  for (const path of [join(out, 'dataset', 'rows.jsonl'), join(link, 'dataset', 'rows.jsonl')]) {
    await expect(check([join(out, 'a.jsonl'), path])).rejects.toMatchObject({
      code: 'input-in-out',
      message: expect.stringContaining(path),
      hint: expect.stringContaining('--out'),
    });
  }
  await expect(check([join(out, 'run.json')])).rejects.toMatchObject({ code: 'input-in-out' });
  await check([join(out, 'dataset.jsonl'), join(out, 'run.jsonl')]);
});

test('emptied of a run, a folder keeps everything else', async () => {
  const folders = [
    'tags',
    'refined',
    'corrected',
    'screen',
    'state',
    'plan',
    'quarantine',
    'dataset',
    'report',
  ];
  await put(out, Object.fromEntries(folders.map((folder) => [`${folder}/a/b`, ''])));
  await put(out, { 'run.json': '', 'state/log.jsonl': '', 'run.lock': '', 'notes.txt': '' });
  await emptyRun(runPaths(out));
  expect((await readdir(out)).toSorted()).toEqual(['notes.txt', 'run.lock']);
});

test('only files with a temporary name of ours are removed, and only where we write', async () => {
  const mark = '.tmp-0123456789ab';
  const home = join(out, `work${mark}`);
  const ours = [
    `run.json${mark}`,
    `run.lock${mark}`,
    `dataset/phases/a.parquet${mark}`,
    `state/log.jsonl${mark}`,
  ];
  const others = [
    'run.lock',
    'keep.txt',
    `corpus${mark}`,
    `data/a.jsonl${mark}`,
    'dataset/corpus.tmp-2024.jsonl',
    `dataset/x${mark}/a`,
    `tags/a${mark}.jsonl`,
  ];
  await put(home, Object.fromEntries([...ours, ...others].map((name) => [name, ''])));
  const { folders, runJson, lock } = runPaths(home);
  await removeTemporaryFiles({ folders, files: [runJson, lock] });
  expect(Object.keys(await treeHashes(home))).toEqual(others.toSorted());
});

describe('on the command line', () => {
  let home = '';
  const run = (...args: string[]) => runCli(['--workers', '1', ...args], { cwd: home });

  beforeAll(async () => {
    // Such a name once made every file below it a temporary one.
    home = join(await temporaryFolder(), 'B.tmp-1');
    await mkdir(home);
    await generateCorpus({ rows: 60, seed: 1, path: join(home, 'corpus.tmp-2024.jsonl'), format: 'jsonl' });
    await writeFile(join(home, 'c.yaml'), 'dataset: {data_path: corpus.tmp-2024.jsonl}\n');
  });

  test('a run leaves files of others, a second one goes on with what the first did, --fresh does it anew', async () => {
    await put(home, { 'keep.txt': 'mine', 'b.tmp-0123456789ab': 'mine' });
    const others = ['b.tmp-0123456789ab', 'c.yaml', 'corpus.tmp-2024.jsonl', 'keep.txt'];
    const before = await treeHashes(home);
    expect(Object.keys(before)).toEqual(others);
    for (const [more, reused] of [
      [[], false],
      [[], true],
      [['--fresh'], false],
    ] as const) {
      const done = await run('--config', 'c.yaml', '--out', '.', ...more);
      expect([done.code, done.stderr]).toEqual([0, expect.any(String)]);
      expect(/^tag: .*, 1 already done/m.test(done.stderr)).toBe(reused);
      expect(await treeHashes(home)).toMatchObject(before);
    }
  });

  test('output below the data is no data of the next run', async () => {
    const data = await temporaryFolder();
    await generateCorpus({ rows: 60, seed: 1, path: join(data, 'a.jsonl'), format: 'jsonl' });
    await put(data, { 'c.yaml': 'dataset: {data_path: .}\n' });
    const below = join(data, 'runs', 'x');
    const first = await run('--config', join(data, 'c.yaml'), '--out', below);
    const written = await treeHashes(join(below, 'dataset'));
    const second = await run('--config', join(data, 'c.yaml'), '--out', below);
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(second.stderr).toContain(`${below}: the folder of a run`);
    expect(await treeHashes(join(below, 'dataset'))).toEqual(written);
  });

  test('an input in dataset/ and a report of somebody else stay where they are', async () => {
    const other = await temporaryFolder();
    await mkdir(join(other, 'dataset'));
    await rename(join(home, 'corpus.tmp-2024.jsonl'), join(other, 'dataset', 'rows.jsonl'));
    await put(other, { 'c.yaml': 'dataset: {data_path: dataset}\n', 'report/thesis.tex': 'x' });
    const before = await treeHashes(other);
    for (const more of [[], ['--fresh']]) {
      const refused = await run('--config', join(other, 'c.yaml'), '--out', other, ...more);
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('that no run wrote')]);
      expect(await treeHashes(other)).toEqual(before);
    }
  });
});
