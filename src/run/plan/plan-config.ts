import { access } from 'node:fs/promises';
import { join } from 'node:path';

import { reviseConfig } from '../../config/load.ts';
import { type Config, configSchema } from '../../config/schema.ts';
import { ConfigError } from '../../core/errors.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import { loadRecipes, type Recipe } from '../../source/recipe.ts';
import { type Corpus, readCorpus } from './corpus.ts';
import { type DeclaredSource, declareSources } from '../scan/declared-sources.ts';
import { type PlannedCorpus } from './plan-corpus.ts';
import { stateIndex } from './plan-table.ts';
import { type Projection, projectSources } from './projection.ts';
import { retagReasons } from './retag-reasons.ts';
import { comparePlans, type PlanComparison, readStoredConfig } from './what-if.ts';

/** What `plan` answers: the plan of the tagged rows (null where none are), and the projection over sources still to come. */
export interface PlanAnswer {
  readonly plan: PlanComparison | null;
  /** null where every source is tagged and nobody asked for it. */
  readonly projection: Projection | null;
  /** What the plan had to do without, in sentences. */
  readonly missing: readonly string[];
}

/**
 * The plan of a configuration from what there is: sidecars of its run folder, else declared counts alone. Reads no data,
 * touches no network, tags and writes nothing.
 * @throws ConfigError `config-invalid`, `recipe-unknown`
 */
export async function planConfig(params: {
  readonly config: Config;
  /** The same with `--set` applied; null without any. */
  readonly revised: Config | null;
  readonly out: string;
  readonly projection: boolean;
  readonly taxonomy: Taxonomy;
  readonly recipesFolder: string;
}): Promise<PlanAnswer> {
  const { config, out, taxonomy } = params;
  const recipes = await loadRecipes(params.recipesFolder);
  const wanted = params.revised ?? config;
  const corpus = await readTagged(out);
  if (!corpus) {
    const declared = declareSources(wanted, recipes);
    const missing = [`nothing is tagged in ${out}: planned from counts alone, without traits`];
    missing.push(...unknownCounts(wanted, declared));
    const before = new Map(Object.entries(wanted.plan.have));
    const projection = await projectSources({ config: wanted, taxonomy, before, sources: declared, recipes });
    return { plan: null, projection, missing };
  }
  return planTagged({
    ...params,
    corpus,
    tagged: await readRunConfig(out),
    projection: params.projection || Object.keys(wanted.plan.have).length > 0,
    recipes,
  });
}

/**
 * The plan of a run folder with the configuration that it was run with, and with `sets` beside it.
 * @throws ConfigError `run-not-tagged`, `run-not-found`, `config-invalid`, `recipe-unknown`
 */
export async function planRunFolder(params: {
  readonly run: string;
  readonly sets: readonly string[];
  readonly projection: boolean;
  readonly taxonomy: Taxonomy;
  readonly recipesFolder: string;
}): Promise<PlanAnswer> {
  const { run, sets, taxonomy } = params;
  const corpus = await readCorpus(run);
  const stored = await readStoredConfig(run);
  const path = join(run, 'run.json');
  const config = reviseConfig({ config: stored, path, sets: [], taxonomy });
  const revised = sets.length > 0 ? reviseConfig({ config: stored, path, sets, taxonomy }) : null;
  const recipes = await loadRecipes(params.recipesFolder);
  return planTagged({ ...params, out: run, corpus, tagged: config, config, revised, recipes });
}

/** A plan from sidecars, and what it had to do without; sources that are not tagged yet are projected. */
async function planTagged(params: {
  readonly out: string;
  readonly corpus: Corpus;
  /** What the rows were tagged under; null where that is not known. */
  readonly tagged: Config | null;
  readonly config: Config;
  readonly revised: Config | null;
  /** Project even where every source is tagged. */
  readonly projection: boolean;
  readonly taxonomy: Taxonomy;
  readonly recipes: readonly Recipe[];
}): Promise<PlanAnswer> {
  const { out, corpus, tagged, taxonomy, recipes } = params;
  const wanted = params.revised ?? params.config;
  const { plan, latest } = await comparePlans(params);
  const planned = new Set(latest.table.units.map((unit) => corpus.sources[unit.source]?.name));
  const open = declareSources(wanted, recipes).filter(({ name }) => !planned.has(name));
  const missing = [
    ...(tagged
      ? retagReasons({ corpus, tagged, wanted, recipes })
      : [`${join(out, 'run.json')} cannot be read: how the rows were read and tagged is not known`]),
    ...open.map(({ name }) => `source "${name}" is not tagged yet`),
    ...unknownCounts({ ...wanted, dataset: { ...wanted.dataset, data_path: undefined } }, open),
  ];
  if (open.length === 0 && !params.projection) return { plan, projection: null, missing };
  const before = countSupply(latest, taxonomy, wanted);
  const projection = await projectSources({ config: wanted, taxonomy, before, sources: open, recipes });
  return { plan, projection, missing };
}

/** null where the folder holds no tagged corpus. */
async function readTagged(out: string): Promise<Corpus | null> {
  const path = join(out, 'state', 'corpus.json');
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  return isThere ? readCorpus(out) : null;
}

/** The configuration that a folder was run with; null where there is none that this version reads. */
async function readRunConfig(out: string): Promise<Config | null> {
  const stored = await readStoredConfig(out).catch((error: unknown) => {
    if (error instanceof ConfigError) return null;
    throw error;
  });
  return configSchema.safeParse(stored).data ?? null;
}

function unknownCounts(config: Config, sources: readonly DeclaredSource[]): string[] {
  return [
    ...(config.dataset.data_path === undefined
      ? []
      : [`dataset.data_path ${config.dataset.data_path} is not tagged yet: its rows are not counted`]),
    ...sources.flatMap(({ name, counted, refused }) => {
      if (refused !== null) return [`source "${name}" is refused (${refused}): its rows are not counted`];
      return counted === null ? [`source "${name}" declares no rows: give sources[].rows, or tag it`] : [];
    }),
  ];
}

/** Eligible rows per persona, with what was counted elsewhere. */
function countSupply({ table }: PlannedCorpus, taxonomy: Taxonomy, config: Config): Map<string, number> {
  const rows = new Float64Array(taxonomy.personas.length);
  for (let i = 0; i < table.rows; i++) {
    if (table.state[i] !== stateIndex.eligible) continue;
    const persona = table.persona[i] ?? 0;
    rows[persona] = (rows[persona] ?? 0) + 1;
  }
  return new Map(taxonomy.personas.map(({ id }, i) => [id, (rows[i] ?? 0) + (config.plan.have[id] ?? 0)]));
}
