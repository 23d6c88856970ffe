import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { loadConfig } from '../src/config/load.ts';
import { writeFileAtomic } from '../src/lib/atomic-file.ts';
import type { Corpus } from '../src/run/plan/corpus.ts';
import { divideRows } from '../src/run/plan/division.ts';
import { layOut } from '../src/run/write/layout.ts';
import { orderSplit } from '../src/shard/order.ts';
import { planRun } from '../src/run/plan/plan-pass.ts';
import { screenTable } from '../src/run/plan/screen-table.ts';
import { dropDuplicates } from '../src/run/plan/screen-table.ts';
import { loadPlanTable } from '../src/run/plan/plan-table.ts';
import { encodeSidecar } from '../src/tag/sidecar.ts';
import { loadTaxonomy } from '../taggers/taxonomy.ts';
import { generatedColumns } from './generate-sidecars.ts';

/**
 * PLAN alone, on generated sidecars: `node --expose-gc --import ./scripts/register-ts.mjs bench/plan-scale.ts --rows 6000000`.
 * Persona supply is Zipf-like, traits are independent coin flips, 1 % of the rows repeat another row's content.
 */
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '6000000' },
    config: { type: 'string', default: 'configs/bench.yaml' },
  },
});
const rows = Number(values.rows);
const unitRows = 50_000;
const taxonomy = await loadTaxonomy();
const { config } = await loadConfig({ path: values.config, sets: [], taxonomy });
const out = await mkdtemp(join(tmpdir(), 'tag-datasets-plan-'));
try {
  const corpus = await generate();
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  const started = performance.now();
  const table = await loadPlanTable(out, corpus.units, {
    taxonomy,
    thresholds: taxonomy.personas.map(() => 0.2),
    refinedThresholds: taxonomy.personas.map(() => 0.2),
    priors: [{ origin: -1, strength: 0 }],
    minOutputChars: 1,
    maxOutputChars: Number.POSITIVE_INFINITY,
    filterEmpty: true,
  });
  const loaded = performance.now();
  const screened = await screenTable(out, table, corpus, config);
  dropDuplicates(table, corpus.sources);
  const plan = await planRun(table, config, taxonomy, corpus.sources);
  const division = divideRows(table, plan, config, taxonomy, screened.splitRows);
  const planned = performance.now();
  const planPeak = process.resourceUsage().maxRSS * 1024 - before;
  const layout = await layOut({ table, plan, division }, config, async (inputs) => inputs.map(orderSplit));
  const ended = performance.now();
  const seconds = (from: number, to: number): string => `${((to - from) / 1000).toFixed(2)} s`;
  process.stdout.write(
    [
      `${rows} rows, ${corpus.units.length} units, ${plan.problem.cells.length} cells, feasible ${plan.solution.feasible}, ${plan.solution.total} rows chosen`,
      `read sidecars ${seconds(started, loaded)}, duplicates + balance + selection + phases ${seconds(loaded, planned)}, PLAN ${seconds(started, planned)}`,
      `order on one thread ${seconds(planned, ended)} (${layout.shards.length} shards)`,
      `peak memory of PLAN ${(planPeak / rows).toFixed(0)} bytes a row above the start, transient buffers included`,
      `peak memory with the order ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB, ${((process.resourceUsage().maxRSS * 1024 - before) / rows).toFixed(0)} bytes a row above the start, transient buffers included`,
      '',
    ].join('\n'),
  );
} finally {
  await rm(out, { recursive: true, force: true });
}

async function generate(): Promise<Corpus> {
  const units: Corpus['units'][number][] = [];
  for (let start = 0; start < rows; start += unitRows) {
    const count = Math.min(unitRows, rows - start);
    const sidecar = `tags/${String(units.length).padStart(5, '0')}.parquet`;
    await writeFileAtomic(join(out, sidecar), encodeSidecar(generatedColumns(start, count)));
    units.push({ name: sidecar, source: 0, rows: count, sidecar, file: 'generated', firstRow: start });
  }
  return {
    schema: 1,
    sources: [{ name: 'generated', persona: null, priorStrength: 0, limit: null, synthetic: false }],
    units,
    thresholds: {},
    screening: null,
  };
}
