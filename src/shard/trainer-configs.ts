import { stringify } from 'yaml';

import type { DatasetGroup, LoraSettings } from './dataset-group.ts';
import { renderTrlGuide } from './trl-guide.ts';

export interface TrainerOptions {
  readonly format: 'messages' | 'alpaca';
  readonly groups: readonly DatasetGroup[];
  readonly baseModel: string;
  readonly maxSequenceLength: number;
  /** Per device. */
  readonly batchSize: number;
  readonly gradientAccumulationSteps: number;
  readonly optimizer: string;
  readonly weightDecay: number;
  readonly scheduler: string;
  readonly bf16: boolean;
  readonly fp16: boolean;
  readonly seed: number;
  /** The single LoRA that the phases train one after the other; null trains all weights. */
  readonly lora: LoraSettings | null;
  /** Whether `axolotl.yaml` and the TRL snippet show the adapters or the phases. */
  readonly multiAdapter: boolean;
}

export interface TrainerFile {
  /** Relative to the dataset. */
  readonly path: string;
  readonly text: string;
}

/**
 * Files that trainers read: `dataset_info.json` (LLaMA-Factory), `axolotl.yaml` (the first run of the main mode),
 * `axolotl/<name>.yaml` (every run), `trl.md`. Groups without training rows are left out.
 */
export function renderTrainerFiles(options: TrainerOptions): TrainerFile[] {
  const groups = options.groups.filter((group) => group.trainRows > 0);
  const runs = trainerRuns({ ...options, groups });
  const main = runs.filter((run) => run.group.kind === mainKind(options, groups));
  return [
    { path: 'dataset_info.json', text: datasetInfo(options) },
    ...main.slice(0, 1).map((run) => ({ path: 'axolotl.yaml', text: mainAxolotl(options, run, main) })),
    ...runs.map((run) => ({ path: axolotlPath(run), text: axolotl(options, run) })),
    { path: 'trl.md', text: renderTrlGuide(options, main) },
  ];
}

/** One training run. */
export interface TrainerRun {
  readonly group: DatasetGroup;
  readonly lora: LoraSettings | null;
  /** The run whose adapter this one goes on from. */
  readonly after: string | null;
}

/** Phases in their order, each from the one before; adapters on their own. */
function trainerRuns({ groups, lora }: TrainerOptions): TrainerRun[] {
  const phases = groups.filter((group) => group.kind === 'phase');
  const adapters = groups.filter((group) => group.kind === 'adapter');
  return [
    ...phases.map((group, i): TrainerRun => ({ group, lora, after: phases[i - 1]?.name ?? null })),
    ...adapters.map((group): TrainerRun => ({ group, lora: group.lora ?? lora, after: null })),
  ];
}

function mainKind({ multiAdapter }: TrainerOptions, groups: readonly DatasetGroup[]): DatasetGroup['kind'] {
  const wanted = multiAdapter ? 'adapter' : 'phase';
  return groups.some((group) => group.kind === wanted) ? wanted : multiAdapter ? 'phase' : 'adapter';
}

/**
 * LLaMA-Factory reads a folder that `datasets` can load through `script_url`, with `subset` and `split`
 * (src/llamafactory/data/loader.py); `file_name` would mix train and validation, which share a folder.
 */
function datasetInfo({ groups, format }: TrainerOptions): string {
  const entries = groups.flatMap((group) => [
    ...(group.trainRows > 0 ? [[group.name, datasetEntry(group.name, 'train', format)] as const] : []),
    ...(group.validationRows > 0
      ? [[`${group.name}_validation`, datasetEntry(group.name, 'validation', format)] as const]
      : []),
  ]);
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
}

function datasetEntry(
  subset: string,
  split: string,
  format: TrainerOptions['format'],
): Record<string, unknown> {
  const place = { script_url: '.', subset, split };
  if (format === 'alpaca') {
    const columns = { prompt: 'instruction', query: 'input', response: 'output' };
    return { ...place, formatting: 'alpaca', columns };
  }
  return {
    ...place,
    formatting: 'openai',
    columns: { messages: 'messages', tools: 'tools' },
    tags: {
      role_tag: 'role',
      content_tag: 'content',
      user_tag: 'user',
      assistant_tag: 'assistant',
      system_tag: 'system',
      observation_tag: 'tool',
      function_tag: 'function',
    },
  };
}

function axolotlPath({ group }: TrainerRun): string {
  return `axolotl/${group.name}.yaml`;
}

function mainAxolotl(options: TrainerOptions, run: TrainerRun, main: readonly TrainerRun[]): string {
  const order = main.map((each, i) => `#   ${i + 1}. axolotl train ${axolotlPath(each)}\n`).join('');
  const what =
    run.group.kind === 'phase' ? 'The curriculum, one run after the other' : 'The adapters, in any order';
  return `# ${what}; this file is the first:\n${order}${axolotl(options, run)}`;
}

function axolotl(options: TrainerOptions, { group, lora, after }: TrainerRun): string {
  const config = {
    base_model: options.baseModel,
    ...(lora
      ? {
          adapter: 'lora',
          lora_r: lora.r,
          lora_alpha: lora.alpha,
          lora_dropout: lora.dropout,
          lora_target_modules: [...lora.targetModules],
          ...(after === null ? {} : { lora_model_dir: `./out/${after}` }),
        }
      : {}),
    datasets: [axolotlDataset(group, 'train', options.format)],
    ...(group.validationRows > 0
      ? { test_datasets: [axolotlDataset(group, 'validation', options.format)] }
      : {}),
    ...(options.format === 'messages' ? { chat_template: 'tokenizer_default' } : {}),
    // the order of the rows is part of the dataset
    shuffle_merged_datasets: false,
    curriculum_sampling: true,
    sequence_len: options.maxSequenceLength,
    micro_batch_size: options.batchSize,
    gradient_accumulation_steps: options.gradientAccumulationSteps,
    num_epochs: group.epochs,
    ...(group.learningRate === null ? {} : { learning_rate: group.learningRate }),
    warmup_ratio: group.warmupRatio,
    lr_scheduler: options.scheduler,
    optimizer: options.optimizer,
    weight_decay: options.weightDecay,
    bf16: options.bf16,
    fp16: options.fp16,
    seed: options.seed,
    output_dir: `./out/${group.name}`,
  };
  const base = lora === null && after !== null ? { ...config, base_model: `./out/${after}` } : config;
  return `# ${group.kind} ${group.name}; run it in the folder of this dataset\n${stringify(base, { lineWidth: 0 })}`;
}

function axolotlDataset(
  group: DatasetGroup,
  split: string,
  format: TrainerOptions['format'],
): Record<string, unknown> {
  const place = { path: './', name: group.name, split };
  if (format === 'alpaca') return { ...place, type: 'alpaca' };
  return { ...place, type: 'chat_template', field_messages: 'messages', roles_to_train: ['assistant'] };
}
