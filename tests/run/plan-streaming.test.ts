import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import type { Taxonomy } from '../../src/core/taxonomy.ts';
import { writeFileAtomic } from '../../src/lib/atomic-file.ts';
import { mix32 } from '../../src/lib/hash.ts';
import type { CorpusSource } from '../../src/run/plan/corpus.ts';
import { labelRules } from '../../src/run/plan/plan-corpus.ts';
import { planRun } from '../../src/run/plan/plan-pass.ts';
import { planStreaming } from '../../src/run/plan/plan-streaming.ts';
import { loadPlanTable, type TaggedUnit, tableOfUnit } from '../../src/run/plan/plan-table.ts';
import { dropDuplicates } from '../../src/run/plan/screen-table.ts';
import { streamUnits } from '../../src/run/plan/unit-stream.ts';
import { createTagColumns, encodeSidecar, readSidecar, type TagColumns } from '../../src/tag/sidecar.ts';
import { loadTaxonomy } from '../../taggers/taxonomy.ts';

let folder = '';
let taxonomy: Taxonomy;
let base: Config;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'streaming-'));
  taxonomy = await loadTaxonomy();
  base = (await loadConfig({ path: 'configs/bench.yaml', sets: [], taxonomy })).config;
});
afterAll(() => rm(folder, { recursive: true }));

/** `contents` small: many duplicates, and with duplicates kept many equal keys. */
function columnsOf(start: number, count: number, contents: number, personas: number): TagColumns {
  const columns = createTagColumns(count);
  for (let i = 0; i < count; i++) {
    const content = mix32(start + i + 17) >>> 0;
    const value = content % contents;
    for (let word = 0; word < 4; word++) {
      columns.contentHash[i * 4 + word] = mix32(value * 4 + word);
      columns.rowKey[i * 4 + word] = mix32((start + i) * 4 + word + 0x5bd1e995);
    }
    columns.personas[i * 3] = (mix32(value ^ 0x1234567) >>> 0) % personas;
    columns.personaScores[i * 3] = 65535 - (mix32(value + 7) & 0x7fff);
    columns.traits[i] = mix32(value + 99) & mix32(value + 100) & 0xffff;
    columns.variant[i] = mix32(start + i) & 3;
    columns.outputChars[i] = mix32(value + 5) & 127;
    columns.tokens[i] = 1 + (mix32(value + 3) & 511);
    columns.supervisedTokens[i] = (columns.tokens[i] ?? 0) >> 1;
  }
  return columns;
}

const source = (name: string, limit: number | null): CorpusSource => ({
  name,
  persona: null,
  priorStrength: 0,
  limit,
  synthetic: false,
});

const cases = fc.record({
  rows: fc.array(fc.nat(250), { minLength: 1, maxLength: 6 }),
  contents: fc.constantFrom(40, 300, 1_000_000),
  personas: fc.constantFrom(2, 15, 57),
  deduplicate: fc.boolean(),
  limits: fc.tuple(fc.option(fc.integer({ min: 1, max: 200 })), fc.option(fc.integer({ min: 1, max: 200 }))),
  total: fc.oneof(fc.constant('max' as const), fc.integer({ min: 1, max: 400 })),
  synthetic: fc.boolean(),
  weight: fc.constantFrom(0.1, 0.5),
  trait: fc.constantFrom<Config['dataset']['trait_requirements']>({}, { brief: 0.4, formal: { max: 0.3 } }),
});

test('the selection without an entry per row is the selection in memory, row for row', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(cases, async (given) => {
      const out = join(folder, String(run++));
      let start = 0;
      const units: TaggedUnit[] = [];
      for (const [index, rows] of given.rows.entries()) {
        const sidecar = `${index}.parquet`;
        const columns = columnsOf(start, rows, given.contents, given.personas);
        await writeFileAtomic(join(out, sidecar), encodeSidecar(columns));
        units.push({ name: sidecar, source: index % 2, rows, sidecar });
        start += rows;
      }
      const config: Config = {
        ...base,
        dataset: {
          ...base.dataset,
          deduplicate: given.deduplicate,
          persona_weights: { code_expert: given.weight },
          trait_requirements: given.trait,
        },
        balance: {
          ...base.balance,
          total: given.total,
          max_repeats: 3,
          ...(given.synthetic ? { max_synthetic_share: 0.3 } : {}),
        },
      };
      const sources = [source('b', given.limits[0]), { ...source('a', given.limits[1]), synthetic: true }];
      const rules = labelRules({ sources, thresholds: {} }, config, taxonomy);
      const table = await loadPlanTable(out, units, rules);
      if (given.deduplicate) dropDuplicates(table, sources);
      const whole = await planRun(table, config, taxonomy, sources);
      const stream = streamUnits(units, async (unit) =>
        tableOfUnit(unit, await readSidecar(join(out, unit.sidecar)), rules),
      );
      const spill = join(out, 'spill');
      using streamed = await planStreaming({ stream, sources, config, taxonomy, spill, rowsPerPart: 90 });
      expect(streamed.problem).toEqual(whole.problem);
      const copies: number[] = [];
      const states: number[] = [];
      for (let unit = units.length - 1; unit >= 0; unit--) {
        const decided = await streamed.decide(unit);
        copies.unshift(...decided.copies);
        states.unshift(...decided.table.state);
      }
      expect(copies).toEqual([...whole.copies]);
      expect(states).toEqual([...table.state]);
    }),
    { numRuns: 60 },
  );
}, 120_000);

test('nothing is left on disk once the plan is disposed', async () => {
  const units = [{ name: 'x', source: 0, rows: 500, sidecar: 'x' }];
  const sources = [source('a', null)];
  const config = { ...base, balance: { ...base.balance, total: 50 } };
  const rules = labelRules({ sources, thresholds: {} }, config, taxonomy);
  const stream = streamUnits(units, async (unit) => tableOfUnit(unit, columnsOf(0, 500, 100, 9), rules));
  const spill = join(folder, 'left');
  const plan = await planStreaming({ stream, sources, config, taxonomy, spill });
  expect((await plan.decide(0)).copies.reduce((sum, copies) => sum + copies, 0)).toBe(plan.solution.total);
  plan[Symbol.dispose]();
  expect(await readdir(spill)).toEqual([]);
});

test('what needs all rows at once is refused', async () => {
  const stream = streamUnits([], async () => Promise.reject(new Error('nothing is read')));
  const config = { ...base, balance: { ...base.balance, unit: 'tokens' as const } };
  const spill = join(folder, 'refused');
  const plan = planStreaming({ stream, sources: [], config, taxonomy, spill });
  await expect(plan).rejects.toMatchObject({ code: 'plan-not-streamable' });
});
