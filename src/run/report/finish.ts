import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import type { TaggerInfo } from '../../core/tagger.ts';
import { FatalError } from '../../core/errors.ts';
import { slashPath } from '../../lib/slash-path.ts';
import { checkAccounting } from '../../report/accounting.ts';
import type { ReportModel } from '../../report/model.ts';
import { writeReport } from './artefacts.ts';
import { type DoneOutput, fileSha256, fingerprint, stepKey, sweep, writeDone } from '../checkpoint.ts';
import type { RunContext } from '../context.ts';
import { writeDatasetFiles } from '../write/dataset-files.ts';
import type { RunLayout, WriteLayout } from '../write/layout.ts';
import { runPaths, shardMarker } from '../paths.ts';
import type { PlannedCorpus } from '../plan/plan-corpus.ts';
import { completeReport, draftReport, type ReportDraft } from './report-model.ts';
import type { CascadeFacts } from '../tag/refine-pass.ts';
import type { RunParams, RunResult } from '../run.ts';
import type { ScannedFile } from '../scan/scan-pass.ts';
import type { ResolvedSource } from '../scan/sources.ts';
import type { TaggedFileUnit } from '../tag/tag-pass.ts';
import type { WrittenShard } from '../write/write-pass.ts';
import type { TokenizerFile } from '../tag/tokenizer.ts';

/** What was read and tagged. */
interface TaggedWork {
  readonly sources: readonly ResolvedSource[];
  readonly tagged: {
    readonly files: readonly ScannedFile[];
    readonly units: readonly TaggedFileUnit[];
    readonly cascade: CascadeFacts | null;
    readonly tokenizer: TokenizerFile | null;
  };
}

/** All that the report tells of rows, counted while their table is there. @throws FatalError `accounting` */
export function draftRun(
  params: RunParams,
  work: TaggedWork & {
    readonly planned: PlannedCorpus;
    readonly layout: RunLayout;
    readonly audit: ReportModel['audit'];
  },
): ReportDraft {
  const { config } = params.loaded;
  const { tools } = params;
  const draft = draftReport({
    ...work.planned,
    audit: work.audit,
    layout: work.layout,
    config,
    taxonomy: tools.taxonomy,
    sources: work.sources,
    toolVersion: tools.toolVersion,
    configPath: params.loaded.shown,
    configHash: fingerprint(config),
    out: params.out,
    taggers: [tools.personaTagger, tools.traitTagger, ...accurateOf(params, work)],
    cascade: work.tagged.cascade,
    tokenizer: work.tagged.tokenizer,
    files: work.tagged.files,
    units: work.tagged.units,
  });
  refuseWrongSums(draft);
  return draft;
}

/** The end of a run: the files beside the shards, the report, and the marker that the run is finished, in that order. */
export async function finishRun(
  params: RunParams,
  work: TaggedWork & {
    readonly layout: WriteLayout;
    readonly draft: ReportDraft;
    readonly shards: readonly WrittenShard[];
  },
  context: RunContext,
): Promise<RunResult> {
  const out = resolve(params.out);
  const paths = runPaths(out);
  const stage = context.stage('report', 1, 0, 0);
  const { sources, tagged, layout, shards } = work;
  const { warnings, timings } = context;
  const peakRssBytes = process.resourceUsage().maxRSS * 1024;
  const report = completeReport(work.draft, { shards, warnings, timings, peakRssBytes });
  const { config } = params.loaded;
  const extra = await writeDatasetFiles({
    out,
    config,
    tools: params.tools,
    sources,
    files: tagged.files,
    layout,
    shards,
    report,
  });
  await sweepShards(out, shards, extra);
  await writeReport(out, report);
  await writeFinished(params, extra);
  stage.unitEnd({ unit: 'report', rows: 0, bytes: 0, rejected: 0, reused: false, ms: 0 });
  stage.end();
  return { report, out, dataset: paths.dataset, reportHtml: join(paths.report, 'report.html') };
}

/** The accurate tier, where it was asked. */
function accurateOf({ tools }: RunParams, { tagged }: TaggedWork): TaggerInfo[] {
  return tagged.cascade && tools.accurateTagger ? [tools.accurateTagger] : [];
}

function refuseWrongSums(report: ReportDraft): void {
  const wrong = checkAccounting(report);
  if (wrong.length === 0) return;
  throw new FatalError(`the report does not account for every row: ${wrong.join('; ')}`, {
    code: 'accounting',
    hint: 'this is a bug; no shard is written',
  });
}

/** Names every file that has no marker of its own, so that `verify` can tell whether one was changed. */
async function writeFinished(params: RunParams, datasetFiles: readonly string[]): Promise<void> {
  const out = resolve(params.out);
  const paths = runPaths(out);
  const folders = [paths.plan, paths.report];
  const inFolders = await Promise.all(
    folders.map(async (folder) => (await readdir(folder)).map((name) => join(folder, name))),
  );
  const named = [paths.runJson, paths.corpus, ...inFolders.flat()].map((path) => slashPath(out, path));
  const outputs: DoneOutput[] = [];
  for (const path of [...named, ...datasetFiles].toSorted())
    outputs.push({ path, ...(await fileSha256(join(out, path))) });
  const key = stepKey({ configuration: params.loaded.config, 'tool version': params.tools.toolVersion });
  await writeDone(paths.finished, key, { outputs, counts: {}, ms: 0 });
}

/** Removes what stands in dataset/ and is none of this run's, and the markers of shards that are no more. */
async function sweepShards(
  out: string,
  shards: readonly WrittenShard[],
  datasetFiles: readonly string[],
): Promise<void> {
  const paths = runPaths(out);
  const markers = shards.map((shard) => slashPath(out, shardMarker(paths, shard.path)));
  const keep = new Set([...shards.map((shard) => shard.path), ...datasetFiles, ...markers]);
  await sweep(out, [paths.dataset, dirname(paths.done('shard', 'x'))], keep);
}
