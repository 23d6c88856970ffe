import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

import { fileSha256, stepKey, writeDone } from '../../../src/run/checkpoint.ts';
import { cardFile, extractPaths } from '../../../src/run/extract/extract-paths.ts';
import { forgetFrom } from '../../../src/run/extract/forget-stages.ts';

test('every card that was changed is kept under a name of its own, one that was not goes', async () => {
  const out = await mkdtemp(join(tmpdir(), 'forget-'));
  const [solver, thinker] = [cardFile('solver'), cardFile('thinker')];
  await mkdir(dirname(join(out, solver)), { recursive: true });
  const marker = extractPaths(out).done('describe');
  await mkdir(dirname(marker), { recursive: true });
  const makeAndChange = async (change: string): Promise<string[]> => {
    const outputs = [];
    for (const path of [solver, thinker]) {
      await writeFile(join(out, path), 'as made');
      outputs.push({ path, ...(await fileSha256(join(out, path))) });
    }
    await writeDone(marker, stepKey({}), { outputs, counts: {}, ms: 0 });
    await writeFile(join(out, solver), change);
    return forgetFrom(out, 'cluster');
  };
  expect(await makeAndChange('first')).toEqual([`${solver}.edited`]);
  expect(await makeAndChange('second')).toEqual([`${solver}.edited-2`]);
  expect(await makeAndChange('third')).toEqual([`${solver}.edited-3`]);
  expect(await makeAndChange('as made')).toEqual([]);
  const kept = ['.edited', '.edited-2', '.edited-3'].map((ending) => join(out, `${solver}${ending}`));
  const texts = await Promise.all(kept.map((path) => readFile(path, 'utf8')));
  expect(texts).toEqual(['first', 'second', 'third']);
  await rm(out, { recursive: true });
});
