import { availableParallelism } from 'node:os';
import { rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import type { LoadedConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import type { RunEvent } from '../core/events.ts';
import type { TaggerInfo } from '../core/tagger.ts';
import type { Taxonomy } from '../core/taxonomy.ts';
import type { ReportModel } from '../report/model.ts';
import { makeFolder } from '../lib/make-folder.ts';
import { slashPath } from '../lib/slash-path.ts';
import { loadRecipes } from '../source/recipe.ts';
import type { Correction } from '../fit/correction.ts';
import type { WorkerPool } from '../tag/pool.ts';
import { writePlan, writeRunJson } from './report/artefacts.ts';
import { removeTemporaryFiles, sweep } from './checkpoint.ts';
import { auditTable, readAuditSet } from './report/audit-pass.ts';
import { createContext, type RunContext } from './context.ts';
import { describeCorpus, describeSources, writeCorpus } from './plan/corpus.ts';
import { fetchSources } from './hub/fetch-sources.ts';
import { draftRun, finishRun } from './report/finish.ts';
import type { ReportDraft } from './report/report-model.ts';
import { planGaps } from './plan/gap-recipes.ts';
import { layOut, type RunLayout, withoutRows, type WriteLayout } from './write/layout.ts';
import { lockRun } from './lock.ts';
import { runPaths } from './paths.ts';
import { planCorpus, type PlannedCorpus } from './plan/plan-corpus.ts';
import { prepare, type Prepared } from './scan/prepare.ts';
import { recordOutcome } from './report/record-outcome.ts';
import { type CascadeFacts, judgesOf, refineUnits } from './tag/refine-pass.ts';
import { checkRunFolder, emptyRun, pathsRead } from './run-folder.ts';
import { createRunLog } from './run-log.ts';
import { scanSources, type ScannedFile } from './scan/scan-pass.ts';
import { type Screening, screenUnits } from './tag/screen-pass.ts';
import type { ResolvedSource } from './scan/sources.ts';
import { type TaggedFileUnit, tagUnits } from './tag/tag-pass.ts';
import type { OrderTask } from './tasks.ts';
import { openModels, openWorkers } from './workers.ts';
import { writeShards } from './write/write-pass.ts';
import { warnOfPlan } from './plan/warn-of-plan.ts';
import type { TokenizerFile } from './tag/tokenizer.ts';

export interface RunParams {
  readonly loaded: LoadedConfig;
  readonly out: string;
  /** Overrides run.workers. */
  readonly workers?: number;
  /** Empty the run folder first. */
  readonly fresh?: boolean;
  readonly tools: RunTools;
}

/** What lies outside src: the tagger roster and data that ship with the package. */
export interface RunTools {
  readonly toolVersion: string;
  readonly taxonomy: Taxonomy;
  readonly rosterUrl: string;
  readonly personaTagger: TaggerInfo & { readonly folder: string };
  readonly traitTagger: TaggerInfo & { readonly folder: string };
  /** The accurate tier of the cascade; null where there is none. */
  readonly accurateTagger: (TaggerInfo & { readonly folder: string }) | null;
  readonly recipesFolder: string;
}

export interface RunEffects {
  readonly emit: (event: RunEvent) => void;
  /** Milliseconds since 1970; for the log only, never for what must be reproducible. */
  readonly clock: () => number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

export interface RunResult {
  readonly report: ReportModel;
  readonly out: string;
  readonly dataset: string;
  readonly reportHtml: string;
}

/**
 * The whole job: read → tag → plan → write → report. Started again on the same folder it resumes; equal inputs,
 * configuration and version give equal bytes in dataset/, whatever the workers or crashes.
 * Memory: about 68 bytes a row for PLAN, given back before shards are written, plus one unit or shard per worker.
 * @throws ConfigError, ValidationError, FatalError, InterruptedError as core/errors says
 */
export async function runAll(params: RunParams, effects: RunEffects): Promise<RunResult> {
  const out = resolve(params.out);
  const paths = runPaths(out);
  using log = createRunLog(effects.clock);
  const emit = (event: RunEvent): void => {
    effects.emit(event);
    log.write(event);
  };
  const context = createContext({ emit, clock: effects.clock, signal: effects.signal });
  if (params.loaded.config.run.download && effects.environment['HF_HUB_OFFLINE'] !== '1') {
    const { recipesFolder } = params.tools;
    await fetchSources({ config: params.loaded.config, recipesFolder }, effects, context);
  }
  const prepared = await prepare(params, effects, context);
  await makeFolder(out);
  await using _lock = await lockRun(paths.lock, out);
  await checkRunFolder(paths, await pathsRead(params, prepared));
  if (params.fresh) await emptyRun(paths);
  await removeTemporaryFiles({ folders: paths.folders, files: [paths.runJson, paths.lock] });
  await rm(paths.finished, { force: true });
  log.open(paths.log);
  const workers = params.workers ?? params.loaded.config.run.workers ?? availableParallelism();
  return await recordOutcome(
    { emit, start: { out, tool: params.tools.toolVersion, workers, process: process.pid } },
    async () => {
      await using pool = openWorkers(params.tools, workers);
      await openModels(pool, 'taggers');
      return await perform(pool, params, prepared, context);
    },
  );
}

/** The stages, one after the other. */
async function perform(
  pool: WorkerPool,
  params: RunParams,
  prepared: Prepared,
  context: RunContext,
): Promise<RunResult> {
  const out = resolve(params.out);
  const { config } = params.loaded;
  const { taxonomy, toolVersion } = params.tools;
  const auditSet = await readAuditSet(pool, config, params.loaded.path, context);
  const tagged = await tagCorpus(pool, params, prepared, out, context);
  const { layout, draft } = await decide(
    pool,
    params,
    { sources: prepared.sources, tagged, auditSet },
    context,
  );
  const shards = await writeShards(
    pool,
    {
      out,
      config,
      ...tagged,
      layout,
      sources: describeSources(prepared.sources),
      taxonomy,
      judges: judgesOf(params.tools.personaTagger.id, tagged.cascade),
      toolVersion,
    },
    context,
  );
  return await finishRun(params, { sources: prepared.sources, tagged, layout, draft, shards }, context);
}

/**
 * Which row goes where, and all that the report tells of rows. The table of the rows is gone when it returns, so that
 * writing does not hold it.
 */
async function decide(
  pool: WorkerPool,
  params: RunParams,
  work: {
    readonly sources: readonly ResolvedSource[];
    readonly tagged: TaggedCorpus;
    readonly auditSet: Awaited<ReturnType<typeof readAuditSet>>;
  },
  context: RunContext,
): Promise<{ readonly layout: WriteLayout; readonly draft: ReportDraft }> {
  const { config } = params.loaded;
  const { taxonomy } = params.tools;
  const { sources, tagged, auditSet } = work;
  const planned = await planTagged(params, sources, tagged, context);
  const audit =
    auditSet &&
    (await auditTable(
      pool,
      auditSet,
      { table: planned.table, config, taxonomy, correction: tagged.correction },
      context,
    ));
  const layout = await orderCorpus(pool, planned, config, context);
  const draft = draftRun(params, { sources, tagged, planned, audit, layout });
  return { layout: withoutRows(layout), draft };
}

/** PLAN, with what it read and decided left in the run folder. */
async function planTagged(
  params: RunParams,
  sources: readonly ResolvedSource[],
  tagged: TaggedCorpus,
  context: RunContext,
): Promise<PlannedCorpus> {
  const out = resolve(params.out);
  const { config } = params.loaded;
  const stage = context.stage('plan', 1, 0, 0);
  const corpus = describeCorpus(params, sources, tagged);
  await writeCorpus(out, corpus);
  const planned = await planCorpus({ out, corpus, config, taxonomy: params.tools.taxonomy });
  warnOfPlan(context, planned, config);
  const recipes = await loadRecipes(params.tools.recipesFolder);
  const gaps = planGaps(planned.plan, planned.table, params.tools.taxonomy, recipes);
  await writePlan(out, planned, { config, taxonomy: params.tools.taxonomy, gaps });
  stage.unitEnd({ unit: 'plan', rows: planned.table.rows, bytes: 0, rejected: 0, reused: false, ms: 0 });
  stage.end();
  return planned;
}

/** The splits in output order, put there by the workers, largest first. */
async function orderCorpus(
  pool: WorkerPool,
  planned: PlannedCorpus,
  config: Config,
  context: RunContext,
): Promise<RunLayout> {
  const { splits } = planned.division;
  const stage = context.stage('order', splits.length, 0, 0);
  const layout = await layOut(planned, config, async (inputs) => {
    const orders = new Array<Uint32Array>(inputs.length);
    const tasks = inputs.map((input, index): OrderTask => ({ kind: 'order', index, input }));
    tasks.sort((a, b) => b.input.keys.length - a.input.keys.length || a.index - b.index);
    await pool.runAll<OrderTask, Uint32Array>(tasks, {
      signal: context.signal,
      onResult(order, { index }) {
        orders[index] = order;
        stage.unitEnd({
          unit: splits[index]?.group.name ?? '',
          rows: order.length,
          bytes: 0,
          rejected: 0,
          reused: false,
          ms: 0,
        });
      },
    });
    return orders;
  });
  stage.end();
  return layout;
}

interface TaggedCorpus {
  readonly files: readonly ScannedFile[];
  readonly units: readonly TaggedFileUnit[];
  readonly cascade: CascadeFacts | null;
  readonly correction: Correction | null;
  readonly screening: Screening | null;
  readonly tokenizer: TokenizerFile | null;
}

async function tagCorpus(
  pool: WorkerPool,
  params: RunParams,
  { sources, benchmarks, tokenizer }: Prepared,
  out: string,
  context: RunContext,
): Promise<TaggedCorpus> {
  const { config } = params.loaded;
  const scanned = await scanSources(
    pool,
    sources,
    {
      out,
      toolVersion: params.tools.toolVersion,
      unitBytes: config.run.unit_bytes,
      onBadFile: config.run.on_bad_file,
    },
    context,
  );
  await writeRunJson(out, params, { sources, files: scanned, benchmarks });
  const { units: fast, files } = await tagUnits(
    pool,
    scanned,
    {
      out,
      taggers: [params.tools.personaTagger, params.tools.traitTagger],
      toolVersion: params.tools.toolVersion,
      taxonomy: params.tools.taxonomy,
      sources,
      maxBadRate: config.run.max_bad_rate,
      onBadFile: config.run.on_bad_file,
      keepExtra: config.output.extra_columns,
      tokenizer,
      limit: config.run.limit ?? null,
    },
    context,
  );
  if (files !== scanned) await writeRunJson(out, params, { sources, files, benchmarks });
  await sweepUnits(out, fast);
  const { units, cascade, correction } = await refineUnits(
    pool,
    {
      out,
      cascade: config.cascade,
      tagger: params.tools.accurateTagger,
      fastTagger: params.tools.personaTagger,
      units: fast,
      sources,
      toolVersion: params.tools.toolVersion,
    },
    context,
  );
  const screening = await screenUnits(pool, { ...params.tools, out, config, units, benchmarks }, context);
  return { files, units, cascade, correction, screening, tokenizer };
}

/** Removes what units left that are no longer units of any input, their markers included. */
async function sweepUnits(out: string, units: readonly TaggedFileUnit[]): Promise<void> {
  const paths = runPaths(out);
  const markers = units.map((unit) => slashPath(out, paths.done('tag', unit.name)));
  const keep = new Set([...units.flatMap((unit) => unit.outputs), ...markers]);
  await sweep(out, [paths.tags, paths.quarantine, dirname(paths.done('tag', 'x'))], keep);
}
