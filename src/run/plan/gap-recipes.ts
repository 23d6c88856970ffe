import { type Gap, gapsOf } from '../../balance/explain.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import type { Recipe } from '../../source/recipe.ts';
import type { RunPlan } from './plan-pass.ts';
import type { PlanTable } from './plan-table.ts';

/** A recipe of datasets/ made for the persona that is missing. */
export interface GapRecipe {
  readonly recipe: string;
  readonly hub: string;
  readonly persona: string;
  /** Rows that it can give: published where known, never more than its cap. */
  readonly rows: number;
  readonly licence: string;
  readonly benchmark: boolean;
}

/** A gap as plan/gaps.json holds it: ready for a generator (persona, traits, rows) or a fetch (recipes). */
export interface SuppliedGap extends Gap {
  readonly recipes: readonly GapRecipe[];
}

/** What the plan lacks, why, and where it could come from. */
export function planGaps(
  { solution, problem }: Pick<RunPlan, 'solution' | 'problem'>,
  table: Pick<PlanTable, 'abstainedAs'>,
  taxonomy: Taxonomy,
  recipes: readonly Recipe[],
): SuppliedGap[] {
  const abstainedRows = Object.fromEntries(
    taxonomy.personas.map((persona, i) => [persona.id, table.abstainedAs[i] ?? 0]),
  );
  return supplyGaps(gapsOf(solution, problem, { abstainedRows }), taxonomy, recipes);
}

/** Beside each gap the recipes made for its persona, a child of it, or its category; benchmarks last, then the largest first. */
export function supplyGaps(
  gaps: readonly Gap[],
  taxonomy: Taxonomy,
  recipes: readonly Recipe[],
): SuppliedGap[] {
  const known = new Map(taxonomy.personas.map((persona) => [persona.id, persona]));
  return gaps.map((gap) => {
    const fits = ({ persona }: Recipe): boolean => {
      if (gap.persona !== null) return persona === gap.persona || known.get(persona)?.parent === gap.persona;
      return gap.category !== null && known.get(persona)?.category === gap.category;
    };
    const found = recipes.filter(fits).map(describe);
    return { ...gap, recipes: found.toSorted(byWorth) };
  });
}

/** Rows that a recipe can give: no more than its cap, and no more than its authors publish. */
function recipeRows(recipe: Recipe): number {
  return Math.min(recipe.cap, recipe.published_rows ?? recipe.declared_rows);
}

function describe(recipe: Recipe): GapRecipe {
  return {
    recipe: recipe.id,
    hub: recipe.repo,
    persona: recipe.persona,
    rows: recipeRows(recipe),
    licence: recipe.license,
    benchmark: recipe.benchmark,
  };
}

function byWorth(a: GapRecipe, b: GapRecipe): number {
  return Number(a.benchmark) - Number(b.benchmark) || b.rows - a.rows || (a.recipe < b.recipe ? -1 : 1);
}
