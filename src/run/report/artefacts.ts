import { join } from 'node:path';
import { ByteWriter, parquetWrite } from 'hyparquet-writer';

import { explainSolution } from '../../balance/explain.ts';
import type { Config } from '../../config/schema.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { renderJson } from '../../report/json.ts';
import { renderMarkdown } from '../../report/markdown.ts';
import type { ReportModel } from '../../report/model.ts';
import type { Benchmarks } from '../tag/benchmarks.ts';
import { fingerprint } from '../checkpoint.ts';
import type { SuppliedGap } from '../plan/gap-recipes.ts';
import { runPaths } from '../paths.ts';
import type { PlannedCorpus } from '../plan/plan-corpus.ts';
import type { RunPlan } from '../plan/plan-pass.ts';
import { stateIndex } from '../plan/plan-table.ts';
import { describeTargets } from '../plan/plan-targets.ts';
import type { RunParams } from '../run.ts';
import type { ScannedFile } from '../scan/scan-pass.ts';
import type { ResolvedSource } from '../scan/sources.ts';

/** run.json: what the run reads and with what, frozen before any tagging. */
export async function writeRunJson(
  out: string,
  params: RunParams,
  read: {
    readonly sources: readonly ResolvedSource[];
    readonly files: readonly ScannedFile[];
    readonly benchmarks: Benchmarks | null;
  },
): Promise<void> {
  const { sources, files, benchmarks } = read;
  const { config } = params.loaded;
  const { toolVersion, personaTagger, traitTagger, accurateTagger } = params.tools;
  await writeJson(runPaths(out).runJson, {
    schema: 1,
    tool: `tag-datasets ${toolVersion}`,
    config_sha256: fingerprint(config),
    config,
    seed: config.seed,
    inputs: files.map(({ source, scan }) => ({
      source: sources[source]?.name,
      file: scan.file.name,
      location: scan.file.location,
      revision: sources[source]?.revision ?? null,
      bytes: scan.file.bytes,
      fingerprint: scan.fingerprint,
      rows: scan.records,
      units: scan.units.length,
      skipped: scan.skipped ?? null,
    })),
    taggers: [personaTagger, traitTagger, ...(accurateTagger ? [accurateTagger] : [])].map(
      ({ id, task, sha256 }) => ({ id, task, sha256 }),
    ),
    benchmarks: benchmarks?.facts ?? [],
  });
}

/** plan/: what was asked, what is feasible, what is missing, and every cell. A function of tags and configuration only. */
export async function writePlan(
  out: string,
  planned: PlannedCorpus,
  context: {
    readonly config: Config;
    readonly taxonomy: Taxonomy;
    readonly gaps: readonly SuppliedGap[];
  },
): Promise<void> {
  const { plan } = planned;
  const { plan: folder } = runPaths(out);
  const { solution, problem } = plan;
  await writeJson(join(folder, 'targets.json'), describeTargets(planned, context.config, context.taxonomy));
  await writeJson(join(folder, 'feasibility.json'), {
    feasible: solution.feasible,
    certificate: solution.certificate,
    sentences: explainSolution(solution, problem),
  });
  await writeJson(join(folder, 'gaps.json'), context.gaps);
  await writeFileAtomic(join(folder, 'cells.parquet'), encodeCells(plan));
  await writeJson(join(folder, 'screening.json'), describeScreening(planned));
}

/** report/: the same model as JSON, Markdown and one self-contained page. */
export async function writeReport(out: string, report: ReportModel): Promise<void> {
  const { report: folder } = runPaths(out);
  await writeFileAtomic(join(folder, 'report.json'), renderJson(report));
  await writeFileAtomic(join(folder, 'report.md'), renderMarkdown(report));
  // Loaded here only: the chart library takes half a second of every start.
  const { renderHtml } = await import('../../report/html.ts');
  await writeFileAtomic(join(folder, 'report.html'), renderHtml(report));
}

/** Rows that stood in benchmarks or repeated other rows. */
function describeScreening({ table, screened }: PlannedCorpus): unknown {
  const inState = (state: number): number =>
    table.state.reduce((sum, one) => sum + (one === state ? 1 : 0), 0);
  return {
    duplicates: inState(stateIndex.duplicate),
    near_duplicates: screened.near && {
      clusters: screened.near.clusters,
      rows_in_clusters: screened.near.members,
      removed: inState(stateIndex['near-duplicate']),
    },
    contaminated: inState(stateIndex.contaminated),
    benchmarks: screened.benchmarks,
  };
}

function encodeCells({ problem, solution }: RunPlan): Uint8Array {
  const writer = new ByteWriter();
  void parquetWrite({
    writer,
    codec: 'UNCOMPRESSED',
    createdBy: 'tag-datasets',
    columnData: [
      { name: 'persona', data: problem.cells.map((cell) => cell.persona), type: 'STRING', nullable: false },
      {
        name: 'traits',
        data: problem.cells.map((cell) => cell.traits.join('+')),
        type: 'STRING',
        nullable: false,
      },
      { name: 'supply_rows', data: problem.cells.map((cell) => cell.rows), type: 'INT32', nullable: false },
      { name: 'quota_rows', data: [...solution.quotas], type: 'INT32', nullable: false },
    ],
  });
  return new Uint8Array(writer.getBuffer());
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}
