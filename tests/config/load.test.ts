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
  [
    'adapter name that leaves the run folder',
    'peft:\n  adapters:\n    ../../outside: {personas: [poet]}\n',
    'my.yaml:3: peft.adapters.../../outside: adapter name "../../outside" must be lower-case letters, digits, _ or -, a letter first',
  ],
  [
    'adapter called as the phase of a configuration without a curriculum',
    'peft:\n  adapters:\n    all: {personas: [poet]}\n',
    'my.yaml:3: peft.adapters.all: "all" is the phase that takes every row where training.curriculum names none; call the adapter something else',
  ],
  [
    'adapter called as a phase',
    'peft:\n  adapters:\n    art: {personas: [poet]}\ntraining:\n  curriculum:\n    phase1_art: {persona_focus: all}\n',
    'a phase and an adapter are both called "art"',
  ],
  [
    'replay in a partition',
    'training:\n  curriculum:\n    mode: partition\n    replay: 0.1\n    phase1_a: {persona_focus: [poet]}\n    phase2_b: {persona_focus: all}\n',
    'my.yaml:4: training.curriculum.replay: 0.1 of earlier phases cannot be replayed where mode is partition, which puts each row in exactly one phase; leave replay out or set mode: view',
  ],
  [
    'second phase of all rows in a partition',
    'training:\n  curriculum:\n    mode: partition\n    phase1_a: {persona_focus: all}\n    phase2_b: {persona_focus: all}\n',
    'my.yaml:5: training.curriculum.phase2_b: no row is left for it: phase "a" takes all, and mode partition puts each row in exactly one phase; name its personas or set mode: view',
  ],
  [
    'precision that is two at once',
    'training:\n  fp16: true\n  bf16: true\n',
    'my.yaml:3: training.bf16: fp16 and bf16 cannot both be true; leave one out, found true',
  ],
  ['duplicate key', 'seed: 1\nseed: 2\n', 'not valid YAML'],
])('an unknown or impossible %s is one clear error', async (_what, text, message) => {
  await expect(load(text)).rejects.toThrow(message);
});

test.each([
  ['an alias without an anchor', 'dataset:\n  data_path: *.jsonl\n', '"*.jsonl" refers to an anchor'],
  ['an alias inside its own anchor', 'seed: 1\ndataset: &all {data_path: *all}\n', '"*all" stands inside'],
  ['a list as a key', 'balance:\n  ? [a]\n  : 1\n', 'a list or mapping stands where a key is expected'],
  ['an unknown tag', 'seed: 1\noutput: !include other.yaml\n', 'Unresolved tag: !include'],
  ['a list without an end', 'seed: 1\nsources: [\n', 'Flow sequence'],
])('%s is refused with file and line', async (_what, text, message) => {
  const error: unknown = await load(text).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ message: expect.stringContaining(message), cause: { code: 'config-yaml' } });
  expect(error).toMatchObject({ message: expect.stringMatching(/^my\.yaml:[23]: not valid YAML: .+$/) });
});

test('aliases that multiply are refused, and aliases that do not are read', async () => {
  const levels = ['a', 'b', 'c', 'd'].map((name, at) => {
    const item = at === 0 ? 'x' : `*${'abc'.charAt(at - 1)}`;
    return `${name}: &${name} [${Array.from({ length: 10 }, () => item).join(', ')}]`;
  });
  await expect(load(`${levels.join('\n')}\n`)).rejects.toThrow('my.yaml:1: not valid YAML: Excessive alias');
  const config = await load('eval: {metrics: &list [a, b]}\nsources: [{name: x, path: *list}]\n');
  expect(config.sources[0]?.path).toEqual(['a', 'b']);
});

test.each([
  ['dataset.data_path=*.jsonl', '"*.jsonl" refers to an anchor', 'put text that begins with * in quotes'],
  ['balance.total=[1', 'Flow sequence must end with a ]', 'quotes'],
  ['balance.total={a: 1, a: 2}', 'Map keys must be unique', 'quotes'],
  ['balance.total=!!js/function x', 'Unresolved tag', 'quotes'],
])('--set %s is refused in one sentence and without a warning', async (set, message, hint) => {
  const warnings: unknown[] = [];
  const keep = (warning: unknown): void => void warnings.push(warning);
  process.on('warning', keep);
  const error: unknown = await load('', [set]).catch((cause: unknown) => cause);
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', keep);
  expect(error).toMatchObject({
    message: expect.stringContaining(`--set ${set}: not valid YAML: ${message}`),
    cause: { code: 'set-syntax', hint: expect.stringContaining(hint) },
  });
  expect(warnings).toEqual([]);
});

test.each([
  ['{persona_name}:', 'with text before and after it'],
  ['  {persona_name}\\n', 'with text before and after it'],
  ['<{persona_name}|{persona_name}>', 'once only'],
])('a control token %j could be any text and is refused', async (format, message) => {
  await expect(load(`inference: {persona_token_format: "${format}"}\n`)).rejects.toThrow(
    `my.yaml:1: inference.persona_token_format: must hold {persona_name} ${message}`,
  );
});

test('an adapter may be called all where the curriculum has phases', async () => {
  const phase = 'training:\n  curriculum:\n    phase1_art: {persona_focus: all}\n';
  const config = await load(`peft:\n  adapters:\n    all: {personas: [poet]}\n${phase}`);
  expect(Object.keys(config.peft.adapters)).toEqual(['all']);
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
