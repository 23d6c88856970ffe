import { createHash } from 'node:crypto';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { asyncBufferFromFile } from 'hyparquet/src/node.js';
import { ByteWriter, parquetWrite } from 'hyparquet-writer';
import { beforeAll, expect, test } from 'vitest';

import { generateCorpus } from '../../bench/generate-corpus.ts';
import { parquetSchema } from '../../src/shard/schema.ts';
import { runCli, temporaryFolder } from '../support/run-cli.ts';

let folder = '';

const settings = (mode: string): string => `
dataset: {persona_weights: {code_expert: {max: 0.2}, math_tutor: 0.15}, trait_requirements: {brief: 0.3}}
balance: {total: 700, max_repeats: {default: 3, math_tutor: 4}, max_synthetic_share: {corpus: 0.2, math_tutor: 0.3}}
training: {curriculum: {mode: ${mode}, phase1_first: {persona_focus: [code_expert, math_tutor]}, phase2_mixed: {persona_focus: all}}}
output: {validation_share: 0.1}
sources: [{name: found, path: found.jsonl}, {name: made, path: made.jsonl, synthetic: true}]
`;

beforeAll(async () => {
  folder = await temporaryFolder();
  await generateCorpus({ rows: 1500, seed: 5, path: join(folder, 'found.jsonl'), format: 'jsonl' });
  await generateCorpus({ rows: 400, seed: 9, path: join(folder, 'made.jsonl'), format: 'jsonl' });
  for (const mode of ['view', 'partition']) {
    await writeFile(join(folder, `${mode}.yaml`), settings(mode));
    const result = await runCli(['--config', join(folder, `${mode}.yaml`), '--out', join(folder, mode)]);
    expect([result.code, result.stderr]).toEqual([0, expect.not.stringContaining('unexpected')]);
  }
});

type Row = Record<string, unknown>;

/** Changes the rows of one shard of a copy of a run, and makes the manifest agree with the changed file. */
async function tamper(
  mode: string,
  shard: string,
  change: (rows: Row[]) => Row[],
  options: { readonly without?: string } = {},
): Promise<{ code: number; codes: string[]; messages: string[] }> {
  const out = join(folder, `${mode}-${Math.trunc(counter++)}`);
  await cp(join(folder, mode), out, { recursive: true });
  const path = join(out, 'dataset', shard);
  const file = await asyncBufferFromFile(path);
  const rows = change(await parquetReadObjects({ file, compressors }));
  const schema = parquetSchema('messages');
  const columns = schema.slice(1).map((element) => element.name);
  const top = columns.filter((name) => name in (rows[0] ?? {}) && name !== options.without);
  const writer = new ByteWriter();
  void parquetWrite({
    writer,
    codec: 'UNCOMPRESSED',
    schema: options.without
      ? [
          { name: 'schema', num_children: top.length },
          ...schema.slice(1).filter((element) => element.name !== options.without),
        ]
      : schema,
    columnData: [...new Set(top)].map((name) => ({ name, data: rows.map((row) => row[name] ?? null) })),
  });
  const content = new Uint8Array(writer.getBuffer());
  await writeFile(path, content);
  const manifestPath = join(out, 'dataset', 'manifest.json');
  const manifest = JSON.parse(await readFile(manifestPath, 'utf8'));
  const entry = manifest.files.find((candidate: { path: string }) => candidate.path === shard);
  entry.bytes = content.length;
  entry.sha256 = createHash('sha256').update(content).digest('hex');
  const count = (values: readonly unknown[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const value of values) counts[String(value)] = (counts[String(value)] ?? 0) + 1;
    return counts;
  };
  entry.rows = rows.length;
  entry.counts = {
    ...entry.counts,
    persona: count(rows.map((row) => row['_persona'])),
    trait: count(rows.flatMap((row) => row['_traits'] as string[])),
    source: count(rows.map((row) => row['_source'])),
    phase: count(rows.map((row) => row['_phase'])),
    synthetic: rows.filter((row) => row['_synthetic']).length,
    copies: rows.filter((row) => Number(row['_copy']) > 0).length,
  };
  await writeFile(manifestPath, JSON.stringify(manifest));
  const result = await runCli(['verify', '--run', out, '--json']);
  const all: { code: string; place: string; message: string }[] = JSON.parse(result.stdout).findings;
  // The marker of the run knows that the manifest was changed too.
  const findings = all.filter((finding) => finding.place !== 'dataset/manifest.json');
  for (const { message } of findings) expect(message).toMatch(/^[A-Z0-9].*\.$/);
  return {
    code: findings.length > 0 ? result.code : 0,
    codes: [...new Set(findings.map((finding) => finding.code))].toSorted(),
    messages: findings.map((finding) => finding.message),
  };
}

let counter = 0;
const mixed = 'phases/2-mixed/train-00000-of-00001.parquet';
const mixedValidation = 'phases/2-mixed/validation-00000-of-00001.parquet';

test('what a run wrote has no finding, and a shard written again as it was has none either', async () => {
  for (const mode of ['view', 'partition']) {
    const result = await runCli(['verify', '--run', join(folder, mode), '--json']);
    expect([result.code, JSON.parse(result.stdout).findings]).toEqual([0, []]);
  }
  expect(await tamper('view', mixed, (rows) => rows)).toEqual({ code: 0, codes: [], messages: [] });
});

test('a persona, a trait or a source that was changed is found against the plan', async () => {
  const persona = await tamper('view', mixed, (rows) =>
    rows.map((row, i) => (i < 30 ? { ...row, _persona: 'poet' } : row)),
  );
  expect(persona.code).toBe(2);
  expect(persona.codes).toEqual(expect.arrayContaining(['labels', 'margin']));
  expect(persona.messages.join('\n')).toMatch(/rows of persona poet, the plan says 0\./);
  const trait = await tamper('view', mixed, (rows) => rows.map((row) => ({ ...row, _traits: ['brief'] })));
  expect(trait.codes).toEqual(expect.arrayContaining(['margin', 'share']));
  expect(trait.messages.join('\n')).toMatch(/are trait brief; the plan asked for 30\.00 to 30\.00 %/);
  expect(trait.messages.join('\n')).toMatch(/rows of trait formal, the plan says/);
});

test('a run without a curriculum is held against its plan, too', async () => {
  await writeFile(join(folder, 'plain.yaml'), settings('view').replace(/^training: .*\n/m, ''));
  const run = await runCli(['--config', join(folder, 'plain.yaml'), '--out', join(folder, 'plain')]);
  expect(run.code).toBe(0);
  const shard = 'phases/1-all/train-00000-of-00001.parquet';
  expect(await tamper('plain', shard, (rows) => rows)).toEqual({ code: 0, codes: [], messages: [] });
  const trait = await tamper('plain', shard, (rows) => rows.map((row) => ({ ...row, _traits: ['brief'] })));
  expect(trait.codes).toEqual(expect.arrayContaining(['margin', 'share']));
});

test('a row that is taken out, put in twice, or carries a copy too many is found', async () => {
  const fewer = await tamper('view', mixed, (rows) => rows.filter((row) => row['_persona'] !== 'math_tutor'));
  expect(fewer.codes).toContain('group-rows');
  expect(fewer.messages.join('\n')).toMatch(
    /The phase mixed takes all rows and holds \d+; the plan says 700\./,
  );
  const [doubled, tooMany, gap] = [
    await tamper('view', mixed, (rows) => [...rows, ...rows.slice(0, 1)]),
    await tamper('view', mixed, (rows) => rows.map((row, i) => (i === 0 ? { ...row, _copy: 7 } : row))),
    await tamper('view', mixed, (rows) =>
      rows.map((row, i) => (i === rows.findIndex((one) => one['_copy'] === 0) ? { ...row, _copy: 1 } : row)),
    ),
  ];
  expect(doubled.codes).toContain('duplicate');
  expect(tooMany.codes).toEqual(expect.arrayContaining(['copies', 'max-repeats']));
  // Where another phase has the row's copy 0, its copy 1 is one row more than the plan has.
  expect(gap.codes.some((code) => ['copies', 'duplicate', 'total'].includes(code))).toBe(true);
});

test('one text under two row keys, or in train and in validation, is found by its content', async () => {
  const twice = await tamper('view', mixed, (rows) =>
    rows.map((row, i) => (i === 1 ? { ...row, messages: rows[0]?.['messages'] } : row)),
  );
  expect(twice.codes).toEqual(['duplicate']);
  const file = await asyncBufferFromFile(join(folder, 'view', 'dataset', mixed));
  const [train] = await parquetReadObjects({ file, compressors, rowEnd: 1 });
  const leaked = await tamper('view', mixedValidation, (rows) =>
    rows.map((row, i) => (i === 0 ? { ...row, messages: train?.['messages'] } : row)),
  );
  expect(leaked.codes).toEqual(['duplicate', 'split-overlap']);
});

test('a row of one phase that also stands in another is found where phases partition the corpus', async () => {
  const first = 'phases/1-first/train-00000-of-00001.parquet';
  const file = await asyncBufferFromFile(join(folder, 'partition', 'dataset', first));
  const taken = (await parquetReadObjects({ file, compressors })).filter((row) => row['_copy'] === 0)[0];
  const result = await tamper('partition', mixed, (rows) => [...rows, { ...taken, _phase: 'mixed' }]);
  expect(result.codes).toContain('phase-overlap');
});

test('a shard whose rows were sorted is beyond the bound of its order', async () => {
  const sorted = await tamper('view', mixed, (rows) =>
    rows.toSorted((a, b) => (String(a['_persona']) < String(b['_persona']) ? -1 : 1)),
  );
  expect([sorted.code, sorted.codes]).toEqual([2, ['order']]);
  expect(sorted.messages.join('\n')).toMatch(/On the persona axis a prefix is \d+\.\d rows/);
  const bySource = await tamper('view', mixed, (rows) =>
    rows.toSorted((a, b) => (String(a['_source']) < String(b['_source']) ? -1 : 1)),
  );
  expect(bySource.messages.join('\n')).toMatch(/On the source axis/);
});

test('synthetic rows above their cap, and a column that is missing, are found', async () => {
  const made = await tamper('view', mixed, (rows) => rows.map((row) => ({ ...row, _synthetic: true })));
  expect(made.codes).toContain('share');
  expect(made.messages.join('\n')).toMatch(/are synthetic/);
  const cut = await tamper('view', mixed, (rows) => rows, { without: '_adapter' });
  expect([cut.codes, cut.messages]).toEqual([['schema'], ['It has no column _adapter.']]);
});

test('the shards of a run are the ones the tests change', async () => {
  const files = await readdir(join(folder, 'view', 'dataset'), { recursive: true });
  expect(files).toEqual(expect.arrayContaining([mixed, mixedValidation]));
  const metadata = await parquetMetadataAsync(
    await asyncBufferFromFile(join(folder, 'view', 'dataset', mixed)),
  );
  expect(Number(metadata.num_rows)).toBeGreaterThan(500);
});
