import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

import { generateCorpus } from '../../bench/generate-corpus.ts';
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

test('repeats are capped per persona, synthetic rows per persona and in the corpus', async () => {
  const entry = await run(
    'caps',
    `
dataset: {persona_weights: {code_expert: 0.3, math_tutor: 0.2}}
balance: {total: 400, max_repeats: {default: 4, math_tutor: 2}, max_synthetic_share: {corpus: 0.08, math_tutor: 0}}`,
  );
  expect(entry('persona', 'code_expert').after.rows).toBe(120);
  expect(entry('persona', 'math_tutor')).toMatchObject({ after: { rows: 80 }, syntheticShare: 0 });
  expect(entry('persona', 'math_tutor').maxRepeats).toBeLessThanOrEqual(2);
  expect(entry('source', 'made').after.rows).toBeLessThanOrEqual(32);
  expect(entry('source', 'made').after.rows).toBeGreaterThan(20);
});

test('shares of supervised tokens hold in the tokens of the rows that were written', async () => {
  const entry = await run(
    'tokens',
    `
dataset: {persona_weights: {code_expert: 0.2, math_tutor: 0.1}, trait_requirements: {brief: 0.3}}
balance: {unit: supervised_tokens, total: 60000}`,
  );
  for (const [axis, name, share] of [
    ['persona', 'code_expert', 0.2],
    ['persona', 'math_tutor', 0.1],
    ['trait', 'brief', 0.3],
  ] as const) {
    expect(entry(axis, name).target?.share).toBeCloseTo(share, 4);
    expect(Math.abs(entry(axis, name).after.share - share)).toBeLessThan(0.01);
  }
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
  const rows = ['code_expert', 'math_tutor', 'narrative_writer', 'conversational_agent'].map(
    (name) => entry('persona', name).after.rows,
  );
  expect(Math.max(...rows) - Math.min(...rows)).toBeLessThanOrEqual(1);
});
