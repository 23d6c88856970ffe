import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { asyncBufferFromFile } from 'hyparquet/src/node.js';
import { beforeAll, expect, test, vi } from 'vitest';

import { generateCorpus } from '../../bench/generate-corpus.ts';
import type { CascadeFacts } from '../../src/run/tag/refine-pass.ts';
import { outcomeOf } from '../support/fault-corpus.ts';
import { runCli, temporaryFolder } from '../support/run-cli.ts';

const tiny = join(import.meta.dirname, '..', 'taggers', 'fixtures', 'tiny-bert');
vi.setConfig({ testTimeout: 240_000 });
const rows = 600;
let folder = '';

beforeAll(async () => {
  folder = await temporaryFolder();
  await generateCorpus({ rows: 400, seed: 3, path: join(folder, 'a.jsonl'), format: 'jsonl' });
  await generateCorpus({ rows: 200, seed: 4, path: join(folder, 'b.jsonl'), format: 'jsonl' });
});

async function writeConfig(name: string, cascade: string, sources = ['a', 'b']): Promise<string> {
  const path = join(folder, `${name}.yaml`);
  const list = sources.map((source) => `  - {name: ${source}, path: ${source}.jsonl}`).join('\n');
  await writeFile(
    path,
    `cascade: ${cascade}\nrun: {unit_bytes: 32KiB}\noutput: {shard_bytes: 128KiB}\nsources:\n${list}\n`,
  );
  return path;
}

async function run(
  name: string,
  cascade: string,
  more: readonly string[] = [],
  sources?: string[],
): Promise<string> {
  const out = join(folder, name);
  const config = await writeConfig(name, cascade, sources);
  const result = await runCli(['--config', config, '--out', out, ...more]);
  expect([result.code, result.stderr]).toEqual([0, expect.not.stringContaining('unexpected')]);
  return out;
}

async function factsOf(out: string): Promise<CascadeFacts | null> {
  return JSON.parse(await readFile(join(out, 'state', 'corpus.json'), 'utf8')).cascade;
}

async function datasetOf(out: string): Promise<Record<string, string>> {
  const outcome = Object.entries(await outcomeOf(out));
  return Object.fromEntries(outcome.filter(([name]) => /^(?:dataset|refined|corrected)\//u.test(name)));
}

test('the accurate tier judges exactly its share of the rows, and every row says who judged it', async () => {
  const out = await run('share', `{tagger: ${tiny}, budget: 0.1}`);
  const facts = await factsOf(out);
  expect(facts).toMatchObject({ tagger: 'tiny-bert-v1', budget: 0.1, eligible: rows, rows: 60 });
  const manifest = JSON.parse(await readFile(join(out, 'dataset', 'manifest.json'), 'utf8'));
  expect(manifest.taggers.map(({ id }: { id: string }) => id)).toContain('tiny-bert-v1');
  const seen: Record<string, number> = {};
  for (const file of manifest.files) {
    const found = await parquetReadObjects({
      file: await asyncBufferFromFile(join(out, 'dataset', file.path)),
      columns: ['_tagged_by'],
      compressors,
    });
    for (const row of found) seen[row['_tagged_by']] = (seen[row['_tagged_by']] ?? 0) + 1;
  }
  const counted: Record<string, number> = {};
  for (const split of manifest.splits)
    for (const [tagger, count] of Object.entries<number>(split.counts.tagger))
      counted[tagger] = (counted[tagger] ?? 0) + count;
  expect(seen).toEqual(counted);
  expect(Object.keys(seen).toSorted()).toEqual(['persona-v1', 'tiny-bert-v1']);
  const report = JSON.parse(await readFile(join(out, 'report', 'report.json'), 'utf8'));
  expect(report.tiers).toMatchObject([
    { tagger: 'persona-v1', rows: rows - 60, share: 0.9 },
    { tagger: 'tiny-bert-v1', rows: 60, share: 0.1 },
  ]);
  expect(report.cascade).toMatchObject({ rows: 60, agreed: facts?.agreed });
  expect((await runCli(['verify', '--run', out])).code).toBe(0);
});

test('rows of the accurate tier carry its traits into the shards, as plan and report count them', async () => {
  const out = await run('traits', '{budget: 0.3}\ndataset: {trait_requirements: {formal: 0.5}}');
  const { files } = JSON.parse(await readFile(join(out, 'dataset', 'manifest.json'), 'utf8'));
  const counts = { formal: 0, rows: 0 };
  for (const { path } of files) {
    const file = await asyncBufferFromFile(join(out, 'dataset', path));
    for (const { _traits } of await parquetReadObjects({ file, columns: ['_traits'], compressors })) {
      counts.rows++;
      if (_traits.includes('formal')) counts.formal++;
    }
  }
  expect(counts.formal).toBe(Math.round(counts.rows / 2));
  expect((await runCli(['verify', '--run', out])).code).toBe(0);
});

test('workers and the order of sources do not show in what is refined or written', async () => {
  const cascade = `{tagger: ${tiny}, budget: 0.05}`;
  const one = await datasetOf(await run('one', cascade, ['--workers', '1']));
  const two = await datasetOf(await run('two', cascade, ['--workers', '2'], ['b', 'a']));
  expect(two).toEqual(one);
  expect(Object.keys(one).some((name) => name.startsWith('refined/'))).toBe(true);
});

test('only units with rows to refine are read again, and none where the budget is taken away', async () => {
  const out = await run('few', `{tagger: ${tiny}, budget: 0.004}`);
  const units = (await readdir(join(out, 'tags'), { recursive: true })).filter((name) =>
    name.endsWith('.parquet'),
  );
  const refined = async (): Promise<string[]> =>
    (await readdir(join(out, 'refined'), { recursive: true })).filter((name) => name.endsWith('.parquet'));
  expect((await factsOf(out))?.rows).toBe(2);
  expect((await refined()).length).toBeLessThanOrEqual(2);
  expect(units.length).toBeGreaterThan(2);
  const again = await runCli(['--config', await writeConfig('few', '{budget: 0}'), '--out', out]);
  expect([again.code, again.stderr]).toEqual([0, expect.not.stringContaining('tagged again')]);
  expect(await refined()).toEqual([]);
  expect(await factsOf(out)).toBeNull();
});

test('a larger budget runs the fast tier on no row again', async () => {
  const out = await run('grow', `{tagger: ${tiny}, budget: 0.02}`);
  const before = await datasetOf(out);
  const more = await runCli([
    '--config',
    await writeConfig('grow', `{tagger: ${tiny}, budget: 0.04}`),
    '--out',
    out,
  ]);
  expect(more.stderr).toMatch(/tag +done.* units reused/);
  expect(more.stderr).toContain('refined again: the choice of the least sure rows changed');
  expect((await factsOf(out))?.rows).toBe(24);
  const back = await runCli([
    '--config',
    await writeConfig('grow', `{tagger: ${tiny}, budget: 0.02}`),
    '--out',
    out,
  ]);
  expect(back.code).toBe(0);
  expect(await datasetOf(out)).toEqual(before);
});

test('enough rows of the accurate tier correct the fast one, and run, report and why say so', async () => {
  const cascade = `{tagger: ${tiny}, budget: 0.3}`;
  const out = await run('corrected', cascade, ['--workers', '1']);
  const { correction } = (await factsOf(out)) ?? {};
  // Two of the drawn rows are equal, and one lesson.
  expect(correction).toMatchObject({ lessons: 179, rows: rows - 180, agreement: { rows: 119 } });
  expect(correction?.changed).toBeGreaterThan(0);
  const report = JSON.parse(await readFile(join(out, 'report', 'report.json'), 'utf8'));
  expect(report.cascade.correction).toEqual(correction);
  expect(report.tiers).toMatchObject([
    { tagger: 'persona-v1', rows: 0 },
    { tagger: 'persona-v1+tiny-bert-v1', rows: rows - 180 },
    { tagger: 'tiny-bert-v1', rows: 180 },
  ]);
  expect(await readFile(join(out, 'report', 'report.html'), 'utf8')).toContain(
    'They corrected the fast tier',
  );
  expect((await runCli(['verify', '--run', out])).code).toBe(0);
  const keys = await keysByTagger(out);
  const told = await Promise.all(
    ['tiny-bert-v1', 'persona-v1+tiny-bert-v1'].map((tagger) =>
      runCli(['why', '--run', out, keys[tagger] ?? '']),
    ),
  );
  expect(told[0]?.stdout).toContain('(by the accurate tier, tiny-bert-v1)');
  expect(told[1]?.stdout).toContain('(by the fast tier as tiny-bert-v1 corrected it)');
  const before = await datasetOf(out);
  const again = await runCli(['--config', await writeConfig('corrected', cascade), '--out', out]);
  expect(again.stderr).toMatch(/correct +done.* units reused/);
  const two = await run('corrected-2', cascade, ['--workers', '2'], ['b', 'a']);
  expect(await datasetOf(two)).toEqual(before);
  // Nothing of it stays where it is switched off.
  await run('corrected', `{tagger: ${tiny}, budget: 0.3, correct: false}`);
  expect(Object.keys(await outcomeOf(out)).filter((name) => name.startsWith('corrected/'))).toEqual([]);
  expect((await factsOf(out))?.correction).toBeNull();
  expect(Object.keys(await keysByTagger(out)).toSorted()).toEqual(['persona-v1', 'tiny-bert-v1']);
  expect((await runCli(['verify', '--run', out])).code).toBe(0);
});

/** A row key of each tagger that judged rows of the dataset. */
async function keysByTagger(out: string): Promise<Record<string, string>> {
  const { files } = JSON.parse(await readFile(join(out, 'dataset', 'manifest.json'), 'utf8'));
  const keys: Record<string, string> = {};
  for (const { path } of files) {
    const file = await asyncBufferFromFile(join(out, 'dataset', path));
    const columns = ['_tagged_by', '_row_key'];
    for (const row of await parquetReadObjects({ file, columns, compressors }))
      keys[row['_tagged_by']] = row['_row_key'];
  }
  return keys;
}

test('rows whose persona their source fixes are not corrected, and the audit judges by the corrected tier', async () => {
  await generateCorpus({ rows: 40, seed: 9, path: join(folder, 'other.jsonl'), format: 'jsonl' });
  const others = (await readFile(join(folder, 'other.jsonl'), 'utf8')).trimEnd().split('\n');
  const labelled = others.map((line) =>
    JSON.stringify({ ...JSON.parse(line), persona: 'archetypal_analyst' }),
  );
  await writeFile(join(folder, 'audit.jsonl'), labelled.join('\n'));
  const sources = '{name: a, path: a.jsonl}, {name: b, path: b.jsonl, persona: poet, prior_strength: 1}';
  const path = join(folder, 'fixed.yaml');
  await writeFile(
    path,
    `cascade: {tagger: ${tiny}, budget: 0.5}\naudit: {file: audit.jsonl}\nsources: [${sources}]\n`,
  );
  const out = join(folder, 'fixed');
  expect((await runCli(['--config', path, '--out', out])).code).toBe(0);
  expect(await factsOf(out)).toMatchObject({ eligible: 400, rows: 200, correction: { rows: 200 } });
  const { tiers, audit } = JSON.parse(await readFile(join(out, 'report', 'report.json'), 'utf8'));
  expect(tiers.map(({ rows: count }: { rows: number }) => count)).toEqual([200, 200, 200]);
  // The fixture says one persona of every row, the fast tier hardly ever: audited rows that are not in the corpus get it too.
  const entry = audit.personas.find(({ name }: { name: string }) => name === 'archetypal_analyst');
  expect(entry).toMatchObject({ audited: 40 });
  expect(entry.sensitivity).toBeGreaterThan(0.2);
});

test('a wall-time budget fixes its number of rows once; started again the run keeps it', async () => {
  const cascade = `{tagger: ${tiny}, max_seconds: 0.2}`;
  const out = await run('timed', cascade);
  const facts = await factsOf(out);
  expect(facts).toMatchObject({ budget: null, maxSeconds: 0.2 });
  expect(facts?.rows).toBeLessThanOrEqual(rows);
  expect(await readdir(join(out, 'state', 'refine'))).toContain('choice.done');
  const before = await datasetOf(out);
  await run('timed', cascade);
  expect(await factsOf(out)).toEqual(facts);
  expect(await datasetOf(out)).toEqual(before);
});

test('a wall-time budget that comes out at no row is kept too', async () => {
  const cascade = `{tagger: ${tiny}, max_seconds: 0.000001}`;
  const out = await run('no-time', cascade);
  expect(await factsOf(out)).toMatchObject({ maxSeconds: 0.000001, rows: 0 });
  const choice = join(out, 'state', 'refine', 'choice.done');
  const before = await stat(choice);
  await run('no-time', cascade);
  expect((await stat(choice)).mtimeMs).toBe(before.mtimeMs);
});

test.each([
  ['{tagger: traits-v1, budget: 0.1}', 'tags traits, not persona'],
  ['{tagger: no-such-tagger, budget: 0.1}', 'tagger.json'],
  ['{budget: 1.5}', 'cascade.budget'],
  ['{budgets: 0.1}', 'budgets'],
])('%s is refused before any row is read', async (cascade, words) => {
  const config = await writeConfig('bad', cascade);
  const { code, stderr } = await runCli(['--config', config, '--out', join(folder, 'bad')]);
  expect([code, stderr]).toEqual([1, expect.stringContaining(words)]);
});
