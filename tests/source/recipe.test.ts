import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

import { findRecipe, loadRecipes, type Recipe } from '../../src/source/recipe.ts';

const root = join(import.meta.dirname, '..', '..');
const datasets = join(root, 'datasets');
const taxonomySchema = z.object({ personas: z.array(z.object({ id: z.string() })) });
let recipes: Recipe[];
let folder: string;
beforeAll(async () => {
  recipes = await loadRecipes(datasets);
  folder = await mkdtemp(join(tmpdir(), 'recipes-'));
});
afterAll(() => rm(folder, { recursive: true }));

const capOf = (group: string, phase: number) =>
  recipes
    .filter((recipe) => recipe.group === group && recipe.phase === phase)
    .reduce((sum, { cap }) => sum + cap, 0);

test('every recipe parses and names personas of the taxonomy', async () => {
  const files = (await readdir(datasets)).filter((name) => name.endsWith('.yaml'));
  expect(recipes.map(({ id }) => `${id}.yaml`)).toEqual(files.toSorted());
  const taxonomy = taxonomySchema.parse(
    parse(await readFile(join(root, 'taggers', 'personas.yaml'), 'utf8')),
  );
  const known = new Set(taxonomy.personas.map(({ id }) => id));
  const named = recipes.flatMap(({ persona, printed_persona: printed }) => [persona, printed ?? persona]);
  expect(named.filter((persona) => !known.has(persona))).toEqual([]);
});

test('caps are the numbers of the original plan', () => {
  expect(capOf('dialog', 1)).toBe(350_000);
  expect(capOf('reasoning', 1)).toBe(107_000);
  expect(capOf('creative', 1)).toBe(100_000);
  expect(capOf('factual', 1)).toBe(97_000);
  expect(capOf('code-debugging', 1)).toBe(20_000);
  const phaseTwo = recipes.filter(({ phase }) => phase === 2);
  expect(Object.fromEntries(phaseTwo.map(({ repo, id, cap }) => [`${repo} ${id}`, cap / 1000]))).toEqual({
    'Amod/mental_health_counseling_conversations mental-health-counseling': 50,
    'facebook/empathetic_dialogues empathetic-dialogues': 25,
    'thu-coai/esconv emotional-support': 10,
    'heliosbrahma/mental_health_chatbot_dataset mental-health-chatbot': 30,
    'Amod/mental_health_FAQ mental-health-faq': 5,
    'stanfordnlp/sentiment140 sentiment140': 50,
    'AlekseyKorshuk/persona-chat persona-chat': 50,
    'li2017dailydialog/daily_dialog daily-dialog': 13,
    'gorilla-llm/Berkeley-Function-Calling-Leaderboard berkeley-function-calling': 50,
    'tuandunghcmut/toolbench-v1 toolbench': 50,
    'glaiveai/glaive-code-assistant glaive-code-assistant': 50,
    'NousResearch/hermes-function-calling-v1 hermes-function-calling': 50,
    'WizardLMTeam/WizardLM_evol_instruct_V2_196k wizardlm': 100,
    'anon8231489123/ShareGPT_Vicuna_unfiltered sharegpt': 50,
    'Open-Orca/OpenOrca openorca': 50,
    'hendrycks/ethics ethics-commonsense': 30,
    'hendrycks/ethics ethics-virtue': 30,
    'hendrycks/ethics ethics-justice': 30,
    'demelin/moral_stories moral-stories': 30,
    'Anthropic/persuasion persuasion': 30,
    'kaist-ai/CoT-Collection cot-collection': 100,
    'causal-nlp/corr2cause corr2cause': 30,
    'cais/mmlu mmlu': 50,
    'allenai/ai2_arc arc-challenge': 20,
  });
});

test('the benchmarks are flagged and so is what forbids commercial use', () => {
  const flagged = recipes.filter(({ benchmark }) => benchmark).map(({ id }) => id);
  expect(flagged).toEqual(['arc-challenge', 'berkeley-function-calling', 'mmlu']);
  const restricted = recipes.filter((recipe) => recipe.non_commercial).map(({ id }) => id);
  expect(restricted).toEqual(['daily-dialog', 'emotional-support', 'empathetic-dialogues', 'persuasion']);
});

test('the table of datasets/README.md has a line for each recipe with its cap and licence', async () => {
  const table = await readFile(join(datasets, 'README.md'), 'utf8');
  for (const { id, repo, cap, license } of recipes) {
    const line = table.split('\n').find((text) => text.startsWith(`| [${id}](${id}.yaml) |`));
    expect(line).toContain(`| ${repo}`);
    expect(line).toContain(`| ${cap.toLocaleString('en')} |`);
    expect(line).toContain(`| ${license} |`);
  }
});

test('an unknown recipe suggests the nearest', () => {
  expect(findRecipe(recipes, 'openorca').repo).toBe('Open-Orca/OpenOrca');
  expect(() => findRecipe(recipes, 'open-orka')).toThrow(
    expect.objectContaining({ code: 'recipe-unknown', hint: 'did you mean "openorca"?' }),
  );
});

test.each([
  ['group: tool', 'group: tols', /group: "tols"/, 'did you mean "tool"?'],
  ['cap: 50000', 'kap: 50000', /cap/, undefined],
  [
    'benchmark: false',
    'benchmark: false\nbenchmrk: true',
    /unknown key "benchmrk"/,
    'did you mean "benchmark"?',
  ],
  ['license: Apache-2.0', 'license: CC-BY-NC-4.0', /non_commercial: false/, undefined],
  ['prior_strength: 0.6', 'prior_strength: 6', /prior_strength: 6/, undefined],
  ['id: toolbench', 'id: other', /id is "other"/, 'call it other.yaml'],
  ['id: toolbench', 'id: [', /line \d+: not valid YAML/, undefined],
])('%s written as %s is an error that names file, key and value', async (before, after, message, hint) => {
  const text = await readFile(join(datasets, 'toolbench.yaml'), 'utf8');
  expect(text).toContain(before);
  await writeFile(join(folder, 'toolbench.yaml'), text.replace(before, after));
  const error: unknown = await loadRecipes(folder).catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    name: 'ConfigError',
    code: 'recipe-invalid',
    message: expect.stringMatching(message),
  });
  expect(error).toMatchObject({ message: expect.stringContaining(join(folder, 'toolbench.yaml')) });
  if (hint !== undefined) expect(error).toMatchObject({ hint });
});
