import { rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

import type { EncoderFolder } from '../../core/tagger.ts';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { makeFolder } from '../../lib/make-folder.ts';
import { removeTemporaryFiles, stepKey } from '../checkpoint.ts';
import type { RunContext } from '../context.ts';
import { lockRun } from '../lock.ts';
import type { RunTools } from '../run.ts';
import { openWorkers } from '../workers.ts';
import { categoriseMessages, type CategoriseCounts } from './categorise-stage.ts';
import { type ClusterCounts, clusterMessages, type FoundPersonas } from './cluster-stage.ts';
import { type DescribeCounts, describePersonas } from './describe-stage.ts';
import { type EncodedBlocks, encodeMessages } from './encode-stage.ts';
import { extractStages } from './forget-stages.ts';
import { extractPaths, personasFile, reportFile } from './extract-paths.ts';
import { warnOfExport, warnOfLanguages } from './extract-warnings.ts';
import { type ExtractRules, loadExtractRules } from './extract-rules.ts';
import { openExport } from './open-export.ts';
import { type ParseCounts, parseExport } from './parse-stage.ts';
import { readFoundPersonas, writeExtractReport } from './report-stage.ts';
import { runStage } from './stage.ts';

export const extractModes = ['16GB', '32GB'] as const;
export type ExtractMode = (typeof extractModes)[number];

/** Messages that clusters are fitted on, by the memory of the machine. */
const samples: Readonly<Record<ExtractMode, number>> = { '16GB': 2000, '32GB': 5000 };

export interface ExtractParams {
  readonly path: string;
  readonly out: string;
  /** null: chosen. */
  readonly clusters: number | null;
  readonly mode: ExtractMode;
  readonly branches: 'active' | 'all';
  readonly refresh: boolean;
  readonly seed: number;
  readonly workers: number;
  /** The persona tagger is the encoder's folder. */
  readonly tools: RunTools;
  readonly encoder: EncoderFolder;
  /** The package's configs/. */
  readonly configs: string;
}

/** What was asked for and found; `extract.json`. */
export interface ExtractSummary {
  readonly export: string;
  readonly branches: 'active' | 'all';
  readonly mode: ExtractMode;
  readonly clusters: number | null;
  readonly seed: number;
  readonly encoder: string;
  readonly read: ParseCounts;
  readonly languages: Readonly<Record<string, number>>;
  readonly k: number;
  readonly silhouette: number;
  readonly stability: number;
  readonly unclustered: number;
  readonly personas: readonly {
    readonly id: string;
    readonly name: string;
    readonly size: number;
    readonly terms: readonly string[];
  }[];
  readonly separation: FoundPersonas['separation'];
}

/**
 * From somebody's chat export to persona cards, on this machine alone: parse, categorise, encode, cluster, describe, report.
 * Each stage leaves a marker and is reused while what it depends on is the same; equal exports, options and version give equal
 * bytes, whatever the workers or crashes. Memory: see `parseExport` and `clusterMessages`.
 * @throws ConfigError for what is no export, breaks off, or holds too few messages; InterruptedError
 */
export async function extractPersonas(params: ExtractParams, context: RunContext): Promise<ExtractSummary> {
  const out = resolve(params.out);
  const paths = extractPaths(out);
  const rules = await loadExtractRules(params.configs);
  await using opened = await openExport(params.path);
  await makeFolder(out);
  await using _lock = await lockRun(paths.lock, out);
  const files = [paths.lock, paths.summary, join(out, reportFile)];
  await removeTemporaryFiles({ folders: paths.folders, files });
  if (params.refresh) await forgetMarkers(out);
  const common = { tool: params.tools.toolVersion, format: formatVersion };
  const parsed = await runStage<ParseCounts>(
    {
      out,
      stage: 'parse',
      key: stepKey({ ...common, export: opened.identity, branches: params.branches }),
      rows: ({ extracted }) => extracted,
      work: (clear) => parseExport(opened, { ...params, out, signal: context.signal, clear }),
    },
    context,
  );
  warnOfExport(parsed, context);
  const messagesKey = stepKey({
    ...common,
    export: opened.identity,
    branches: params.branches,
    rules: rules.hashes.categories,
    stopWords: rules.hashes.stopWords,
  });
  const categorised = await runStage<CategoriseCounts>(
    {
      out,
      stage: 'categorise',
      key: messagesKey,
      rows: ({ messages }) => messages,
      work: async (clear) => {
        await clear();
        return categoriseMessages({ out, rules, signal: context.signal });
      },
    },
    context,
  );
  warnOfLanguages(categorised.languages, context);
  const found = await findPersonas(params, { out, rules, categorised, messagesKey }, context);
  const summary = summarise(params, { parsed, categorised, found });
  await writeFileAtomic(paths.summary, `${JSON.stringify(summary, null, 2)}\n`);
  return summary;
}

/** Raised when a stage writes something else for the same input. */
const formatVersion = 2;

async function findPersonas(
  params: ExtractParams,
  given: {
    readonly out: string;
    readonly rules: ExtractRules;
    readonly categorised: CategoriseCounts;
    readonly messagesKey: ReturnType<typeof stepKey>;
  },
  context: RunContext,
): Promise<FoundPersonas> {
  const { out, rules, categorised } = given;
  const { seed, encoder, clusters } = params;
  const asked = { clusters, sample: samples[params.mode], seed };
  const clusterKey = stepKey({
    messages: given.messagesKey.fingerprint,
    encoder: encoder.sha256,
    ...asked,
    names: rules.hashes.names,
  });
  let encoded: EncodedBlocks = { width: 0, blocks: [] };
  await runStage<ClusterCounts>(
    {
      out,
      stage: 'cluster',
      key: clusterKey,
      rows: ({ clustered }) => clustered,
      before: async () => {
        encoded = await encode(params, given, context);
      },
      work: async (clear) => {
        const { signal } = context;
        return clusterMessages({
          out,
          rules,
          encoded,
          messages: categorised.messages,
          ...asked,
          signal,
          clear,
        });
      },
    },
    context,
  );
  const found = await readFoundPersonas(join(out, personasFile));
  await presentPersonas(params, { out, found, clusters: clusterKey.fingerprint }, context);
  return found;
}

/** Prompts, cards and the page. */
async function presentPersonas(
  params: ExtractParams,
  given: { readonly out: string; readonly found: FoundPersonas; readonly clusters: string },
  context: RunContext,
): Promise<void> {
  const { out, found, clusters } = given;
  const { seed } = params;
  await runStage<DescribeCounts>(
    {
      out,
      stage: 'describe',
      key: stepKey({ clusters, tool: params.tools.toolVersion, format: formatVersion }),
      isEditable: true,
      rows: ({ cards }) => cards,
      work: async (clear) => {
        await clear();
        return describePersonas({ out, found, taxonomy: params.tools.taxonomy, seed });
      },
    },
    context,
  );
  const title = basename(params.path);
  await runStage<object>(
    {
      out,
      stage: 'report',
      key: stepKey({ clusters, title, tool: params.tools.toolVersion, format: formatVersion }),
      rows: () => 0,
      work: async (clear) => {
        await clear();
        await writeExtractReport(join(out, reportFile), found, title);
        return { outputs: [reportFile], counts: {} };
      },
    },
    context,
  );
}

async function encode(
  params: ExtractParams,
  given: {
    readonly out: string;
    readonly categorised: CategoriseCounts;
    readonly messagesKey: ReturnType<typeof stepKey>;
  },
  context: RunContext,
): Promise<EncodedBlocks> {
  const { out, categorised, messagesKey } = given;
  const { id, sha256 } = params.encoder;
  await using pool = openWorkers(params.tools, params.workers);
  return await encodeMessages(
    pool,
    { out, blocks: categorised.blocks, messages: messagesKey.fingerprint, encoder: { id, sha256 } },
    context,
  );
}

/** Without markers everything is done anew; the files stay until then. The prompts' marker tells what a person changed. */
async function forgetMarkers(out: string): Promise<void> {
  const paths = extractPaths(out);
  await rm(paths.summary, { force: true });
  await rm(join(paths.state, 'embeddings'), { recursive: true, force: true });
  for (const stage of extractStages) if (stage !== 'describe') await rm(paths.done(stage), { force: true });
}

function summarise(
  params: ExtractParams,
  of: {
    readonly parsed: ParseCounts;
    readonly categorised: CategoriseCounts;
    readonly found: FoundPersonas;
  },
): ExtractSummary {
  const { branches, mode, clusters, seed } = params;
  const { choice, personas, separation, unclustered } = of.found;
  return {
    export: basename(params.path),
    branches,
    mode,
    clusters,
    seed,
    encoder: params.encoder.id,
    read: of.parsed,
    languages: of.categorised.languages,
    k: choice.k,
    silhouette: choice.silhouette,
    stability: choice.stability,
    unclustered,
    personas: personas.map(({ id, name, profile, terms }) => ({
      id,
      name,
      size: profile.size,
      terms: terms.slice(0, 8).map(({ term }) => term),
    })),
    separation,
  };
}
