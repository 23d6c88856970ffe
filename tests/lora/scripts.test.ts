import { parse } from 'yaml';
import { expect, test } from 'vitest';

import { modeSettings } from '../../src/lora/lora-mode.ts';
import { renderAxolotlConfig } from '../../src/lora/scripts/axolotl-config.ts';
import { linearModules, type ScriptOptions } from '../../src/lora/scripts/script-options.ts';
import { renderTrlScript } from '../../src/lora/scripts/trl-script.ts';
import { renderUnslothScript } from '../../src/lora/scripts/unsloth-script.ts';

const options: ScriptOptions = {
  name: 'architect',
  mode: '16GB',
  settings: modeSettings['16GB'],
  targetModules: linearModules,
  baseModel: 'Qwen/Qwen2.5-3B-Instruct',
  data: {
    kind: 'files',
    train: 'lora_training/architect_train.jsonl',
    validation: 'lora_training/architect_val.jsonl',
  },
  output: 'loras/architect',
  seed: 42,
};
const adapter: ScriptOptions = {
  ...options,
  name: 'esoteric',
  settings: { ...modeSettings['32GB'], r: 8, alpha: 16 },
  targetModules: ['q_proj', 'v_proj'],
  data: {
    kind: 'dataset',
    folder: '../run/dataset',
    name: 'esoteric',
    format: 'messages',
    hasValidation: true,
  },
};

test('the axolotl file has the settings of the mode and the columns of the rows', () => {
  expect(parse(renderAxolotlConfig(options))).toMatchObject({
    base_model: 'Qwen/Qwen2.5-3B-Instruct',
    load_in_4bit: true,
    adapter: 'qlora',
    lora_r: 16,
    lora_alpha: 32,
    lora_dropout: 0.05,
    micro_batch_size: 1,
    gradient_accumulation_steps: 8,
    sequence_len: 512,
    learning_rate: 0.0002,
    num_epochs: 3,
    datasets: [
      {
        path: './lora_training/architect_train.jsonl',
        ds_type: 'json',
        field_messages: 'messages',
        roles_to_train: ['assistant'],
      },
    ],
    test_datasets: [{ path: './lora_training/architect_val.jsonl' }],
  });
});

test('an adapter group brings its configuration of the dataset, rank and modules', () => {
  expect(parse(renderAxolotlConfig(adapter))).toMatchObject({
    lora_r: 8,
    lora_alpha: 16,
    lora_target_modules: ['q_proj', 'v_proj'],
    sequence_len: 1024,
    micro_batch_size: 2,
    gradient_accumulation_steps: 4,
    datasets: [{ path: './../run/dataset', name: 'esoteric', split: 'train' }],
    test_datasets: [{ split: 'validation' }],
  });
  const script = renderTrlScript(adapter);
  expect(script).toContain('load_dataset(str(data), "esoteric")');
  expect(script).toContain('LORA_R, LORA_ALPHA, LORA_DROPOUT = 8, 16, 0.05');
  expect(script).toContain('TARGET_MODULES = ["q_proj","v_proj"]');
});

test('both scripts have paths, settings, and the arguments of the original trainer', () => {
  for (const script of [renderTrlScript(options), renderUnslothScript(options)]) {
    expect(script).toContain('HERE / "lora_training/architect_train.jsonl"');
    expect(script).toContain('data.parent / "architect_val.jsonl"');
    expect(script).toContain('LEARNING_RATE, EPOCHS, SEED = 0.0002, 3, 42');
    for (const name of ['--base_model', '--data', '--output', '--epochs', '--batch_size', '--lora_r'])
      expect(script).toContain(`"${name}"`);
  }
});

test('rows of a dataset in alpaca columns become messages', () => {
  const data = { kind: 'dataset', folder: 'd', name: 'n', format: 'alpaca', hasValidation: false } as const;
  expect(renderTrlScript({ ...options, data })).toContain('{"role": "assistant", "content": row["output"]}');
  expect(parse(renderAxolotlConfig({ ...options, data }))).toMatchObject({ datasets: [{ type: 'alpaca' }] });
});
