import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { curriculumPhases } from '../../src/config/check-names.ts';
import { loadConfig } from '../../src/config/load.ts';
import { testTaxonomy } from '../support/taxonomy.ts';

const taxonomy = testTaxonomy();

async function load(text: string, sets: string[] = []) {
  const folder = await mkdtemp(join(tmpdir(), 'config-'));
  const path = join(folder, 'my.yaml');
  await writeFile(path, text);
  try {
    return (await loadConfig({ path, sets, taxonomy })).config;
  } catch (error) {
    throw new Error(String(error instanceof Error ? error.message : error).replaceAll(path, 'my.yaml'), {
      cause: error,
    });
  }
}

test('the original configuration file loads unchanged', async () => {
  const { config } = await loadConfig({
    path: join(import.meta.dirname, '..', '..', 'configs', 'persona_training_config.yaml'),
    sets: [],
    taxonomy,
  });
  expect(
    Object.values(config.dataset.persona_weights).reduce<number>(
      (sum, weight) => sum + (typeof weight === 'number' ? weight : 0),
      0,
    ),
  ).toBeCloseTo(1, 10);
  expect(curriculumPhases(config).map(({ name, phase }) => [name, phase.learning_rate])).toEqual([
    ['foundation', 2e-5],
    ['analytical', 1.5e-5],
    ['empathic_creative', 1e-5],
    ['mixed', 5e-6],
  ]);
  expect(config.augmentation.synthetic_upsampling).toEqual({
    esoteric_scholar: 2,
    tool_orchestrator: 1.5,
    math_tutor: 1.3,
  });
});

test('an empty file is a configuration of defaults', async () => {
  expect((await load('')).balance).toMatchObject({ unit: 'rows', total: 'max', max_repeats: 4 });
});

test('a misspelt key names the file, the line, the key and the nearest known one', async () => {
  await expect(load('dataset:\n  persona_weight:\n    poet: 0.1\n')).rejects.toThrow(
    'my.yaml:3: dataset.persona_weight: unknown key "persona_weight"; did you mean "persona_weights"?',
  );
});

test('a misspelt key deep inside a phase is found', async () => {
  await expect(
    load('training:\n  curriculum:\n    phase1_x:\n      persona_focus: all\n      epoch: 2\n'),
  ).rejects.toThrow('unknown key "epoch"; did you mean "epochs"?');
});

test.each([
  [
    'persona',
    'dataset:\n  persona_weights:\n    code_expret: 0.1\n',
    'dataset.persona_weights.code_expret: unknown persona "code_expret"; did you mean "code_expert"?',
  ],
  [
    'trait',
    'dataset:\n  trait_requirements:\n    formall: 0.1\n',
    'unknown trait "formall"; did you mean "formal"?',
  ],
  [
    'category',
    'dataset:\n  category_bands:\n    technica: 0.1\n',
    'unknown category "technica"; did you mean "technical"?',
  ],
  [
    'phase without a focus',
    'training:\n  curriculum:\n    phase1_foundation:\n      epochs: 1\n',
    'training.curriculum.phase1_foundation.persona_focus',
  ],
  [
    'adapter',
    'peft:\n  adapters:\n    tech_expert: {personas: [poet]}\ninference:\n  persona_blend: {tech_exprt: 1}\n',
    'unknown adapter "tech_exprt"; did you mean "tech_expert"?',
  ],
  ['weight out of range', 'dataset:\n  persona_weights:\n    poet: 1.2\n', 'found 1.2'],
  ['min above max', 'dataset:\n  persona_weights:\n    poet: {min: 0.4, max: 0.2}\n', 'min is above max'],
  [
    'persona in two adapters',
    'peft:\n  adapters:\n    a: {personas: [poet]}\n    b: {personas: [poet]}\n',
    '"poet" already belongs to adapter "a"',
  ],
  [
    'blend that does not sum to 1',
    'peft:\n  adapters:\n    a: {personas: [poet]}\ninference:\n  persona_blend: {a: 0.7}\n',
    'sum to 0.7, not 1',
  ],
  ['duplicate key', 'seed: 1\nseed: 2\n', 'not valid YAML'],
])('an unknown or impossible %s is one clear error', async (_what, text, message) => {
  await expect(load(text)).rejects.toThrow(message);
});

test('--set reaches a key by its short and by its full path, and reads 2.0x as twice', async () => {
  const config = await load('', [
    'persona_weights.poet=0.2',
    'dataset.min_output_length=3',
    'synthetic_upsampling.poet=2.0x',
    'curriculum.mode=partition',
    'output.shard_bytes=1MiB',
  ]);
  expect(config.dataset).toMatchObject({ persona_weights: { poet: 0.2 }, min_output_length: 3 });
  expect(config.augmentation.synthetic_upsampling).toEqual({ poet: 2 });
  expect(config.training.curriculum.mode).toBe('partition');
  expect(config.output.shard_bytes).toBe(1048576);
});

test.each([
  ['nonsense', 'expected key=value'],
  ['persona_wieghts.poet=0.2', 'did you mean "persona_weights"?'],
  ['persona_weights.poett=0.2', 'unknown persona "poett"'],
])('--set %s is refused with a reason', async (set, message) => {
  await expect(load('', [set])).rejects.toThrow(message);
});

test('--set cannot reach the prototype of anything', async () => {
  await expect(load('', ['dataset.__proto__.polluted=1'])).rejects.toThrow();
  expect('polluted' in {}).toBe(false);
});
