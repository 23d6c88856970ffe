import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { listFiles, stemOf } from '../../src/source/list-files.ts';
import { temporaryFolder } from './read-all.ts';

async function makeTree(root: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), 'x');
  }
}

const tree = [
  'B.jsonl',
  'a.json',
  'a/b.csv.gz',
  'a/z',
  'README.md',
  'LICENSE',
  '.hidden.json',
  '.git/x.json',
  'pic.png',
  'notes.txt',
];

test('a folder is walked to the bottom; what is no data is left out with a reason; order is by code unit', async () => {
  await using folder = await temporaryFolder();
  await makeTree(folder.path, tree);
  const { files, ignored } = await listFiles({ source: 's', paths: ['.'], baseDir: folder.path });
  expect(files.map((file) => file.name)).toEqual(['B.jsonl', 'a.json', 'a/b.csv.gz', 'a/z']);
  expect(files[0]).toEqual({
    source: 's',
    name: 'B.jsonl',
    bytes: 1,
    location: { kind: 'file', path: join(folder.path, 'B.jsonl') },
  });
  expect(ignored.map(({ path, reason }) => `${path.slice(folder.path.length + 1)}: ${reason}`)).toEqual([
    '.git/x.json: hidden',
    '.hidden.json: hidden',
    'LICENSE: no data file by its name',
    'README.md: no data file by its name',
    'notes.txt: no data file by its ending .txt',
    'pic.png: no data file by its ending .png',
  ]);
});

test('folders of runs below a folder or a glob are left out; one that is named is read', async () => {
  await using folder = await temporaryFolder();
  const run = ['state/log.jsonl', 'dataset/shard.parquet', 'report/report.json'].map(
    (name) => `runs/x/${name}`,
  );
  await makeTree(folder.path, ['a.jsonl', 'state/a.jsonl', ...run]);
  const list = (path: string) => listFiles({ source: 's', paths: [path], baseDir: folder.path });
  for (const path of ['.', '**/*']) {
    const { files, ignored } = await list(path);
    expect(files.map((file) => file.name)).toEqual(['a.jsonl', 'state/a.jsonl']);
    expect(ignored).toEqual([{ path: join(folder.path, 'runs/x'), reason: 'the folder of a run' }]);
  }
  expect((await list('runs/x/dataset')).files.map((file) => file.name)).toEqual(['shard.parquet']);
});

test('files and globs are named from their own root, and each file comes once', async () => {
  await using folder = await temporaryFolder();
  await makeTree(folder.path, tree);
  const list = (paths: string[]) => listFiles({ source: 's', paths, baseDir: folder.path });
  expect((await list(['a/*.gz', 'notes.txt'])).files.map((file) => file.name)).toEqual([
    'b.csv.gz',
    'notes.txt',
  ]);
  expect(
    (await list(['a.json', '*.json', join(folder.path, 'a.json')])).files.map((file) => file.name),
  ).toEqual(['a.json']);
  expect((await list(['**/*.{jsonl,gz}'])).files.map((file) => file.name)).toEqual(['B.jsonl', 'a/b.csv.gz']);
});

test('files of the same name under different roots are told apart', async () => {
  await using folder = await temporaryFolder();
  await makeTree(folder.path, ['x/train.json', 'y/train.json']);
  const { files } = await listFiles({ source: 's', paths: ['x', 'y'], baseDir: folder.path });
  expect(files.map((file) => file.name)).toEqual(['x/train.json', 'y/train.json']);
});

test('a new name never meets the name of a file that had none like it', async () => {
  await using folder = await temporaryFolder();
  await makeTree(folder.path, ['p/d1/x.jsonl', 'p/d2/x.jsonl', 'q/d1/x.jsonl']);
  const { files } = await listFiles({ source: 's', paths: ['p/d1', 'p/d2', 'q'], baseDir: folder.path });
  expect(files.map((file) => file.name)).toEqual(['p/d1/x.jsonl', 'p/d2/x.jsonl', 'q/d1/x.jsonl']);
});

test('a file with the ending of data is data, whatever it is called', async () => {
  await using folder = await temporaryFolder();
  const data = ['authors.jsonl', 'license.csv.gz', 'notice.parquet'];
  await makeTree(folder.path, [...data, 'AUTHORS', 'NOTICE.txt', 'README.md']);
  const { files, ignored } = await listFiles({ source: 's', paths: ['.'], baseDir: folder.path });
  expect(files.map((file) => file.name)).toEqual(data);
  expect(ignored.map(({ path }) => basename(path))).toEqual(['AUTHORS', 'NOTICE.txt', 'README.md']);
});

test('the stem of a file is its name without the endings of data', () => {
  expect(['a/b.csv.gz', 'B.JSONL', 'v1.2.json', 'notes.txt', 'z'].map(stemOf)).toEqual([
    'a/b',
    'B',
    'v1.2',
    'notes.txt',
    'z',
  ]);
});

test('a path that matches nothing names the nearest entry of the nearest folder that is there', async () => {
  await using folder = await temporaryFolder();
  await makeTree(folder.path, ['data/train.jsonl', 'data/other.csv']);
  const list = (path: string) => listFiles({ source: 's', paths: [path], baseDir: folder.path });
  await expect(list('data/tran.jsonl')).rejects.toMatchObject({
    code: 'source-not-found',
    message: expect.stringContaining('no file matches data/tran.jsonl'),
    hint: `did you mean ${join(folder.path, 'data/train.jsonl')}?`,
  });
  await expect(list('dat/train.jsonl')).rejects.toMatchObject({
    hint: `did you mean ${join(folder.path, 'data')}?`,
  });
  await expect(list('data/*.parquet')).rejects.toMatchObject({
    hint: expect.stringContaining('holds other.csv, train.jsonl'),
  });
});
