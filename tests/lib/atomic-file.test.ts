import { mkdir, mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { openAtomic, writeFileAtomic } from '../../src/lib/atomic-file.ts';

test('a published file is whole and nothing else is left', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'atomic-'));
  await writeFileAtomic(join(folder, 'deep', 'a.txt'), 'text');
  expect(await readdir(join(folder, 'deep'))).toEqual(['a.txt']);
  expect(await readFile(join(folder, 'deep', 'a.txt'), 'utf8')).toBe('text');
});

test('a file that cannot take its place leaves nothing beside it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'atomic-'));
  await mkdir(join(folder, 'a.txt', 'full'), { recursive: true });
  await expect(writeFileAtomic(join(folder, 'a.txt'), 'text')).rejects.toThrow();
  expect(await readdir(folder)).toEqual(['a.txt']);
});

test('a file that is not published leaves nothing, and the old content stays', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'atomic-'));
  await writeFileAtomic(join(folder, 'a.txt'), 'old');
  {
    await using file = await openAtomic(join(folder, 'a.txt'));
    await file.handle.writeFile('half of the n');
  }
  expect(await readdir(folder)).toEqual(['a.txt']);
  expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('old');
});
