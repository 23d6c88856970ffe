import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { asyncBufferFromFile } from 'hyparquet/src/node.js';
import { beforeAll, expect, test } from 'vitest';

import { generateCorpus } from '../../bench/generate-corpus.ts';
import { testTaxonomy } from '../support/taxonomy.ts';
import { byteTokenizer } from '../support/byte-tokenizer.ts';
import { runCli, temporaryFolder } from '../support/run-cli.ts';

let folder = '';

beforeAll(async () => {
  folder = await temporaryFolder();
  await generateCorpus({ rows: 1500, seed: 5, path: join(folder, 'found.jsonl'), format: 'jsonl' });
  await generateCorpus({ rows: 500, seed: 9, path: join(folder, 'made.jsonl'), format: 'jsonl' });
});

interface Entry {
  readonly name: string;
  readonly before: { rows: number; supervisedTokens: number };
  readonly after: { rows: number; tokens: number; supervisedTokens: number; share: number };
  readonly target: { share: number } | null;
  readonly maxRepeats: number;
  readonly syntheticShare: number;
}

async function run(name: string, settings: string): Promise<(axis: string, entry: string) => Entry> {
  const config = join(folder, `${name}.yaml`);
  await writeFile(
    config,
    `${settings}
sources: [{name: found, path: found.jsonl}, {name: made, path: made.jsonl, synthetic: true}]
`,
  );
  const out = join(folder, name);
  const result = await runCli(['--config', config, '--out', out]);
  expect(result.stderr).not.toContain('unexpected');
  expect(result.code).toBe(0);
  expect((await runCli(['verify', '--run', out])).code).toBe(0);
  const report = JSON.parse(await readFile(join(out, 'report', 'report.json'), 'utf8'));
  return (axis, entry) => report.axes[axis].find((candidate: Entry) => candidate.name === entry);
}

/** A persona and its children, which its weight and its limits cover. */
function familyOf(persona: string): string[] {
  return testTaxonomy()
    .personas.filter(({ id, parent }) => id === persona || parent === persona)
    .map(({ id }) => id);
}

test('repeats are capped per persona, synthetic rows per persona and in the corpus', async () => {
  const entry = await run(
    'caps',
    `
dataset: {persona_weights: {math_tutor: 0.3, factual_informant: 0.15}}
balance: {total: 1200, max_repeats: {default: 4, factual_informant: 2}, max_synthetic_share: {corpus: 0.08, factual_informant: 0}}`,
  );
  const sum = (persona: string, of: (entry: Entry) => number): number =>
    familyOf(persona).reduce((all, name) => all + of(entry('persona', name)), 0);
  expect(sum('math_tutor', ({ after }) => after.rows)).toBe(360);
  expect(sum('factual_informant', ({ after }) => after.rows)).toBe(180);
  for (const name of familyOf('factual_informant')) {
    expect(entry('persona', name).syntheticShare).toBe(0);
    expect(entry('persona', name).maxRepeats).toBeLessThanOrEqual(2);
  }
  expect(entry('persona', 'math_tutor').maxRepeats).toBeGreaterThan(2);
  expect(entry('source', 'made').after.rows).toBeLessThanOrEqual(96);
  expect(entry('source', 'made').after.rows).toBeGreaterThan(80);
});

test('shares of supervised tokens hold in the tokens of the rows that were written', async () => {
  const entry = await run(
    'tokens',
    `
dataset: {persona_weights: {factual_informant: 0.2, math_tutor: 0.1}, trait_requirements: {brief: 0.3}}
balance: {unit: supervised_tokens, total: 60000}`,
  );
  const sum = (persona: string, of: (entry: Entry) => number): number =>
    familyOf(persona).reduce((all, name) => all + of(entry('persona', name)), 0);
  for (const [name, share] of [
    ['factual_informant', 0.2],
    ['math_tutor', 0.1],
  ] as const) {
    expect(sum(name, ({ target }) => target?.share ?? 0)).toBeCloseTo(share, 4);
    expect(Math.abs(sum(name, ({ after }) => after.share) - share)).toBeLessThan(0.01);
  }
  expect(Math.abs(entry('trait', 'brief').after.share - 0.3)).toBeLessThan(0.01);
});

test('a named tokenizer counts the tokens, is part of what was tagged, and no other is planned with', async () => {
  await writeFile(join(folder, 'bytes.json'), byteTokenizer([]));
  const settings =
    'balance: {unit: tokens, total: 200000, tokenizer: bytes.json}\noutput: {control_token: none}';
  const entry = await run('counted', settings);
  const out = join(folder, 'counted');
  const report = JSON.parse(await readFile(join(out, 'report', 'report.json'), 'utf8'));
  expect(report.run.tokenizer).toMatchObject({ name: 'bytes.json' });
  const file = await asyncBufferFromFile(join(out, 'dataset/phases/1-all/train-00000-of-00001.parquet'));
  const rows = await parquetReadObjects({ file, compressors, columns: ['messages', '_persona'] });
  const bytesOf = (persona: string): number =>
    rows
      .filter((row) => row['_persona'] === persona)
      .flatMap((row) => row['messages'] as { content: string }[])
      .reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
  // Every byte is a token; nothing of a small persona went to validation.
  const validation = 'dataset/phases/1-all/validation-00000-of-00001.parquet';
  const held = await parquetReadObjects({
    file: await asyncBufferFromFile(join(out, validation)),
    compressors,
  });
  const names = new Set(held.map((row) => row['_persona']));
  const [persona] = rows.map((row) => String(row['_persona'])).filter((name) => !names.has(name));
  expect(persona).toBeDefined();
  expect(entry('persona', persona ?? '').after.tokens).toBe(bytesOf(persona ?? ''));
  const other = await runCli(['plan', '--run', out, '--set', 'balance.tokenizer=other.json']);
  expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('were counted by bytes.json')]);
  const missing = join(folder, 'missing.yaml');
  await writeFile(
    missing,
    'balance: {tokenizer: nowhere.json}\nsources: [{name: found, path: found.jsonl}]\n',
  );
  const refused = await runCli(['--config', missing, '--out', join(folder, 'refused')]);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('nowhere.json is not there')]);
});

test('up-sampling a persona without a weight takes made rows before copies', async () => {
  const plain = await run('plain', 'balance: {total: 600}');
  const more = await run(
    'upsampled',
    'balance: {total: 600}\naugmentation: {synthetic_upsampling: {math_tutor: 2.0x}}',
  );
  const before = plain('persona', 'math_tutor').after.rows;
  const after = more('persona', 'math_tutor');
  expect(after.after.rows).toBeGreaterThan(before * 1.3);
  expect(after.after.rows).toBeLessThan(before * 2);
  expect(after).toMatchObject({ maxRepeats: 1 });
  expect(after.syntheticShare).toBeGreaterThan(0);
});

test('UniMax gives the personas of the rest even parts, up to their epochs', async () => {
  const entry = await run('unimax', 'balance: {total: 240, rest: unimax, rest_epochs: 1}');
  const found = testTaxonomy()
    .personas.map(({ id }) => entry('persona', id))
    .filter((persona) => persona.before.rows > 0);
  const level = Math.max(...found.map(({ after }) => after.rows));
  for (const { before, after } of found)
    expect(after.rows).toBeGreaterThanOrEqual(Math.min(before.rows, level - 1));
  expect(found.filter(({ after }) => after.rows >= level - 1).length).toBeGreaterThan(8);
});
