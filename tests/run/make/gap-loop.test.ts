import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { runCli, temporaryFolder, treeHashes } from '../../support/run-cli.ts';

const samples = join(import.meta.dirname, '..', '..', '..', 'datasets', 'samples');

interface Gap {
  readonly persona: string;
  readonly rows: number;
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'));
}

/** A corpus without a single row of a persona that is to be 15 % of it. */
function shortageConfig(more: string): string {
  return `dataset:
  persona_weights:
    grief_companion: {min: 0.15}
  trait_requirements:
    supportive: {min: 0.12}
sources:
  - {name: technical, path: ${samples}/technical.jsonl, licence: MIT}
${more}balance: {max_repeats: 1, total: 200}
`;
}

test('the loop is closed: a gap is planned, made, checked, and smaller in the run that reads the made rows', async () => {
  const folder = await temporaryFolder();
  const config = join(folder, 'config.yaml');
  const at = (...parts: string[]): string => join(folder, ...parts);
  await writeFile(config, shortageConfig(''));
  expect((await runCli(['--config', config, '--out', at('first')])).code).toBe(0);
  const gaps = (await readJson(at('first', 'plan', 'gaps.json'))) as Gap[];
  const missing = gaps.reduce((sum, { rows }) => sum + rows, 0);
  expect(gaps.map(({ persona }) => persona)).toContain('grief_companion');

  const dry = await runCli([
    'make',
    '--from-gaps',
    at('first', 'plan', 'gaps.json'),
    '--out',
    at('made'),
    '--dry-run',
    '--json',
  ]);
  expect(JSON.parse(dry.stdout)).toMatchObject({
    kind: 'estimate',
    counts: { wanted: missing, rows: missing },
    estimate: { requests: missing, costUsd: 0 },
  });
  await expect(treeHashes(at('made'))).rejects.toThrow('ENOENT');

  // Rows that the tagger takes for something else are made anew; how many, each training of it decides.
  const makeGaps = ['make', '--from-gaps', at('first'), '--rounds', '8'];
  const made = await runCli([...makeGaps, '--out', at('made'), '--json']);
  expect(made.stderr).not.toContain('unexpected');
  expect([made.code, JSON.parse(made.stdout)]).toEqual([
    0,
    expect.objectContaining({
      kind: 'made',
      missing: 0,
      counts: { cells: gaps.length, wanted: missing, rows: missing },
    }),
  ]);
  const rows = (await readFile(at('made', 'replies.jsonl'), 'utf8')).trim().split('\n');
  expect(rows).toHaveLength(missing);
  for (const row of rows) {
    expect(JSON.parse(row)).toMatchObject({ _synthetic: true, provenance: { provider: 'template' } });
  }
  expect(await readJson(at('made', 'replies.json'))).toMatchObject({
    agreement: { kappa: expect.any(Number) },
  });

  const again = await runCli([...makeGaps, '--out', at('made2')]);
  expect(again.code).toBe(0);
  expect(await treeHashes(at('made2'))).toMatchObject({
    'replies.jsonl': (await treeHashes(at('made')))['replies.jsonl'],
  });

  const source = `  - {name: made, path: ${at('made', 'replies.jsonl')}, licence: MIT, synthetic: true}\n`;
  await writeFile(config, shortageConfig(source));
  expect((await runCli(['--config', config, '--out', at('second')])).code).toBe(0);
  expect(await readJson(at('second', 'plan', 'gaps.json'))).toEqual([]);
  const report = (await readJson(at('second', 'report', 'report.json'))) as {
    readonly axes: {
      readonly persona: {
        readonly name: string;
        readonly syntheticShare: number;
        readonly after: { readonly rows: number };
      }[];
    };
  };
  expect(report.axes.persona.find(({ name }) => name === 'grief_companion')).toMatchObject({
    syntheticShare: 1,
    after: { rows: 30 },
  });
});

test('a missing gap list and a command without anything to make are one sentence', async () => {
  const folder = await temporaryFolder();
  const missing = await runCli(['make', '--from-gaps', join(folder, 'none.json')]);
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('no gap list there')]);
  const nothing = await runCli(['make']);
  expect([nothing.code, nothing.stderr]).toEqual([1, expect.stringContaining('say what to make')]);
});
