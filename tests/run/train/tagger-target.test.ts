import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterEach, expect, test } from 'vitest';

import { checkTaggerTarget, tryTaggerTarget } from '../../../src/run/train/tagger-target.ts';
import { temporaryFolder } from '../../support/run-cli.ts';
import { labelledRows, trainTiny } from './tiny-training.ts';

const start = process.cwd();
afterEach(() => process.chdir(start));

async function writeEarlierTagger(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'tagger.json'), '{"metrics": {"made_by": "tag-datasets train"}}');
}

test.each(['', ' '])('an --out that names nothing (%j) is refused', async (out) => {
  await expect(checkTaggerTarget(out)).rejects.toMatchObject({
    name: 'ConfigError',
    code: 'out-missing',
    message: `--out "${out}" names no folder`,
  });
});

test('neither the working folder nor one above it is replaced, whatever stands in it', async () => {
  const folder = await realpath(await temporaryFolder());
  await writeEarlierTagger(folder);
  await mkdir(join(folder, 'inside'));
  await symlink(folder, join(await temporaryFolder(), 'link'));
  process.chdir(folder);
  for (const out of ['.', folder, `../${relative(join(folder, '..'), folder)}`])
    await expect(checkTaggerTarget(out)).rejects.toMatchObject({ code: 'out-not-tagger' });
  process.chdir(join(folder, 'inside'));
  for (const out of ['.', '..', folder, '/'])
    await expect(checkTaggerTarget(out)).rejects.toThrow(`--out ${out} is the working folder or holds it`);
});

test('an --out that cannot be made is refused in a sentence, and what was tried leaves nothing', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'file'), 'mine');
  await symlink(join(folder, 'nowhere'), join(folder, 'dangling'));
  const cases: [string, string][] = [
    [join('file', 'in'), 'ENOTDIR: not a directory'],
    ['n'.repeat(245), 'ENAMETOOLONG: name too long'],
    [join('new', 'n'.repeat(245)), 'ENAMETOOLONG: name too long'],
    ['n'.repeat(300), 'ENAMETOOLONG: name too long'],
    ['dangling', 'is a link to nothing'],
  ];
  for (const [name, reason] of cases) {
    const trial = tryTaggerTarget(join(folder, name));
    await expect(trial).rejects.toMatchObject({ name: 'ConfigError' });
    await expect(trial).rejects.toThrow(reason);
  }
  await tryTaggerTarget(join(folder, 'new', 'mine'));
  expect(await readdir(folder)).toEqual(['dangling', 'file']);
});

test('an --out that cannot be made is refused before any row is read', async () => {
  const folder = await temporaryFolder();
  const out = join(folder, 'n'.repeat(245));
  const unlabelled = [{ instruction: 'a', output: 'b' }];
  await expect(trainTiny(folder, unlabelled, { out })).rejects.toMatchObject({ code: 'out-not-writable' });
});

test('a folder that appears at --out while rows are encoded stays as it is', async () => {
  const folder = await temporaryFolder();
  const out = join(folder, 'mine');
  const onFit = (): void => {
    mkdirSync(out);
    writeFileSync(join(out, 'diary.txt'), 'mine');
  };
  await expect(trainTiny(folder, labelledRows(40), { onFit })).rejects.toMatchObject({
    code: 'out-not-tagger',
  });
  expect(await readFile(join(out, 'diary.txt'), 'utf8')).toBe('mine');
  expect(await readdir(folder)).toEqual(['encoder', 'labelled.jsonl', 'mine']);
});

test('a file put into an earlier tagger while rows are encoded stays', async () => {
  const folder = await temporaryFolder();
  const out = join(folder, 'mine');
  await writeEarlierTagger(out);
  const onFit = (): void => writeFileSync(join(out, 'diary.txt'), 'mine');
  await expect(trainTiny(folder, labelledRows(40), { onFit })).rejects.toThrow('holds "diary.txt" too');
  expect(await readdir(out)).toEqual(['diary.txt', 'tagger.json']);
});

test('an earlier tagger is replaced, and nothing stays of it', async () => {
  const folder = await temporaryFolder();
  await writeEarlierTagger(join(folder, 'mine'));
  await trainTiny(folder, labelledRows(40));
  expect(await readdir(folder)).toEqual(['encoder', 'labelled.jsonl', 'mine']);
  expect(await readdir(join(folder, 'mine'))).toContain('model.onnx');
});
