import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createTagColumns, encodeSidecar, readSidecar } from '../../src/tag/sidecar.ts';

test('a sidecar reads back as it was written, whatever the values', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sidecar-'));
  await fc.assert(
    fc.asyncProperty(fc.nat(40), fc.infiniteStream(fc.nat(0xffffffff)), async (rows, stream) => {
      const columns = createTagColumns(rows);
      for (const array of Object.values(columns)) {
        if (typeof array === 'number') continue;
        for (let i = 0; i < array.length; i++) array[i] = stream.next().value ?? 0;
      }
      for (const array of [
        columns.row,
        columns.records,
        columns.outputChars,
        columns.tokens,
        columns.supervisedTokens,
      ])
        array.forEach((value, i) => (array[i] = value & 0x7fffffff));
      const path = join(folder, 'unit.parquet');
      await writeFile(path, encodeSidecar(columns));
      expect(await readSidecar(path)).toEqual(columns);
    }),
    { numRuns: 25 },
  );
});

test('a damaged sidecar is named, not believed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sidecar-'));
  const path = join(folder, 'unit.parquet');
  await writeFile(path, encodeSidecar(createTagColumns(5)).subarray(0, 90));
  await expect(readSidecar(path)).rejects.toMatchObject({ code: 'sidecar-damaged' });
});
