import fc from 'fast-check';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { asyncBufferFromFile } from 'hyparquet/src/node.js';
import { beforeAll, expect, test, vi } from 'vitest';

import { generateCorpus } from '../../bench/generate-corpus.ts';
import { type Config, configSchema } from '../../src/config/schema.ts';
import { mix32 } from '../../src/lib/hash.ts';
import { divideRows } from '../../src/run/plan/division.ts';
import { layOut } from '../../src/run/write/layout.ts';
import { planRun, type RunPlan } from '../../src/run/plan/plan-pass.ts';
import type { PlanTable } from '../../src/run/plan/plan-table.ts';
import { orderSplit } from '../../src/shard/order.ts';
import { runCli, temporaryFolder } from '../support/run-cli.ts';
import { testTaxonomy } from '../support/taxonomy.ts';

const taxonomy = testTaxonomy();
const sources = ['a', 'b'].map((name) => ({
  name,
  persona: null,
  priorStrength: 0,
  limit: name === 'b' ? 90 : null,
  synthetic: name === 'b',
}));

interface PlannedRow {
  readonly content: number;
  readonly source: number;
  readonly persona: number;
  readonly traits: number;
  readonly tokens: number;
}

const corpora: fc.Arbitrary<PlannedRow[]> = fc
  .record({
    rows: fc.integer({ min: 20, max: 400 }),
    seed: fc.nat(),
    personas: fc.integer({ min: 1, max: 9 }),
  })
  .map(({ rows, seed, personas }) =>
    Array.from({ length: rows }, (_, content) => {
      const draw = (what: number): number => (mix32(seed + content * 31 + what * 7919) >>> 0) / 2 ** 32;
      return {
        content,
        source: Number(draw(1) < 0.3),
        persona: Math.floor(draw(2) ** 2 * personas),
        traits: (draw(3) < 0.4 ? 1 : 0) | (draw(4) < 0.2 ? 4 : 0),
        tokens: Math.ceil(8 * 40 ** draw(5)),
      };
    }),
  );
const [first = '', second = '', third = ''] = taxonomy.personas.map((persona) => persona.id);
const [brief = '', , other = ''] = taxonomy.traits.map((trait) => trait.id);
const configs: fc.Arbitrary<Config> = fc
  .record({
    total: fc.oneof(fc.constant('max' as const), fc.integer({ min: 10, max: 300 })),
    unit: fc.constantFrom('rows' as const, 'tokens' as const),
    rest: fc.constantFrom('natural' as const, 'temperature' as const, 'unimax' as const),
    cap: fc.constantFrom(undefined, 0.1),
    mode: fc.constantFrom('view' as const, 'partition' as const),
  })
  .map(({ total, unit, rest, cap, mode }) =>
    configSchema.parse({
      dataset: {
        persona_weights: { [first]: { min: 0.1, max: 0.6 } },
        trait_requirements: { [brief]: { min: 0.2 }, [other]: { max: 0.3 } },
      },
      balance: { total, unit, rest, ...(cap === undefined ? {} : { max_synthetic_share: cap }) },
      training: {
        curriculum: {
          mode,
          phase1_focus: { persona_focus: [first, second, third] },
          phase2_mixed: { persona_focus: 'all' },
        },
      },
      output: { validation_share: 0.1, shard_bytes: 4096 },
    }),
  );

/** The rows as a table, in units of the given lengths (taken in turn). */
function tableOf(rows: readonly PlannedRow[], lengths: readonly number[]): PlanTable {
  const units: PlanTable['units'][number][] = [];
  const unitStart = [0];
  for (let at = 0; at < rows.length;) {
    const source = rows[at]?.source ?? 0;
    let end = at;
    const most = lengths[units.length % lengths.length] ?? 1;
    while (end < rows.length && end - at < most && rows[end]?.source === source) end++;
    units.push({ name: `u${units.length}`, source, rows: end - at, sidecar: '' });
    unitStart.push(end);
    at = end;
  }
  const words = (salt: number, of: (row: PlannedRow, index: number) => number): Uint32Array =>
    Uint32Array.from({ length: rows.length * 4 }, (_, i) => {
      const row = rows[i >> 2];
      return row ? mix32(of(row, i >> 2) * 4 + (i & 3) + salt) : 0;
    });
  return {
    rows: rows.length,
    units,
    unitStart: Uint32Array.from(unitStart),
    hash: words(1, (row) => row.content),
    variant: new Uint32Array(0),
    persona: Uint8Array.from(rows, (row) => row.persona),
    score: new Uint16Array(rows.length).fill(60_000),
    traits: Uint16Array.from(rows, (row) => row.traits),
    tokens: Uint32Array.from(rows, (row) => row.tokens),
    supervisedTokens: Uint32Array.from(rows, (row) => row.tokens >> 1),
    state: new Uint8Array(rows.length),
    abstained: new Uint8Array(rows.length),
    judge: new Uint8Array(rows.length),
    abstainedAs: new Float64Array(taxonomy.personas.length),
  };
}

test('a cell whose quota grows only gains rows, one whose quota shrinks only loses rows', async () => {
  await fc.assert(
    fc.asyncProperty(
      corpora,
      configs,
      fc.double({ min: 0.2, max: 1, noNaN: true }),
      async (rows, config, part) => {
        const planAt = (total: Config['balance']['total']): Promise<RunPlan> =>
          planRun(
            tableOf(rows, [50]),
            { ...config, balance: { ...config.balance, total } },
            taxonomy,
            sources,
          );
        const more = await planAt(config.balance.total);
        const size = more.solution.constraints.at(-1)?.rows ?? 0;
        const fewer = await planAt(Math.max(1, Math.round(size * part)));
        more.problem.cells.forEach((_, cell) => {
          const grows = (more.solution.quotas[cell] ?? 0) - (fewer.solution.quotas[cell] ?? 0);
          more.cells.forEach((own, row) => {
            if (own !== cell) return;
            const change = (more.copies[row] ?? 0) - (fewer.copies[row] ?? 0);
            expect(grows >= 0 ? change >= 0 : change <= 0).toBe(true);
          });
        });
      },
    ),
    { numRuns: 25 },
  );
});

test('rows in another order, in other units and under other names give the same shards', async () => {
  await fc.assert(
    fc.asyncProperty(corpora, configs, fc.nat(), async (rows, config, seed) => {
      const shuffled = rows.toSorted(
        (a, b) => (mix32(a.content ^ seed) >>> 0) - (mix32(b.content ^ seed) >>> 0),
      );
      const here = await shardsOf(tableOf(rows, [50]), rows, config);
      const there = await shardsOf(tableOf(shuffled, [7, 130, 1]), shuffled, config);
      expect(there).toEqual(here);
    }),
    { numRuns: 25 },
  );
});

/** Contents and copies of every shard, in order. */
async function shardsOf(
  table: PlanTable,
  rows: readonly PlannedRow[],
  config: Config,
): Promise<Record<string, string[]>> {
  const plan = await planRun(table, config, taxonomy, sources);
  const division = divideRows(table, plan, config, taxonomy, null);
  const layout = await layOut({ table, plan, division }, config, async (inputs) => inputs.map(orderSplit));
  return Object.fromEntries(
    layout.shards.map((shard) => {
      const split = layout.splits[shard.split];
      const members = Array.from({ length: shard.count }, (_, i) => {
        const at = shard.first + i;
        return `${rows[split?.rows[at] ?? 0]?.content}/${split?.copies[at]}`;
      });
      return [shard.path, members];
    }),
  );
}

vi.setConfig({ testTimeout: 240_000 });
let folder = '';

beforeAll(async () => {
  folder = await temporaryFolder();
});

test('inputs renamed, split, merged and shuffled give the same bytes but for the row keys, duplicates included', async () => {
  await generateCorpus({ rows: 700, seed: 3, path: join(folder, 'rows.jsonl'), format: 'jsonl' });
  const plain = (await readFile(join(folder, 'rows.jsonl'), 'utf8')).trim().split('\n');
  // Rows of equal content that differ in what the content hash passes over: white space, and a column that no shape uses.
  const lines = plain.flatMap((line, i) => {
    const row: Record<string, string> = { ...JSON.parse(line), origin: `page ${i}` };
    const twin = { ...row, output: `${row['output']} \n`, origin: `copy ${i}` };
    return (i % 3 === 0 ? [row, twin] : [row]).map((entry) => JSON.stringify(entry));
  });
  for (const deduplicate of [true, false]) {
    const one = await written(`one-${deduplicate}`, { 'all.jsonl': lines }, deduplicate);
    const order = lines.toSorted((a, b) => (a.slice(-40) + a < b.slice(-40) + b ? -1 : 1));
    const parts = {
      'z/late.jsonl': order.slice(0, 300),
      'a.jsonl': order.slice(300, 310),
      'm.jsonl': order.slice(310),
    };
    expect(await written(`many-${deduplicate}`, parts, deduplicate)).toEqual(one);
    expect(Object.keys(one).length).toBeGreaterThan(2);
  }
});

/** Rows of every shard of a run over these files, without their row keys. */
async function written(
  name: string,
  files: Readonly<Record<string, readonly string[]>>,
  deduplicate: boolean,
): Promise<Record<string, unknown>> {
  const data = join(folder, name, 'data');
  for (const [path, lines] of Object.entries(files)) {
    await mkdir(join(data, path, '..'), { recursive: true });
    await writeFile(join(data, path), `${lines.join('\n')}\n`);
  }
  const config = join(folder, name, 'run.yaml');
  await writeFile(
    config,
    `
dataset: {deduplicate: ${deduplicate}, trait_requirements: {brief: {min: 0.3}}}
balance: {total: 500}
output: {extra_columns: true, shard_bytes: 96KiB, validation_share: 0.05}
run: {unit_bytes: 64KiB}
sources: [{name: pages, path: data}]
`,
  );
  const result = await runCli(['--config', config, '--out', join(folder, name, 'out')]);
  expect([result.code, result.stderr]).toEqual([0, expect.not.stringContaining('unexpected')]);
  const dataset = join(folder, name, 'out', 'dataset');
  const shards = (await readdir(dataset, { recursive: true })).filter((path) => path.endsWith('.parquet'));
  const rows: Record<string, unknown> = {};
  for (const path of shards.toSorted()) {
    const file = await asyncBufferFromFile(join(dataset, path));
    const read = await parquetReadObjects({ file, compressors });
    rows[path] = read.map((row) => ({ ...row, _row_key: null }));
  }
  return rows;
}
