import { explainSolution } from '../../balance/explain.ts';
import type { Band } from '../../balance/problem.ts';
import { solveBalance } from '../../balance/solve.ts';
import { bandWords, percentWords } from '../../balance/words.ts';
import type { Config } from '../../config/schema.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import type { Recipe } from '../../source/recipe.ts';
import type { DeclaredSource } from '../scan/declared-sources.ts';
import { type SuppliedGap, supplyGaps } from './gap-recipes.ts';
import { buildProblem } from './plan-problem.ts';

/** Before and after the sources that are not tagged yet, from counts alone: what a fetch would change, before it. */
export interface Projection {
  readonly counts: Config['plan']['counts'];
  readonly rows_before: number;
  readonly rows_after: number;
  /** Rows that missing and surplus rows are counted against: `balance.total`, or `rows_after` where it is max. */
  readonly goal_rows: number;
  /** Rows of sources without an origin persona; part of `rows_after`, of no line. */
  readonly unattributed_rows: number;
  /** The lines that stay furthest below their targets, in words; personas first. */
  readonly findings: readonly string[];
  readonly personas: readonly ProjectedShare[];
  readonly categories: readonly ProjectedShare[];
  readonly sources: readonly DeclaredSource[];
  /** Whether the persona and category shares could hold after the fetch; traits are not known before tagging. */
  readonly feasible: boolean;
  readonly sentences: readonly string[];
  /** The largest (or asked) balanced corpus, in rows. */
  readonly balanced_rows: number;
  /** Largest first. */
  readonly gaps: readonly SuppliedGap[];
}

/** One line: a weighted persona with the children that it covers, a persona without a weight, or a category. */
export interface ProjectedShare {
  readonly name: string;
  readonly before_rows: number;
  readonly before_share: number;
  readonly added_rows: number;
  readonly after_rows: number;
  readonly after_share: number;
  readonly target: { readonly min: number; readonly max: number } | null;
  readonly status: 'under' | 'over' | 'within' | 'no target';
  /** Rows short of the target's share of `goal_rows`; 0 where there are enough. */
  readonly missing_rows: number;
  /** Rows above the target's share of `goal_rows`. */
  readonly surplus_rows: number;
}

/** A share may miss its target by a point before a line is called under or over. */
const toleratedShare = 0.01;

/** @param before rows per persona that are there: tagged rows, plus `plan.have` */
export async function projectSources(params: {
  readonly config: Config;
  readonly taxonomy: Taxonomy;
  readonly before: ReadonlyMap<string, number>;
  readonly sources: readonly DeclaredSource[];
  readonly recipes: readonly Recipe[];
}): Promise<Projection> {
  const { config, taxonomy, before, sources, recipes } = params;
  const added = new Map<string, number>();
  let unattributed = 0;
  for (const { persona, counted } of sources) {
    if (persona === null) unattributed += counted ?? 0;
    else added.set(persona, (added.get(persona) ?? 0) + (counted ?? 0));
  }
  const rowsBefore = sumOf(before);
  const rowsAfter = rowsBefore + sumOf(added) + unattributed;
  const goal = config.balance.total === 'max' ? rowsAfter : config.balance.total;
  const lines = { before, added, rowsBefore, rowsAfter, goal };
  const personas = personaLines(config, taxonomy, lines);
  const categories = categoryLines(config, taxonomy, lines);
  const { solution, problem } = await balanceCounts(config, taxonomy, before, added);
  return {
    counts: config.plan.counts,
    rows_before: rowsBefore,
    rows_after: rowsAfter,
    goal_rows: goal,
    unattributed_rows: unattributed,
    findings: [...findShort('persona', personas), ...findShort('category', categories)],
    personas,
    categories,
    sources,
    feasible: solution.feasible,
    sentences: explainSolution(solution, problem),
    balanced_rows: solution.total,
    gaps: gapsOfLines(personas, taxonomy, recipes),
  };
}

interface Counts {
  readonly before: ReadonlyMap<string, number>;
  readonly added: ReadonlyMap<string, number>;
  readonly rowsBefore: number;
  readonly rowsAfter: number;
  readonly goal: number;
}

/** Weighted personas in the order of the taxonomy, then the others that have rows. */
function personaLines(config: Config, taxonomy: Taxonomy, counts: Counts): ProjectedShare[] {
  const weights = config.dataset.persona_weights;
  const covering = new Map(
    taxonomy.personas.map(({ id, parent }) => [id, id in weights ? id : parent in weights ? parent : id]),
  );
  const names = taxonomy.personas.map(({ id }) => id).filter((id) => covering.get(id) === id);
  const lines = names.map((name) =>
    line(name, weights[name] ?? null, (persona) => covering.get(persona) === name, counts),
  );
  const shown = lines.filter(({ target, after_rows: rows }) => target !== null || rows > 0);
  return shown.toSorted((a, b) => Number(a.target === null) - Number(b.target === null));
}

/** The configuration's bands, else the printed ones of the taxonomy. */
function categoryLines(config: Config, taxonomy: Taxonomy, counts: Counts): ProjectedShare[] {
  const categoryOf = new Map(taxonomy.personas.map(({ id, category }) => [id, category]));
  return taxonomy.categories.map(({ id, min, max }) =>
    line(
      id,
      config.dataset.category_bands[id] ?? { min: min / 100, max: max / 100 },
      (persona) => categoryOf.get(persona) === id,
      counts,
    ),
  );
}

function line(
  name: string,
  wish: number | Band | null,
  isMember: (persona: string) => boolean,
  counts: Counts,
): ProjectedShare {
  const count = (rows: ReadonlyMap<string, number>): number =>
    [...rows].reduce((sum, [persona, own]) => (isMember(persona) ? sum + own : sum), 0);
  const beforeRows = count(counts.before);
  const addedRows = count(counts.added);
  const afterRows = beforeRows + addedRows;
  const afterShare = ratio(afterRows, counts.rowsAfter);
  const target = wish === null ? null : readTarget(wish);
  return {
    name,
    before_rows: beforeRows,
    before_share: ratio(beforeRows, counts.rowsBefore),
    added_rows: addedRows,
    after_rows: afterRows,
    after_share: afterShare,
    target: target && { min: target.min, max: target.max },
    status: statusOf(afterShare, target),
    missing_rows: target ? Math.max(0, Math.ceil(target.wanted * counts.goal - 1e-6) - afterRows) : 0,
    surplus_rows: target ? Math.max(0, afterRows - Math.floor(target.max * counts.goal + 1e-6)) : 0,
  };
}

/** `wanted`: what rows are missing against; the wish inside a band, else its lower end. */
function readTarget(wish: number | Band): { min: number; max: number; wanted: number } {
  if (typeof wish === 'number') return { min: wish, max: wish, wanted: wish };
  const alone = wish.min === undefined && wish.max === undefined ? wish.target : undefined;
  if (alone !== undefined) return { min: alone, max: alone, wanted: alone };
  const min = wish.min ?? 0;
  return { min, max: wish.max ?? 1, wanted: wish.target ?? min };
}

function statusOf(share: number, target: { min: number; max: number } | null): ProjectedShare['status'] {
  if (!target) return 'no target';
  if (share < target.min - toleratedShare) return 'under';
  return share > target.max + toleratedShare ? 'over' : 'within';
}

/** What the balancer says of these counts. Rows without a persona cannot enter it, nor can traits. */
async function balanceCounts(
  config: Config,
  taxonomy: Taxonomy,
  before: ReadonlyMap<string, number>,
  added: ReadonlyMap<string, number>,
): Promise<{ solution: Awaited<ReturnType<typeof solveBalance>>; problem: ReturnType<typeof buildProblem> }> {
  const cells = taxonomy.personas
    .map(({ id }) => ({ persona: id, traits: [], rows: (before.get(id) ?? 0) + (added.get(id) ?? 0) }))
    .filter(({ rows }) => rows > 0);
  const dataset = { ...config.dataset, trait_requirements: {} };
  const problem = buildProblem(cells, { ...config, dataset }, taxonomy);
  return { solution: await solveBalance(problem), problem };
}

/** The three lines that stay furthest below their target, if any does by more than the tolerance. */
function findShort(kind: string, lines: readonly ProjectedShare[]): string[] {
  const short = ({ target, after_share: share }: ProjectedShare): number => (target?.min ?? 0) - share;
  return lines
    .filter(({ status }) => status === 'under')
    .toSorted((a, b) => short(b) - short(a))
    .slice(0, 3)
    .map(({ name, after_share: share, target }) => {
      return `${kind} ${name} comes to ${percentWords(Number(share.toFixed(4)))} of the rows, its target is ${bandWords(target?.min ?? 0, target?.max ?? 1)}`;
    });
}

function gapsOfLines(
  personas: readonly ProjectedShare[],
  taxonomy: Taxonomy,
  recipes: readonly Recipe[],
): SuppliedGap[] {
  const categoryOf = new Map(taxonomy.personas.map(({ id, category }) => [id, category]));
  const gaps = personas
    .filter((entry) => entry.missing_rows > 0)
    .toSorted((a, b) => b.missing_rows - a.missing_rows)
    .map(({ name, missing_rows: rows }) => ({
      persona: name,
      category: categoryOf.get(name) ?? null,
      traits: [],
      rows,
      cause: 'supply' as const,
      curable: true,
    }));
  return supplyGaps(gaps, taxonomy, recipes);
}

function sumOf(rows: ReadonlyMap<string, number>): number {
  return [...rows.values()].reduce((sum, own) => sum + own, 0);
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
