import { join } from 'node:path';

import { curriculumPhases } from '../../config/check-names.ts';
import type { Config, Phase } from '../../config/schema.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { loadZstd } from '../../lib/zstd.ts';
import type { AxisEntry, ReportModel } from '../../report/model.ts';
import { renderDatasetCard } from '../../shard/dataset-card.ts';
import type { DatasetGroup, LoraSettings } from '../../shard/dataset-group.ts';
import { buildManifest, type ManifestFile, renderManifest } from '../../shard/manifest.ts';
import { renderTrainerFiles } from '../../shard/trainer-configs.ts';
import { datasetConfigHash } from './dataset-config.ts';
import type { Group } from '../plan/division.ts';
import type { WriteLayout } from './layout.ts';
import { runPaths } from '../paths.ts';
import type { RunTools } from '../run.ts';
import type { ScannedFile } from '../scan/scan-pass.ts';
import type { ResolvedSource } from '../scan/sources.ts';
import type { WrittenShard } from './write-pass.ts';

export interface DatasetInput {
  readonly out: string;
  readonly config: Config;
  readonly tools: RunTools;
  readonly sources: readonly ResolvedSource[];
  readonly files: readonly ScannedFile[];
  readonly layout: WriteLayout;
  readonly shards: readonly WrittenShard[];
  readonly report: ReportModel;
}

/** Writes what stands beside the shards: manifest, card, trainer files. Returns their paths relative to the run folder. */
export async function writeDatasetFiles(input: DatasetInput): Promise<string[]> {
  const groups = input.layout.groups.map((group) => describeGroup(group, input));
  const files = [
    { path: 'manifest.json', text: renderManifest(await manifestOf(input, groups)) },
    { path: 'README.md', text: cardOf(input, groups) },
    ...trainerFilesOf(input, groups),
  ];
  const { dataset } = runPaths(input.out);
  for (const file of files) await writeFileAtomic(join(dataset, file.path), file.text);
  return files.map((file) => `dataset/${file.path}`);
}

function describeGroup(group: Group, { config, layout, tools }: DatasetInput): DatasetGroup {
  const rows = (split: 'train' | 'validation'): number =>
    layout.splits.find((candidate) => candidate.group === group && candidate.split === split)?.rows ?? 0;
  const phase = curriculumPhases(config).find(
    (candidate) => group.kind === 'phase' && candidate.name === group.name,
  )?.phase;
  const adapter = group.kind === 'adapter' ? config.peft.adapters[group.name] : undefined;
  return {
    kind: group.kind,
    name: group.name,
    folder: group.folder,
    description: phase?.description || null,
    // The one phase of a run without a curriculum has no configuration, and takes all.
    personas:
      group.kind === 'phase' && (phase?.persona_focus ?? 'all') === 'all'
        ? 'all'
        : personasOf(group, layout, tools.taxonomy),
    trainRows: rows('train'),
    validationRows: rows('validation'),
    ...schedule(phase, config),
    lora: adapter ? loraOf(adapter) : null,
  };
}

function schedule(
  phase: Phase | undefined,
  config: Config,
): { learningRate: number | null; warmupRatio: number; epochs: number } {
  return {
    learningRate: phase?.learning_rate ?? null,
    warmupRatio: phase?.warmup_ratio ?? config.training.warmup_ratio,
    epochs: phase?.epochs ?? 1,
  };
}

function personasOf(group: Group, layout: WriteLayout, taxonomy: Taxonomy): string[] {
  const index = layout.groups.indexOf(group);
  return taxonomy.personas
    .filter((_, persona) => layout.groupsOfPersona[persona]?.includes(index))
    .map((persona) => persona.id);
}

function loraOf(settings: {
  readonly r: number;
  readonly lora_alpha: number;
  readonly lora_dropout: number;
  readonly target_modules: readonly string[];
}): LoraSettings {
  return {
    r: settings.r,
    alpha: settings.lora_alpha,
    dropout: settings.lora_dropout,
    targetModules: settings.target_modules,
  };
}

async function manifestOf(
  input: DatasetInput,
  groups: readonly DatasetGroup[],
): Promise<ReturnType<typeof buildManifest>> {
  const { config, tools, sources } = input;
  return buildManifest({
    toolVersion: tools.toolVersion,
    configHash: datasetConfigHash(config),
    seed: config.seed,
    output: {
      format: config.output.format,
      writer: config.output.writer,
      codec: config.output.writer === 'hyparquet' ? (await loadZstd()).name : 'snappy',
      controlToken: config.output.control_token,
      tokenFormat: config.inference.persona_token_format,
    },
    inputs: input.files.map(({ source, scan }) => ({
      source: scan.file.source,
      file: scan.file.name,
      revision: sources[source]?.revision ?? null,
      bytes: scan.file.bytes,
      fingerprint: scan.fingerprint,
      rows: scan.records,
      licence: sources[source]?.licence ?? null,
    })),
    taggers: [
      tools.personaTagger,
      tools.traitTagger,
      ...(input.report.cascade && tools.accurateTagger ? [tools.accurateTagger] : []),
    ].map(({ id, task, sha256 }) => ({ id, task, sha256 })),
    groups,
    files: manifestFiles(input),
    personaBlend: config.inference.persona_blend,
  });
}

function manifestFiles({ layout, shards }: DatasetInput): ManifestFile[] {
  return shards.map((shard, index) => {
    const plan = layout.shards[index];
    return {
      path: shard.path.replace(/^dataset\//, ''),
      group: plan?.group.name ?? '',
      split: layout.splits[plan?.split ?? 0]?.split ?? 'train',
      rows: shard.rows,
      bytes: shard.output.bytes,
      sha256: shard.output.sha256,
      counts: shard.counts,
    };
  });
}

function cardOf({ config, tools, report, sources }: DatasetInput, groups: readonly DatasetGroup[]): string {
  const used = report.axes.source
    .filter((entry) => entry.placed.rows > 0)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return renderDatasetCard({
    title: 'Persona-balanced corpus',
    toolVersion: tools.toolVersion,
    format: config.output.format,
    groups,
    sources: used.map((entry) => ({
      name: entry.name,
      licence: sources.find((source) => source.name === entry.name)?.licence ?? null,
      rows: entry.placed.rows,
    })),
    personas: report.axes.persona.flatMap(labelShare),
    traits: report.axes.trait.flatMap(labelShare),
    controlToken: config.output.control_token,
    tokenFormat: config.inference.persona_token_format,
    defaultPersona: config.inference.default_persona,
    temperatures: config.inference.persona_temperatures,
  });
}

function labelShare(entry: AxisEntry): { id: string; rows: number; share: number; target: number | null }[] {
  const { rows, share } = entry.placed;
  return rows > 0 ? [{ id: entry.name, rows, share, target: entry.asked }] : [];
}

function trainerFilesOf(
  { config }: DatasetInput,
  groups: readonly DatasetGroup[],
): ReturnType<typeof renderTrainerFiles> {
  const { model, training, peft } = config;
  return renderTrainerFiles({
    format: config.output.format,
    groups,
    baseModel: model.base_model,
    maxSequenceLength: model.max_seq_length,
    batchSize: training.batch_size,
    gradientAccumulationSteps: training.gradient_accumulation_steps,
    optimizer: training.optimizer,
    weightDecay: training.weight_decay,
    scheduler: training.lr_scheduler_type,
    bf16: training.bf16 ?? !training.fp16,
    fp16: training.fp16,
    seed: config.seed,
    lora: peft.use_peft ? loraOf(peft.lora) : null,
    multiAdapter: peft.multi_adapter,
  });
}
