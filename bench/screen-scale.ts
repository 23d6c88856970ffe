import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { loadTools } from '../src/cli/tools.ts';
import { loadConfig } from '../src/config/load.ts';
import { writeFileAtomic } from '../src/lib/atomic-file.ts';
import { createContext } from '../src/run/context.ts';
import type { Corpus } from '../src/run/plan/corpus.ts';
import { loadPlanTable } from '../src/run/plan/plan-table.ts';
import { type Screening, screenUnits } from '../src/run/tag/screen-pass.ts';
import { screenTable } from '../src/run/plan/screen-table.ts';
import { openWorkers } from '../src/run/workers.ts';
import { listFiles } from '../src/source/list-files.ts';
import { openBytes } from '../src/source/open-bytes.ts';
import { readUnit } from '../src/source/read-unit.ts';
import { scanFile } from '../src/source/scan-file.ts';
import { RowEncoder } from '../src/tag/encode.ts';
import { createTagColumns, encodeSidecar } from '../src/tag/sidecar.ts';
import { generateCorpus } from './generate-corpus.ts';

/**
 * Near-duplicates alone: the screening stage in worker threads and the clusters of PLAN, on generated rows.
 * `node --import ./scripts/register-ts.mjs bench/screen-scale.ts --rows 1000000 --workers 2`. CPU seconds are of all threads.
 */
const { values } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, workers: { type: 'string', default: '2' } },
});
const asked = Number(values.rows);
const out = await mkdtemp(join(tmpdir(), 'tag-datasets-screen-'));
const tools = await loadTools({ persona: 'persona-v1', traits: 'traits-v1' });
const { config } = await loadConfig({
  path: 'configs/bench.yaml',
  sets: ['dataset.near_duplicates.mode=remove'],
  taxonomy: tools.taxonomy,
});
const clock = startClock();
try {
  for (let part = 0; part < 8; part++)
    await generateCorpus({ rows: asked / 8, seed: part, path: join(out, `${part}.jsonl`), format: 'jsonl' });
  const units = await findUnits();
  await writeSidecars(units);
  await using pool = openWorkers(tools, Number(values.workers));
  clock();
  const screening = await screenUnits(
    pool,
    { out, config, units, benchmarks: null, taxonomy: tools.taxonomy, toolVersion: tools.toolVersion },
    createContext({ emit: () => undefined, clock: Date.now }),
  );
  const screened = clock();
  const { rows, near } = await screenPlan(units, screening);
  process.stdout.write(
    `${rows} rows, ${units.length} units, ${values.workers} workers: screening ${screened}, duplicates and near-duplicates in PLAN ${clock()}, ` +
      `${near?.clusters} groups of ${near?.members} rows, peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB\n`,
  );
} finally {
  await rm(out, { recursive: true, force: true });
}

async function findUnits() {
  const { files } = await listFiles({ source: 'bench', paths: ['*.jsonl'], baseDir: out });
  const scans = await Promise.all(files.map((file) => scanFile({ file, options: {} }, { openBytes })));
  return scans.flatMap((scan) =>
    scan.units.map((unit, index) => ({
      name: `${unit.file.name}-${index}`,
      source: 0,
      unit,
      sidecar: `tags/${unit.file.name}-${index}.parquet`,
      fingerprint: '',
      input: scan.fingerprint,
      take: null,
      origin: -1,
      refined: null,
      counts: { rows: unit.records ?? 0, records: unit.records ?? 0, rejected: {}, firstRejected: [] },
      outputs: [],
    })),
  );
}

/** The sidecars that PLAN reads, with nothing of a tagger in them: content hashes, and rows long enough to be eligible. */
async function writeSidecars(units: Awaited<ReturnType<typeof findUnits>>): Promise<void> {
  const encoder = new RowEncoder();
  for (const { unit, sidecar, counts } of units) {
    const columns = createTagColumns(counts.rows);
    let at = 0;
    for await (const batch of readUnit(unit, { keepExtra: false, openBytes })) {
      const { contentHash } = encoder.encode(
        batch.flatMap((entry) => ('value' in entry ? [entry.value] : [])),
      );
      columns.contentHash.set(contentHash, at * 4);
      at += batch.length;
    }
    columns.outputChars.fill(100);
    await writeFileAtomic(join(out, sidecar), encodeSidecar(columns));
  }
}

async function screenPlan(units: Awaited<ReturnType<typeof findUnits>>, screening: Screening | null) {
  const corpus: Corpus = {
    schema: 1,
    sources: [{ name: 'bench', persona: null, priorStrength: 0, limit: null, synthetic: false }],
    units: units.map(({ name, source, sidecar, counts, unit }) => ({
      name,
      source,
      rows: counts.rows,
      sidecar,
      file: unit.file.name,
      firstRow: unit.firstRow,
    })),
    thresholds: {},
    screening,
  };
  const table = await loadPlanTable(out, corpus.units, {
    taxonomy: tools.taxonomy,
    thresholds: tools.taxonomy.personas.map(() => 0),
    refinedThresholds: tools.taxonomy.personas.map(() => 0),
    priors: [{ origin: -1, strength: 0 }],
    minOutputChars: 1,
    maxOutputChars: Number.POSITIVE_INFINITY,
    filterEmpty: true,
  });
  clock();
  const { near } = await screenTable(out, table, corpus, config);
  return { rows: table.rows, near };
}

/** Wall and CPU time since the last call. */
function startClock(): () => string {
  let [wall, cpu] = [performance.now(), process.cpuUsage()];
  return () => {
    const used = process.cpuUsage(cpu);
    const text = `${((performance.now() - wall) / 1000).toFixed(1)} s (${((used.user + used.system) / 1e6).toFixed(1)} s of CPU)`;
    [wall, cpu] = [performance.now(), process.cpuUsage()];
    return text;
  };
}
