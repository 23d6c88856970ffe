import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { type CliResult, runCli, temporaryFolder } from '../support/run-cli.ts';

const samples = join(import.meta.dirname, '..', '..', 'datasets', 'samples');

/** A run over shipped samples, and its folder. */
async function run(settings: string): Promise<CliResult & { readonly out: string }> {
  const folder = await temporaryFolder();
  const config = join(folder, 'run.yaml');
  await writeFile(config, settings.replaceAll('SAMPLES', samples));
  const out = join(folder, 'out');
  return { ...(await runCli(['--config', config, '--out', out])), out };
}

const read = (out: string, path: string): Promise<string> => readFile(join(out, path), 'utf8');

test('rows that no phase takes are warned of, accounted for and not on the card', async () => {
  const { out, stdout, stderr } = await run(`
dataset: {data_path: SAMPLES/creative.jsonl, persona_weights: {creative_storyteller: 0.5, poet: 0.2}}
training: {curriculum: {phase1_a: {persona_focus: [creative_storyteller]}}}
`);
  const report = JSON.parse(await read(out, 'report/report.json'));
  const manifest = JSON.parse(await read(out, 'dataset/manifest.json'));
  const written = manifest.files.reduce((sum: number, file: { rows: number }) => sum + file.rows, 0);
  const { unplaced } = report.accounting;
  expect([written > 0, unplaced > 0, written + unplaced]).toEqual([true, true, report.run.after.rows]);
  const poet = report.axes.persona.find((entry: { name: string }) => entry.name === 'poet');
  expect([poet.after.rows > 0, poet.placed.rows, poet.placed.share]).toEqual([true, 0, 0]);
  expect(stderr).toContain(
    `warning: ${unplaced} of ${report.run.after.rows} rows are in no phase or adapter and are not written: no persona_focus takes `,
  );
  expect(stderr).toContain(`poet (${poet.after.rows})`);
  expect(stdout.replaceAll('\n', ' ')).toContain(`${unplaced} in no phase or adapter among them`);
  expect(await read(out, 'report/report.md')).toContain(`in no phase or adapter ${unplaced}`);
  expect(await read(out, 'report/report.html')).toContain(`${written} rows to train\u00A0on`);
  const card = await read(out, 'dataset/README.md');
  const personas = card.slice(card.indexOf('## Personas'), card.indexOf('## Traits'));
  const listed = [...personas.matchAll(/\| (\w+) \| (\d+) \| ([\d.]+) %/g)];
  const sum = (column: number): number => listed.reduce((all, match) => all + Number(match[column]), 0);
  expect(listed.map((match) => match[1])).not.toContain('poet');
  expect([sum(2), Math.round(sum(3))]).toEqual([written, 100]);
  expect(card).toContain(`| creative | unknown | ${written} |`);
  expect((await runCli(['verify', '--run', out])).code).toBe(0);
});

test('rows of synthetic sources are counted as such, inside the sum', async () => {
  const { out } = await run(`
sources:
  - {name: made, path: SAMPLES/technical.jsonl, synthetic: true}
  - {name: found, path: SAMPLES/empathetic.jsonl}
training: {fp16: true}
`);
  const { accounting, axes, run: facts } = JSON.parse(await read(out, 'report/report.json'));
  const made = axes.source.find((entry: { name: string }) => entry.name === 'made');
  expect([accounting.synthetic > 0, accounting.synthetic]).toEqual([true, made.after.rows]);
  expect(accounting.selected + accounting.copies).toBe(facts.after.rows);
  expect(await read(out, 'report/report.md')).toContain(`synthetic ${accounting.synthetic}`);
  const trainer = await read(out, 'dataset/axolotl.yaml');
  expect(trainer).toContain('bf16: false\nfp16: true');
});

test('a corpus without rows is warned of with what took them out', async () => {
  const filtered = await run('dataset: {data_path: SAMPLES/technical.jsonl, min_output_length: 1000000}\n');
  expect(filtered.stderr).toContain(
    'warning: no row is left of the 255 read: 255 filtered (output-too-short)\n',
  );
  expect(filtered.stderr).not.toContain('infeasible');
  expect(filtered.stdout).toContain('No row could be selected. Infeasible: no rows are supplied.');
  const dropped = await run(
    'dataset: {data_path: SAMPLES/technical.jsonl, persona_weights: {poet: 1}}\nbalance: {rest: drop}\n',
  );
  expect(dropped.stderr).toContain(
    'warning: infeasible by 100.0 points: persona poet is to be 100 % and has no rows\n',
  );
  expect(dropped.stderr).toContain('warning: no row is left of the 255 read: 255 not selected\n');
});
