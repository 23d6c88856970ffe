import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

import { treeHashes, runCli, temporaryFolder } from '../support/run-cli.ts';

const root = join(import.meta.dirname, '..', '..');
let folder = '';

beforeAll(async () => {
  folder = await temporaryFolder();
  const lines = (await readFile(join(root, 'datasets', 'samples', 'technical.jsonl'), 'utf8'))
    .trim()
    .split('\n');
  const more = (await readFile(join(root, 'datasets', 'samples', 'empathetic.jsonl'), 'utf8'))
    .trim()
    .split('\n');
  await writeFile(join(folder, 'rows.jsonl'), [...lines, ...more].join('\n'));
  // Labelled by hand: half of the technical rows, a few of the others, and one that stands in no source.
  const outside = {
    instruction: 'Why does my loop never end?',
    input: '',
    output: 'The counter is never raised. Add `i += 1` at the end of the body and it stops after ten turns.',
    persona: 'debugging_assistant',
  };
  const labelled = [...lines.filter((_, i) => i % 2 === 0), ...more.filter((_, i) => i % 3 === 0)];
  await writeFile(join(folder, 'audit.jsonl'), [...labelled, JSON.stringify(outside)].join('\n'));
  await writeFile(
    join(folder, 'run.yaml'),
    'sources: [{name: rows, path: rows.jsonl}]\naudit: {file: audit.jsonl}\n',
  );
});

test('an audit set corrects the counts of every persona in the report, and changes no byte of the dataset', async () => {
  const out = join(folder, 'out');
  const run = await runCli(['--config', join(folder, 'run.yaml'), '--out', out]);
  expect([run.code, run.stderr]).toEqual([0, expect.any(String)]);
  const { audit, run: facts } = JSON.parse(await readFile(join(out, 'report', 'report.json'), 'utf8'));
  expect(audit).toMatchObject({ file: 'audit.jsonl', confidence: 0.95, matched: audit.rows - 1 });
  const counted = audit.personas.reduce((sum: number, entry: { counted: number }) => sum + entry.counted, 0);
  expect([counted, facts.before.rows > 0]).toEqual([expect.closeTo(1, 9), true]);
  const corrected = audit.personas.filter((entry: { corrected: number | null }) => entry.corrected !== null);
  expect(corrected.length).toBeGreaterThan(3);
  for (const { low, corrected: share, high } of corrected)
    expect([low <= share, share <= high]).toEqual([true, true]);
  expect(run.stdout).toContain('labelled rows');
  expect(await readFile(join(out, 'report', 'report.md'), 'utf8')).toContain('## Audit');
  expect(await readFile(join(out, 'report', 'report.html'), 'utf8')).toContain('Audit by people');

  const without = join(folder, 'without');
  await writeFile(join(folder, 'plain.yaml'), 'sources: [{name: rows, path: rows.jsonl}]\n');
  expect((await runCli(['--config', join(folder, 'plain.yaml'), '--out', without])).code).toBe(0);
  expect(await treeHashes(join(without, 'dataset'))).toEqual(await treeHashes(join(out, 'dataset')));
  expect(JSON.parse(await readFile(join(without, 'report', 'report.json'), 'utf8')).audit).toBe(null);
});

test('a wrong audit file stops the run before anything is tagged', async () => {
  const args = ['--config', join(folder, 'run.yaml'), '--out', join(folder, 'never')];
  const absent = await runCli([...args, '--set', 'audit.file=nowhere.jsonl']);
  expect([absent.code, absent.stderr]).toEqual([1, expect.stringContaining('nowhere.jsonl')]);
  await writeFile(join(folder, 'wrong.jsonl'), '{"instruction":"a","output":"b","persona":"code_expret"}\n');
  const wrong = await runCli([...args, '--set', 'audit.file=wrong.jsonl']);
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('unknown persona "code_expret"')]);
  expect(wrong.stderr).not.toContain('tag:');
});
