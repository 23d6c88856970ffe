import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

import { runCli, temporaryFolder } from '../support/run-cli.ts';

const tiny = join(import.meta.dirname, '..', 'taggers', 'fixtures', 'tiny-bert');
let folder = '';
let rows = '';

beforeAll(async () => {
  folder = await temporaryFolder();
  rows = join(folder, 'rows.jsonl');
  const lines = Array.from({ length: 30 }, (_, i) =>
    JSON.stringify({
      instruction: `Sort list ${i} in Python.`,
      output: `\`\`\`python\nitems_${i}.sort()\n\`\`\``,
    }),
  );
  await writeFile(rows, lines.join('\n'));
});

test('tag --explain adds what decided to every row and says it of the first', async () => {
  const { code, stdout } = await runCli(['tag', rows, join(folder, 'a'), '--explain', '--workers', '1']);
  expect(code).toBe(0);
  expect(stdout).toContain('why, in the first rows');
  expect(stdout).toContain('“Sort list 0 in Python.”');
  const written = await readFile(join(folder, 'a', 'rows.jsonl'), 'utf8');
  for (const line of written.trim().split('\n')) {
    const row = JSON.parse(line);
    expect(row._why_for).toEqual(expect.any(String));
    expect(row._why.length).toBeLessThanOrEqual(5);
    for (const reason of row._why) expect(Object.keys(reason)).toEqual(['side', 'kind', 'feature', 'weight']);
  }
  const json = await runCli(['tag', rows, join(folder, 'b'), '--explain', '--workers', '2', '--json']);
  expect(JSON.parse(json.stdout).examples).toHaveLength(5);
  expect(await readFile(join(folder, 'b', 'rows.jsonl'), 'utf8')).toBe(written);
  const again = await runCli(['tag', '-', '-'], { input: written });
  expect(again.stdout).toContain('_persona');
  expect(again.stdout).not.toContain('_why');
});

test('without --explain nothing is added, and a tagger that cannot explain says so before any row', async () => {
  const piped = await runCli(['tag', '-', '-'], { input: await readFile(rows, 'utf8') });
  expect(piped.stdout).not.toContain('_why');
  const refused = await runCli(['tag', rows, join(folder, 'c'), '--explain', '--tagger', tiny]);
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringContaining('the tagger "tiny-bert-v1" does not look at words one by one'),
  ]);
});
