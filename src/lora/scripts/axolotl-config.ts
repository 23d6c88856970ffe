import { stringify } from 'yaml';

import type { ScriptData, ScriptOptions } from './script-options.ts';

/** `axolotl train FILE`, run in the folder of the file: QLoRA in 4 bits, loss of the replies only. */
export function renderAxolotlConfig(options: ScriptOptions): string {
  const { settings, data } = options;
  const hasValidation = data.kind === 'files' ? data.validation !== null : data.hasValidation;
  const config = {
    base_model: options.baseModel,
    load_in_4bit: true,
    adapter: 'qlora',
    lora_r: settings.r,
    lora_alpha: settings.alpha,
    lora_dropout: settings.dropout,
    lora_target_modules: [...options.targetModules],
    ...(isAlpaca(data) ? {} : { chat_template: 'tokenizer_default_fallback_chatml' }),
    datasets: [dataset(data, 'train')],
    ...(hasValidation ? { test_datasets: [dataset(data, 'validation')] } : {}),
    sequence_len: settings.sequenceTokens,
    sample_packing: false,
    micro_batch_size: settings.batchSize,
    gradient_accumulation_steps: settings.accumulation,
    num_epochs: settings.epochs,
    learning_rate: settings.learningRate,
    lr_scheduler: 'cosine',
    warmup_steps: 5,
    optimizer: 'paged_adamw_8bit',
    gradient_checkpointing: true,
    bf16: 'auto',
    logging_steps: 10,
    seed: options.seed,
    output_dir: `./${options.output}`,
  };
  return `# LoRA adapter ${options.name}, ${options.mode} mode: axolotl train train_${options.name}.axolotl.yaml, in this folder\n${stringify(config, { lineWidth: 0 })}`;
}

function isAlpaca(data: ScriptData): boolean {
  return data.kind === 'dataset' && data.format === 'alpaca';
}

function dataset(data: ScriptData, split: 'train' | 'validation'): Record<string, unknown> {
  const chat = { type: 'chat_template', field_messages: 'messages', roles_to_train: ['assistant'] };
  if (data.kind === 'files') {
    const path = split === 'train' ? data.train : data.validation;
    return { path: `./${path}`, ds_type: 'json', split: 'train', ...chat };
  }
  const place = { path: `./${data.folder}`, name: data.name, split };
  return data.format === 'alpaca' ? { ...place, type: 'alpaca' } : { ...place, ...chat };
}
