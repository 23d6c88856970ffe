import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';

import { generateCorpus } from '../../bench/generate-corpus.ts';
import { runCli, treeHashes } from './run-cli.ts';

const settings = `
dataset:
  persona_weights: {code_expert: {min: 0.05}, empathetic_counselor: {min: 0.05}}
  trait_requirements: {brief: {min: 0.2}}
training:
  curriculum:
    phase1_first: {persona_focus: [code_expert, math_tutor, factual_informant, general_assistant]}
    phase2_mixed: {persona_focus: all}
peft:
  adapters:
    tech_expert: {personas: [code_expert, problem_solver]}
output: {shard_bytes: 128KiB, validation_share: 0.05}
cascade: {tagger: ${join(import.meta.dirname, '..', 'taggers', 'fixtures', 'tiny-bert')}, budget: 0.2}
`;

/** Two generated sources, small units and shards, phases and an adapter: every stage has several steps. */
export async function writeFaultCorpus(
  folder: string,
  { rows, unitBytes = '64KiB' }: { readonly rows: number; readonly unitBytes?: string },
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = (name: string): string => join(folder, name);
  await generateCorpus({ rows: Math.ceil(rows * 0.7), seed: 1, path: path('a.jsonl'), format: 'jsonl' });
  await generateCorpus({
    rows: Math.floor(rows * 0.3),
    seed: 2,
    path: path('b.jsonl'),
    format: 'jsonl',
    shape: 'messages',
  });
  return writeFaultConfig(
    folder,
    'run.yaml',
    ['{name: a, path: a.jsonl}', '{name: b, path: b.jsonl}'],
    unitBytes,
  );
}

export async function writeFaultConfig(
  folder: string,
  name: string,
  sources: readonly string[],
  unitBytes = '64KiB',
): Promise<string> {
  const path = join(folder, name);
  const list = sources.map((source) => `  - ${source}`).join('\n');
  await writeFile(path, `${settings}\nrun: {unit_bytes: ${unitBytes}}\nsources:\n${list}\n`);
  return path;
}

/** Everything of a run folder that must not depend on what happened on the way; times and paths are taken out. */
export async function outcomeOf(out: string): Promise<Record<string, string>> {
  const hashes = Object.entries(await treeHashes(out)).filter(([name]) =>
    /^(?:dataset|tags|refined|corrected|plan|quarantine)\//u.test(name),
  );
  return { ...Object.fromEntries(hashes), report: await timelessReport(out) };
}

/** The report without what a report may differ in: how long it took, what was said on the way, and where it lies. */
async function timelessReport(out: string): Promise<string> {
  const report = JSON.parse(await readFile(join(out, 'report', 'report.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  const { timings: _timings, warnings: _warnings, run, ...rest } = report;
  const { out: _out, configPath: _configPath, ...facts } = run as Record<string, unknown>;
  return JSON.stringify({ ...rest, run: facts });
}

/** Fails where a run left something temporary, or a lock. */
async function expectNothingLeft(out: string): Promise<void> {
  const names = await readdir(out, { recursive: true });
  expect(names.filter((name) => /\.tmp-|spill|collect|run\.lock/u.test(name))).toEqual([]);
}

/** Finishes an interrupted run undisturbed and fails unless everything is as in the reference. */
export async function expectSameAfterRestart(
  config: string,
  out: string,
  reference: Record<string, string>,
  workers: number,
): Promise<void> {
  const last = await runCli(['--config', config, '--out', out, '--workers', String(workers)]);
  expect([last.code, last.stderr]).toEqual([0, expect.not.stringMatching(/unexpected|\n\s+at /u)]);
  expect(await outcomeOf(out)).toEqual(reference);
  await expectNothingLeft(out);
}
