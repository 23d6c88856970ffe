import type { Config, SourceConfig } from '../../config/schema.ts';
import { findRecipe, type Recipe } from '../../source/recipe.ts';
import { refusalOf } from './gates.ts';
import { withRecipe } from './sources.ts';

/** A source as far as it is known before a byte of it is read. */
export interface DeclaredSource {
  readonly name: string;
  readonly recipe: string | null;
  /** Persona that it is said to be made for. */
  readonly persona: string | null;
  /** Rows that its recipe or `rows:` promises, cut at its limit. */
  readonly declared: number | null;
  /** Rows that its authors publish, cut at its limit. */
  readonly published: number | null;
  /** What a plan may count on: one of the two, as `plan.counts` says; null where neither is known. */
  readonly counted: number | null;
  /** Why a run would refuse it; a refused source counts nothing. */
  readonly refused: 'benchmark' | 'licence' | null;
}

/** What the configuration and the recipes say about every entry of `sources`; `dataset.data_path` declares nothing. */
export function declareSources(config: Config, recipes: readonly Recipe[]): DeclaredSource[] {
  return config.sources.map((source) => {
    const recipe = source.recipe === undefined ? null : findRecipe(recipes, source.recipe);
    return declareSource(recipe ? withRecipe(source, recipe) : source, recipe, config);
  });
}

function declareSource(source: SourceConfig, recipe: Recipe | null, config: Config): DeclaredSource {
  const limit = source.limit ?? Number.POSITIVE_INFINITY;
  const cut = (rows: number | undefined): number | null =>
    rows === undefined ? null : Math.min(rows, limit);
  const declared = cut(source.rows ?? recipe?.declared_rows);
  const published = cut(recipe?.published_rows);
  const refused = refusalOf(source, config)?.reason ?? null;
  const believed = config.plan.counts === 'declared' ? declared : (published ?? declared);
  return {
    name: source.name,
    recipe: recipe?.id ?? null,
    persona: source.persona ?? null,
    declared,
    published,
    counted: refused === null ? believed : 0,
    refused,
  };
}
