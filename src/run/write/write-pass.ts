import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { Config } from '../../config/schema.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import { loadZstd } from '../../lib/zstd.ts';
import type { AxisCounts } from '../../shard/axis-counts.ts';
import type { WorkerPool } from '../../tag/pool.ts';
import { checkDone, type DoneOutput, fingerprint, type StepKey, stepKey } from '../checkpoint.ts';
import { datasetConfig } from './dataset-config.ts';
import type { RunContext } from '../context.ts';
import type { CorpusSource } from '../plan/corpus.ts';
import type { WriteLayout } from './layout.ts';
import { runPaths } from '../paths.ts';
import { RedoReasons } from '../redo-reasons.ts';
import type { Screening } from '../tag/screen-pass.ts';
import type { TaggedFileUnit } from '../tag/tag-pass.ts';
import type {
  CollectCounts,
  CollectTask,
  Judges,
  RowRules,
  ShardCounts,
  ShardTask,
  StepResult,
} from '../tasks.ts';
import { runSteps } from '../steps.ts';

/** Changes when the bytes of a shard change for the same plan. */
const shardVersion = 4;

export interface WrittenShard {
  readonly path: string;
  readonly rows: number;
  readonly counts: AxisCounts;
  readonly output: DoneOutput;
}

export interface WriteInput {
  readonly out: string;
  readonly config: Config;
  readonly units: readonly TaggedFileUnit[];
  readonly screening: Screening | null;
  readonly layout: WriteLayout;
  readonly sources: readonly CorpusSource[];
  readonly taxonomy: Taxonomy;
  readonly judges: Judges;
  readonly toolVersion: string;
}

/**
 * Writes the shards: units are re-read and their placed rows spilled by shard, then each shard is put in order and encoded.
 * Shards whose marker and bytes are right are not written again; the spill is removed at the end.
 * Disk: the placed rows once more, uncompressed, while it runs. Memory: one unit or one shard per worker.
 */
export async function writeShards(
  pool: WorkerPool,
  input: WriteInput,
  context: RunContext,
): Promise<WrittenShard[]> {
  const paths = runPaths(input.out);
  const planParts = await partsOfPlan(input);
  const finished = new Map<number, StepResult<ShardCounts>>();
  const shards = input.layout.shards.map((shard, index) => ({
    index,
    path: `dataset/${shard.path}`,
    done: paths.done('shard', shard.path),
    key: stepKey(planParts, { 'cut into shards': [index, shard.path] }),
  }));
  const redo = new RedoReasons();
  for (const shard of shards) {
    const reuse = await checkDone<ShardCounts>(shard.done, shard.key, input.out);
    if ('done' in reuse) finished.set(shard.index, reuse.done);
    else redo.add(reuse.redo, shard.path);
  }
  redo.warn(context, { code: 'shard-redo', all: shards.length, noun: 'shard', again: 'written again' });
  const missing = shards.filter((shard) => !finished.has(shard.index));
  if (missing.length > 0) {
    const segments = await collectUnits(pool, input, planParts, context);
    await encodeShards(pool, input, missing, { segments, finished }, context);
  }
  // Also where no shard is missing: a run may have been killed between its last shard and here.
  await rm(dirname(paths.done('collect', 'x')), { recursive: true, force: true });
  await rm(paths.spill, { recursive: true, force: true });
  return shards.flatMap((shard) => {
    const step = finished.get(shard.index);
    const output = step?.outputs[0];
    return step && output ? [{ path: shard.path, ...step.counts, output }] : [];
  });
}

/** Everything the bytes of the shards depend on, by the words of a redo sentence. */
async function partsOfPlan(input: WriteInput): Promise<Readonly<Record<string, unknown>>> {
  const config = Object.entries(datasetConfig(input.config)).map(([key, value]) => [
    `configuration key ${key}`,
    value,
  ]);
  return {
    'tagged rows': input.units.map((unit) => [unit.name, unit.fingerprint]),
    ...Object.fromEntries(config),
    sources: input.sources,
    screening: input.screening?.digest ?? null,
    taxonomy: input.taxonomy,
    'tool version': [input.toolVersion, shardVersion],
    'zstd build': (await loadZstd()).name,
  };
}

type Segments = Map<number, { path: string; start: number; bytes: number; records: number }[]>;

async function collectUnits(
  pool: WorkerPool,
  input: WriteInput,
  planParts: Readonly<Record<string, unknown>>,
  context: RunContext,
): Promise<Segments> {
  const tasks = collectTasks(input, planParts);
  const steps = await runSteps<CollectTask, CollectCounts>(
    pool,
    tasks,
    {
      out: input.out,
      stage: 'collect',
      again: null,
      bytes: 0,
      measure: (_, { placements }) => ({ rows: placements.rows.length, bytes: 0, rejected: 0 }),
    },
    context,
  );
  const segments: Segments = new Map();
  for (const task of tasks) {
    for (const { shard, ...segment } of steps.get(task.name)?.counts.segments ?? []) {
      const list = segments.get(shard) ?? [];
      list.push({ path: task.spill, ...segment });
      segments.set(shard, list);
    }
  }
  return segments;
}

function collectTasks(input: WriteInput, planParts: Readonly<Record<string, unknown>>): CollectTask[] {
  const plan = fingerprint(planParts);
  const paths = runPaths(input.out);
  const rules = rowRules(input);
  return input.units.flatMap((unit, u): CollectTask[] => {
    const placements = input.layout.placements[u];
    if (!placements || placements.rows.length === 0) return [];
    return [
      {
        kind: 'collect',
        name: unit.name,
        unit: unit.unit,
        out: input.out,
        sidecar: unit.sidecar,
        refined: unit.refined,
        spill: `state/spill/${unit.name}.bin`,
        done: paths.done('collect', unit.name),
        key: stepKey({ plan, unit: unit.name }),
        placements,
        rules,
      },
    ];
  });
}

function rowRules({ config, layout, judges }: WriteInput): RowRules {
  return {
    seed: config.seed,
    controlToken: config.output.control_token,
    tokenFormat: config.inference.persona_token_format,
    tokenDropout: config.output.control_token_dropout,
    keepExtra: config.output.extra_columns,
    phaseOfShard: layout.shards.map((shard) => (shard.group.kind === 'phase' ? shard.group.name : null)),
    adapterOfPersona: layout.adapterOfPersona,
    judges,
  };
}

async function encodeShards(
  pool: WorkerPool,
  input: WriteInput,
  missing: readonly {
    readonly index: number;
    readonly path: string;
    readonly done: string;
    readonly key: StepKey;
  }[],
  state: { readonly segments: Segments; readonly finished: Map<number, StepResult<ShardCounts>> },
  context: RunContext,
): Promise<void> {
  const { output } = input.config;
  const stage = context.stage('write', input.layout.shards.length, state.finished.size, 0);
  const tasks = missing.map((shard): ShardTask => ({
    kind: 'shard',
    name: String(shard.index),
    out: input.out,
    path: shard.path,
    done: shard.done,
    key: shard.key,
    segments: state.segments.get(shard.index) ?? [],
    format: output.format,
    writer: output.writer,
    rowGroupRows: output.row_group_rows,
    zstdLevel: output.zstd_level,
  }));
  await pool.runAll<ShardTask, StepResult<ShardCounts>>(tasks, {
    signal: context.signal,
    onResult(step, task) {
      state.finished.set(Number(task.name), step);
      stage.unitEnd({
        unit: task.path,
        rows: step.counts.rows,
        bytes: step.outputs[0]?.bytes ?? 0,
        rejected: 0,
        reused: false,
        ms: step.ms,
      });
    },
  });
  stage.end();
}
