import type { ConstraintReport } from '../../balance/solution.ts';
import { listCaps } from '../../balance/caps.ts';
import { repeatsOf } from '../../balance/coverage.ts';
import { ownerOf } from '../../balance/model.ts';
import type { Config } from '../../config/schema.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import type { PlannedCorpus } from './plan-corpus.ts';

/** `plan/targets.json`: what the shards must hold, so that they can be checked without the inputs. */
export interface PlanTargets {
  readonly unit: Config['balance']['unit'];
  /** Rows of the balanced corpus, copies counted. */
  readonly total: number;
  /** Counts in `unit`. */
  readonly constraints: readonly ConstraintReport[];
  /** Rows of the balanced corpus per label, copies counted; labels without rows are left out. */
  readonly corpus: Readonly<Record<'persona' | 'category' | 'trait', Readonly<Record<string, number>>>>;
  /** Whether exact duplicates were dropped, so that no text stands twice. */
  readonly deduplicated: boolean;
  readonly mode: Config['training']['curriculum']['mode'];
  /** Most copies of a row, per persona where it differs. */
  readonly default_repeats: number;
  readonly repeats: Readonly<Record<string, number>>;
  /** Persona → category, and the persona whose weight covers it. */
  readonly categories: Readonly<Record<string, string>>;
  readonly owners: Readonly<Record<string, string>>;
  /** Persona → the persona whose cap on synthetic rows covers it. */
  readonly capped_by: Readonly<Record<string, string>>;
}

export function describeTargets(
  { table, plan }: Pick<PlannedCorpus, 'table' | 'plan'>,
  config: Config,
  taxonomy: Taxonomy,
): PlanTargets {
  const { problem, solution } = plan;
  const personas = new Float64Array(taxonomy.personas.length);
  const traits = new Float64Array(taxonomy.traits.length);
  for (let row = 0; row < table.rows; row++) {
    const copies = plan.copies[row] ?? 0;
    if (copies === 0) continue;
    const persona = table.persona[row] ?? 0;
    personas[persona] = (personas[persona] ?? 0) + copies;
    for (let rest = table.traits[row] ?? 0; rest !== 0; rest &= rest - 1) {
      const trait = 31 - Math.clz32(rest & -rest);
      traits[trait] = (traits[trait] ?? 0) + copies;
    }
  }
  const categories = new Map<string, number>();
  taxonomy.personas.forEach(({ category }, persona) =>
    categories.set(category, (categories.get(category) ?? 0) + (personas[persona] ?? 0)),
  );
  const limitOf = (persona: string): number =>
    Math.ceil(repeatsOf(problem, persona, ownerOf(problem, persona) === null));
  const ids = taxonomy.personas.map((persona) => persona.id);
  return {
    unit: config.balance.unit,
    total: solution.total,
    constraints: solution.constraints,
    corpus: {
      persona: counted(ids.map((id, persona) => [id, personas[persona] ?? 0])),
      category: counted([...categories]),
      trait: counted(taxonomy.traits.map(({ id }, trait) => [id, traits[trait] ?? 0])),
    },
    deduplicated: config.dataset.deduplicate && config.dataset.filter_duplicates,
    mode: config.training.curriculum.mode,
    default_repeats: problem.maxRepeats,
    repeats: Object.fromEntries(
      ids.map((id) => [id, limitOf(id)] as const).filter(([, limit]) => limit !== problem.maxRepeats),
    ),
    categories: Object.fromEntries(taxonomy.personas.map(({ id, category }) => [id, category])),
    owners: Object.fromEntries(
      ids.flatMap((id) => {
        const owner = ownerOf(problem, id);
        return owner === null ? [] : [[id, owner] as const];
      }),
    ),
    capped_by: Object.fromEntries(
      listCaps(problem).flatMap(({ name, personas: covered }) =>
        [...(covered ?? [])].map((persona) => [persona, name.slice('synthetic:'.length)] as const),
      ),
    ),
  };
}

function counted(entries: readonly (readonly [string, number])[]): Record<string, number> {
  return Object.fromEntries(entries.filter(([, rows]) => rows > 0));
}
