import { expect, test } from 'vitest';
import { parse } from 'yaml';

import { renderTrainerFiles, type TrainerOptions } from '../../src/shard/trainer-configs.ts';
import { emptyAdapter, foundation, mixed, techAdapter } from './support/groups.ts';

const options: TrainerOptions = {
  format: 'messages',
  groups: [foundation, mixed, techAdapter, emptyAdapter],
  baseModel: 'example/base-1b',
  maxSequenceLength: 4096,
  batchSize: 4,
  gradientAccumulationSteps: 8,
  optimizer: 'adamw_torch',
  weightDecay: 0.01,
  scheduler: 'cosine',
  bf16: true,
  fp16: false,
  seed: 42,
  lora: { r: 32, alpha: 64, dropout: 0.05, targetModules: ['q_proj', 'up_proj'] },
  multiAdapter: false,
};

function files(change: Partial<TrainerOptions> = {}): Map<string, string> {
  return new Map(renderTrainerFiles({ ...options, ...change }).map(({ path, text }) => [path, text]));
}

function yaml(path: string, change: Partial<TrainerOptions> = {}): unknown {
  return parse(files(change).get(path) ?? '');
}

test('there is a file per run, and none for a group without training rows', () => {
  expect([...files().keys()]).toEqual([
    'dataset_info.json',
    'axolotl.yaml',
    'axolotl/foundation.yaml',
    'axolotl/mixed.yaml',
    'axolotl/tech_expert.yaml',
    'trl.md',
  ]);
});

test('LLaMA-Factory gets a data set per split, by the names of the card', () => {
  const info = JSON.parse(files().get('dataset_info.json') ?? '') as Record<string, unknown>;
  expect(Object.keys(info)).toEqual([
    'foundation',
    'foundation_validation',
    'mixed',
    'tech_expert',
    'tech_expert_validation',
  ]);
  expect(info['foundation_validation']).toMatchObject({
    script_url: '.',
    subset: 'foundation',
    split: 'validation',
    formatting: 'openai',
    columns: { messages: 'messages', tools: 'tools' },
    tags: { role_tag: 'role', content_tag: 'content', observation_tag: 'tool' },
  });
  const alpaca: unknown = JSON.parse(files({ format: 'alpaca' }).get('dataset_info.json') ?? '');
  expect(alpaca).toMatchObject({
    mixed: { formatting: 'alpaca', columns: { prompt: 'instruction', query: 'input', response: 'output' } },
  });
});

test('a phase trains the single LoRA at its own rate and goes on from the phase before', () => {
  expect(yaml('axolotl/mixed.yaml')).toMatchObject({
    base_model: 'example/base-1b',
    adapter: 'lora',
    lora_r: 32,
    lora_alpha: 64,
    lora_target_modules: ['q_proj', 'up_proj'],
    lora_model_dir: './out/foundation',
    datasets: [
      { path: './', name: 'mixed', split: 'train', type: 'chat_template', field_messages: 'messages' },
    ],
    learning_rate: 5e-6,
    warmup_ratio: 0.03,
    num_epochs: 2,
    shuffle_merged_datasets: false,
    sequence_len: 4096,
    output_dir: './out/mixed',
  });
  expect(yaml('axolotl/mixed.yaml')).not.toHaveProperty('test_datasets');
  expect(yaml('axolotl/foundation.yaml')).not.toHaveProperty('lora_model_dir');
});

test('an adapter has its own rank, scale and modules, and starts from the base model', () => {
  const config = yaml('axolotl/tech_expert.yaml');
  expect(config).toMatchObject({
    lora_r: 16,
    lora_alpha: 32,
    lora_target_modules: ['q_proj', 'v_proj'],
    test_datasets: [{ name: 'tech_expert', split: 'validation' }],
  });
  expect(config).not.toHaveProperty('lora_model_dir');
  expect(config).not.toHaveProperty('learning_rate');
});

test('multi_adapter chooses what axolotl.yaml and trl.md show', () => {
  expect(yaml('axolotl.yaml')).toEqual(yaml('axolotl/foundation.yaml'));
  expect(files().get('axolotl.yaml')).toContain('2. axolotl train axolotl/mixed.yaml');
  expect(files().get('trl.md')).toContain('("mixed", 0.000005, 0.03, 2, LoraConfig(r=32');
  const multi = files({ multiAdapter: true });
  expect(parse(multi.get('axolotl.yaml') ?? '')).toEqual(yaml('axolotl/tech_expert.yaml'));
  expect(multi.get('trl.md')).toContain('("tech_expert", 0.00002, 0.1, 1, LoraConfig(r=16');
  expect(multi.get('trl.md')).not.toContain('"mixed"');
});

test('without LoRA a phase goes on from the weights of the phase before', () => {
  const config = yaml('axolotl/mixed.yaml', { lora: null });
  expect(config).toMatchObject({ base_model: './out/foundation' });
  expect(config).not.toHaveProperty('adapter');
  expect(files({ lora: null }).get('trl.md')).not.toContain('peft_config');
});
