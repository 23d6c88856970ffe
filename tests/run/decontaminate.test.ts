import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { asyncBufferFromFile } from 'hyparquet/src/node.js';
import { compressors } from 'hyparquet-compressors';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { mix32 } from '../../src/lib/hash.ts';
import { explainRow } from '../../src/run/plan/why.ts';
import { runCli, temporaryFolder, treeHashes } from '../support/run-cli.ts';
import { testTaxonomy } from '../support/taxonomy.ts';

let folder = '';
const item = (number: number): string => sentence(9000 + number, 20);

/** Words that no other seed gives in this order. */
function sentence(seed: number, words: number): string {
  return Array.from({ length: words }, (_, i) => `word${(mix32(seed * 4099 + i) >>> 0) % 3000}`).join(' ');
}

/** 120 rows of their own, 40 variants of two of them, 6 exact repeats, 5 that hold a benchmark's text. */
function makeRows(): { instruction: string; output: string }[] {
  const own = Array.from({ length: 120 }, (_, i) => ({
    instruction: sentence(i, 8),
    output: sentence(500 + i, 50),
  }));
  const variants = Array.from({ length: 40 }, (_, i) => {
    const { instruction, output } = own[i % 2] ?? { instruction: '', output: '' };
    return {
      instruction,
      output: `${output.replaceAll(' ', i % 3 === 0 ? ', ' : ' ').toUpperCase()} variant${i}`,
    };
  });
  const contaminated = [1, 2, 3, 1, 5].map((number, i) => ({
    instruction: `${sentence(2000 + i, 10)} ${item(number).toUpperCase().replaceAll(' ', '; ')} ${sentence(2100 + i, 5)}`,
    output: sentence(2200 + i, 30),
  }));
  return [...own, ...variants, ...own.slice(10, 16), ...contaminated];
}

const run = (config: string, out: string, ...more: string[]) =>
  runCli(['--config', join(folder, config), '--out', join(folder, out), '--json', ...more]);

async function writeConfig(name: string, mode: string, benchmarks: boolean): Promise<void> {
  const decontaminate = benchmarks
    ? 'decontaminate: {benchmarks: {quiz: marks/quiz.csv, nested: [marks/nested.jsonl]}, files: [marks/odd.json]}'
    : '';
  await writeFile(
    join(folder, name),
    `dataset:
  near_duplicates: {mode: ${mode}}
  ${decontaminate}
sources: [{name: a, path: rows.jsonl}]
output: {validation_share: 0.4}
run: {unit_bytes: 16KiB}
`,
  );
}

async function readReport(out: string) {
  return JSON.parse(await readFile(join(folder, out, 'report', 'report.json'), 'utf8'));
}

beforeAll(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder, 'marks'));
  await writeFile(
    join(folder, 'rows.jsonl'),
    makeRows()
      .map((row) => `${JSON.stringify(row)}\n`)
      .join(''),
  );
  await writeFile(join(folder, 'marks', 'quiz.csv'), `n,question_text\n1,"${item(1)}"\n2,"${item(2)}"\n`);
  await writeFile(
    join(folder, 'marks', 'nested.jsonl'),
    `${JSON.stringify({ meta: { id: 1 }, parts: [{ body: item(3) }, { body: item(4) }] })}\n${JSON.stringify({ meta: { id: 2 }, parts: [{ body: item(1) }] })}\n`,
  );
  await writeFile(
    join(folder, 'marks', 'odd.json'),
    JSON.stringify([{ q: item(77) }, { q: 'much too short' }]),
  );
  await writeConfig('remove.yaml', 'remove', true);
  await writeConfig('group.yaml', 'group', false);
  await writeConfig('none.yaml', 'none', false);
  const first = await run('remove.yaml', 'remove', '--workers', '2');
  expect([first.code, first.stderr]).toEqual([0, expect.stringContaining('screen')]);
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test('rows that hold a benchmark text are removed and counted per benchmark, near-duplicates down to one row', async () => {
  const { accounting } = await readReport('remove');
  expect(accounting).toMatchObject({
    input: 171,
    duplicates: 6,
    nearDuplicates: 40,
    nearClusters: 2,
    filtered: [{ reason: 'contaminated', rows: 4 }],
    benchmarks: [
      { name: 'nested', rows: 3 },
      { name: 'odd', rows: 0 },
      { name: 'quiz', rows: 3 },
    ],
  });
  const screening = JSON.parse(await readFile(join(folder, 'remove', 'plan', 'screening.json'), 'utf8'));
  expect(screening).toEqual({
    duplicates: 6,
    near_duplicates: { clusters: 2, rows_in_clusters: 42, removed: 40 },
    contaminated: 4,
    benchmarks: accounting.benchmarks,
  });
  const { benchmarks } = JSON.parse(await readFile(join(folder, 'remove', 'run.json'), 'utf8'));
  expect(benchmarks[1]).toMatchObject({ name: 'odd', records: 2, texts: 1, short_texts: 1 });
  const texts = (await shardRows('remove')).map(({ messages }) => messages[0]?.content.toLowerCase() ?? '');
  expect(texts.filter((text) => text.includes(item(1).split(' ').slice(0, 3).join('; ')))).toEqual([]);
  expect(texts.filter((text) => text.includes(item(5).split(' ').slice(0, 3).join('; ')))).toHaveLength(1);
});

test('one worker gives the same bytes, and a second start screens nothing again', async () => {
  expect((await run('remove.yaml', 'single', '--workers', '1')).code).toBe(0);
  const reference = await treeHashes(join(folder, 'remove', 'dataset'));
  expect(await treeHashes(join(folder, 'single', 'dataset'))).toEqual(reference);
  const again = await run('remove.yaml', 'remove');
  expect(again.stderr).toMatch(/screen: (\d+) units, \1 already done/);
  expect(await treeHashes(join(folder, 'remove', 'dataset'))).toEqual(reference);
});

test('why names the benchmark, the row that was kept, and the exact duplicate', async () => {
  const removed = join(folder, 'remove');
  const why = async (row: number): Promise<string> =>
    (await explainRow({ run: removed, row: `rows.jsonl:${row}`, taxonomy: testTaxonomy() })).lines.join('\n');
  expect(await why(166)).toContain(
    'shares 13 words in a row, or a whole shorter text, with benchmark nested, quiz',
  );
  const kept = new Set((await shardRows('remove')).map((row) => row.key));
  const repeated = await Promise.all([121, 122, 123].map(why));
  const named = repeated.flatMap(
    (text) => /near-duplicate of ([0-9a-f]{32}), which was kept/.exec(text)?.[1] ?? [],
  );
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((key) => !kept.has(key))).toEqual([]);
  const exact = (await Promise.all([10, 160].map(why))).filter((text) => text.includes('exact duplicate of'));
  expect(exact).toHaveLength(1);
});

test('grouped near-duplicates all stay on one side; verify finds those that a run without grouping tore apart', async () => {
  expect((await run('group.yaml', 'group')).code).toBe(0);
  expect((await run('none.yaml', 'none')).code).toBe(0);
  const grouped = await readReport('group');
  expect(grouped.accounting).toMatchObject({ nearDuplicates: 0, nearClusters: 2, selected: 165 });
  for (const out of ['remove', 'group', 'none']) {
    const { code, stdout } = await runCli(['verify', '--run', join(folder, out), '--json']);
    expect([out, code, JSON.parse(stdout).findings]).toEqual([out, 0, []]);
  }
  const path = join(folder, 'none', 'run.json');
  await writeFile(path, (await readFile(path, 'utf8')).replace('"mode": "none"', '"mode": "group"'));
  const { code, stdout } = await runCli(['verify', '--run', join(folder, 'none'), '--json']);
  const codes = JSON.parse(stdout).findings.map((finding: { code: string }) => finding.code);
  expect([code, codes]).toEqual([2, expect.arrayContaining(['near-duplicate-split'])]);
});

test('plan can leave screening out or group instead of remove, and says when the rows were not screened so', async () => {
  const plan = (...sets: string[]) =>
    runCli(['plan', '--run', join(folder, 'remove'), '--json', ...sets.flatMap((set) => ['--set', set])]);
  const more = JSON.parse((await plan('dataset.near_duplicates.mode=group')).stdout);
  expect(more.entering.rows).toBe(40);
  const other = await plan('dataset.near_duplicates.bands=10');
  expect([other.code, other.stderr]).toEqual([
    1,
    expect.stringContaining('were not screened with these settings'),
  ]);
});

test('a benchmark whose text changes is read anew, one that is not there stops the run before any work', async () => {
  await writeFile(join(folder, 'marks', 'odd.json'), JSON.stringify([{ q: item(5) }]));
  expect((await run('remove.yaml', 'remove')).code).toBe(0);
  expect((await readReport('remove')).accounting.benchmarks[1]).toEqual({ name: 'odd', rows: 1 });
  const missing = await run(
    'remove.yaml',
    'nothing',
    '--set',
    'dataset.decontaminate.benchmarks.quiz=gone.csv',
  );
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('gone.csv')]);
  expect(await readdir(folder)).not.toContain('nothing');
});

test('records of a benchmark that cannot be read are warned of and counted', async () => {
  await writeFile(
    join(folder, 'marks', 'torn.jsonl'),
    `${JSON.stringify({ q: item(8) })}\n{"q": "${item(9)}\n`,
  );
  const config = ['--set', 'dataset.decontaminate.benchmarks.nested=marks/torn.jsonl'];
  const { code, stderr } = await run('remove.yaml', 'torn', ...config);
  expect([code, stderr]).toEqual([
    0,
    expect.stringMatching(/benchmark "nested".*1 record.*torn\.jsonl, not valid JSON/),
  ]);
  const { benchmarks } = JSON.parse(await readFile(join(folder, 'torn', 'run.json'), 'utf8'));
  expect(benchmarks[0]).toMatchObject({ name: 'nested', records: 1, rejects: 1 });
});

async function shardRows(out: string): Promise<{ key: string; messages: { content: string }[] }[]> {
  const dataset = join(folder, out, 'dataset');
  const names = (await readdir(dataset, { recursive: true })).filter((name) => name.endsWith('.parquet'));
  const rows = await Promise.all(
    names.map(async (name) => {
      const file = await asyncBufferFromFile(join(dataset, name));
      return parquetReadObjects({ file, compressors, columns: ['_row_key', 'messages'] });
    }),
  );
  return rows.flat().map((row) => ({
    key: row['_row_key'] as string,
    messages: row['messages'] as { content: string }[],
  }));
}
