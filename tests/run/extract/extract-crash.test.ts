import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';

import { runCli, temporaryFolder } from '../../support/run-cli.ts';
import { writePlantedExport } from '../../support/write-export.ts';

/** In the order in which a run passes them, so that each restart goes further than the one before. */
const points = [
  'after-rename:all_messages:1',
  'before-marker:state/parse:1',
  'after-rename:embeddings/00000.f32:1',
  'after-rename:clusters/persona_:1',
  'after-rename:cards/:2',
  'after-temp:extract.json:1',
];

test('killed at any stage and started again, the bytes are the same', { timeout: 300_000 }, async () => {
  const folder = await temporaryFolder();
  const input = join(folder, 'conversations.json');
  await writePlantedExport(input, {
    kind: 'chatgpt',
    personas: 3,
    conversations: 12,
    userMessages: 60,
    messages: 140,
    seed: 5,
  });
  const reference = join(folder, 'reference');
  expect((await runCli(['extract', input, '--workers', '1', '--out', reference])).code).toBe(0);
  const out = join(folder, 'killed');
  for (const point of points) {
    const killed = await runCli(['extract', input, '--out', out], { env: { TAG_DATASETS_CRASH_AT: point } });
    expect([point, killed.signal]).toEqual([point, 'SIGKILL']);
    expect(await hashes(out)).not.toHaveProperty(['extract.json']);
  }
  expect((await runCli(['extract', input, '--out', out])).code).toBe(0);
  expect(await hashes(out)).toEqual(await hashes(reference));
});

async function hashes(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found: Record<string, string> = {};
  for (const path of paths.toSorted()) {
    if (path.endsWith('.lock')) continue;
    found[relative(folder, path)] = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  }
  return found;
}
