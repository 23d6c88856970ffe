import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { loadConfig } from '../src/config/load.ts';
import { labelRules } from '../src/run/plan/plan-corpus.ts';
import { planRun } from '../src/run/plan/plan-pass.ts';
import { planStreaming } from '../src/run/plan/plan-streaming.ts';
import { type PlanTable, stateIndex, tableOfUnit } from '../src/run/plan/plan-table.ts';
import { dropDuplicates } from '../src/run/plan/screen-table.ts';
import { streamUnits } from '../src/run/plan/unit-stream.ts';
import { loadTaxonomy } from '../taggers/taxonomy.ts';
import { generatedColumns } from './generate-sidecars.ts';

/**
 * The selection without an entry per row: `node --import ./scripts/register-ts.mjs bench/plan-streaming.ts --rows 100000000`.
 * Sidecar columns are generated anew at every pass instead of read (84 bytes a row on disk otherwise); the time of that is
 * measured on its own. `--whole` makes the same plan in memory and compares every row.
 */
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000000' },
    config: { type: 'string', default: 'configs/bench.yaml' },
    whole: { type: 'boolean', default: false },
  },
});
const rows = Number(values.rows);
const unitRows = 50_000;
const taxonomy = await loadTaxonomy();
const { config } = await loadConfig({ path: values.config, sets: [], taxonomy });
const sources = [{ name: 'generated', persona: null, priorStrength: 0, limit: null, synthetic: false }];
const rules = labelRules(
  { sources, thresholds: {} },
  { ...config, taggers: { ...config.taggers, persona_threshold: 0.2 } },
  taxonomy,
);
const units = Array.from({ length: Math.ceil(rows / unitRows) }, (_, u) => ({
  name: String(u),
  source: 0,
  rows: Math.min(unitRows, rows - u * unitRows),
  sidecar: '',
}));
let generating = 0;
const stream = streamUnits(units, async (unit, u) => {
  const started = performance.now();
  const table = tableOfUnit(unit, generatedColumns(u * unitRows, unit.rows), rules);
  generating += performance.now() - started;
  return table;
});
const spill = await mkdtemp(join(tmpdir(), 'tag-datasets-stream-'));
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
try {
  const started = performance.now();
  using plan = await planStreaming({ stream, sources, config, taxonomy, spill });
  const planned = performance.now() - started;
  const plannedGenerating = generating;
  let chosen = 0;
  let duplicates = 0;
  const decisions: Uint8Array[] = [];
  for (let u = 0; u < units.length; u++) {
    const { table, copies } = await plan.decide(u);
    for (const count of copies) chosen += count;
    duplicates += countState(table, stateIndex.duplicate);
    if (values.whole) decisions.push(copies);
  }
  const all = performance.now() - started;
  process.stdout.write(
    [
      `${rows} rows, ${units.length} units, ${plan.problem.cells.length} cells, ${duplicates} duplicates, feasible ${plan.solution.feasible}, ${plan.solution.total} rows wanted, ${chosen} chosen`,
      `plan ${seconds(planned)}, of it generating columns ${seconds(plannedGenerating)}; deciding every row ${seconds(all - planned)}, of it generating ${seconds(generating - plannedGenerating)}`,
      `peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`,
      '',
    ].join('\n'),
  );
  if (values.whole) await compareWithWhole(decisions);
} finally {
  await rm(spill, { recursive: true, force: true });
}

function countState(table: PlanTable, state: number): number {
  return table.state.reduce((sum, own) => sum + (own === state ? 1 : 0), 0);
}

async function compareWithWhole(decisions: readonly Uint8Array[]): Promise<void> {
  const whole = tableOfUnit({ name: 'all', source: 0, rows, sidecar: '' }, generatedColumns(0, rows), rules);
  dropDuplicates(whole, sources);
  const { copies } = await planRun(whole, config, taxonomy, sources);
  let different = 0;
  decisions.forEach((own, u) =>
    own.forEach((count, i) => (different += copies[u * unitRows + i] === count ? 0 : 1)),
  );
  process.stdout.write(`${different} rows differ from the plan in memory\n`);
}
