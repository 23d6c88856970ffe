import { join } from 'node:path';
import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';

import { loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import type { Taxonomy } from '../../src/core/taxonomy.ts';
import { declareSources } from '../../src/run/scan/declared-sources.ts';
import { type Projection, projectSources } from '../../src/run/plan/projection.ts';
import { loadRecipes, type Recipe } from '../../src/source/recipe.ts';
import { loadTaxonomy } from '../../taggers/taxonomy.ts';

const root = join(import.meta.dirname, '..', '..');
let taxonomy: Taxonomy;
let recipes: Recipe[];
let plan: Config;

const load = async (...sets: string[]): Promise<Config> =>
  (await loadConfig({ path: join(root, 'configs', 'recipes', 'phase-2.yaml'), sets, taxonomy })).config;
const project = (config: Config): Promise<Projection> =>
  projectSources({
    config,
    taxonomy,
    before: new Map(Object.entries(config.plan.have)),
    sources: declareSources(config, recipes),
    recipes,
  });
const persona = (projection: Projection, name: string) =>
  projection.personas.find((entry) => entry.name === name);

beforeAll(async () => {
  taxonomy = await loadTaxonomy();
  recipes = await loadRecipes(join(root, 'datasets'));
  plan = await load();
});

test('the printed plan of phase 2 leaves code at half a percent of the rows against a target of 25 %', async () => {
  const projection = await project(plan);
  expect(projection).toMatchObject({ rows_before: 20_811, rows_after: 1_200_811, feasible: false });
  const code = persona(projection, 'code_expert');
  expect(code).toMatchObject({ before_rows: 5_675, added_rows: 0, after_rows: 5_675, status: 'under' });
  expect(code?.after_share).toBeCloseTo(0.0047, 4);
  expect(code?.missing_rows).toBe(1_500_000 - 5_675);
  expect(projection.findings[0]).toBe('persona code_expert comes to 0.47 % of the rows, its target is 25 %');
  expect(projection.gaps[0]).toMatchObject({
    persona: 'code_expert',
    rows: 1_494_325,
    cause: 'supply',
    recipes: [{ recipe: 'glaive-code-assistant', rows: 50_000 }],
  });
});

test('its groups come to other sums than the document says', async () => {
  const projection = await project(plan);
  const after = (name: string) => persona(projection, name)?.after_rows;
  // Printed: 237k (it counts the conversational rows too), 256k, 201k, 200k, 182k.
  expect(after('empathetic_counselor')).toBe(4_473 + 170_000);
  expect(after('analytical_reasoner')).toBe(726 + 200_000);
  expect(after('conversational_agent')).toBe(1_237 + 263_000);
  expect(after('tool_orchestrator')).toBe(795 + 200_000);
  expect(after('critical_debater')).toBe(2_079 + 150_000);
});

test('published counts and refused benchmarks take away what does not exist', async () => {
  const config = await load('plan.counts=published', 'run.allow_benchmarks=false');
  const { sources, personas } = await project(config);
  const source = (name: string) => sources.find((entry) => entry.name === name);
  expect(source('mental-health-chatbot')).toMatchObject({ declared: 30_000, published: 172, counted: 172 });
  expect(source('mental-health-faq')).toMatchObject({ published: null, counted: 5_000 });
  expect(source('mmlu')).toMatchObject({ refused: 'benchmark', counted: 0 });
  expect(personas.find(({ name }) => name === 'analytical_reasoner')?.added_rows).toBe(130_000);
});

test('the printed category minima sum to 101 %: infeasible by one point', async () => {
  const bands = taxonomy.categories.map(
    ({ id, min, max }) => `${id}: {min: ${min / 100}, max: ${max / 100}}`,
  );
  const rows = Object.fromEntries(taxonomy.personas.map(({ id }) => [id, 10_000]));
  const config = await load(
    'dataset.persona_weights={}',
    `dataset.category_bands={${bands.join(', ')}}`,
    'balance.total=100000',
    'sources=[]',
  );
  const { feasible, sentences } = await project({ ...config, plan: { have: rows, counts: 'declared' } });
  expect(feasible).toBe(false);
  expect(sentences[0]).toContain('nfeasible by 1.0 point');
});

test('every counted row is in exactly one line of personas and of categories', async () => {
  const ids = taxonomy.personas.map(({ id }) => id);
  const counts = fc.dictionary(fc.constantFrom(...ids), fc.nat(100_000));
  const weights = fc.dictionary(fc.constantFrom(...ids), fc.constantFrom(0.01, 0.02, 0.05), { maxKeys: 8 });
  await fc.assert(
    fc.asyncProperty(counts, weights, async (have, persona_weights) => {
      const config = {
        ...plan,
        sources: [],
        plan: { have, counts: 'declared' as const },
        dataset: { ...plan.dataset, persona_weights },
      };
      const { personas, categories, rows_after: all } = await project(config);
      const sum = (lines: typeof personas) => lines.reduce((total, entry) => total + entry.after_rows, 0);
      expect([sum(personas), sum(categories)]).toEqual([all, all]);
    }),
    { numRuns: 25 },
  );
});
