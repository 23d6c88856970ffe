import { coveringName } from '../../balance/coverage.ts';
import type { BalanceCell, BalanceProblem, SyntheticCaps } from '../../balance/problem.ts';
import type { Config } from '../../config/schema.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';

/** The balance problem that a configuration poses over a supply. */
export function buildProblem(
  cells: readonly BalanceCell[],
  config: Config,
  taxonomy: Taxonomy,
): BalanceProblem {
  const groups = [...new Set(taxonomy.traits.map((trait) => trait.group))].filter((group) => group !== null);
  const parents = Object.fromEntries(taxonomy.personas.map((persona) => [persona.id, persona.parent]));
  const { balance, augmentation } = config;
  return {
    cells,
    personaWeights: config.dataset.persona_weights,
    traitRequirements: config.dataset.trait_requirements,
    categoryBands: config.dataset.category_bands,
    parents,
    categories: Object.fromEntries(taxonomy.personas.map((persona) => [persona.id, persona.category])),
    exclusive: groups.map((group) =>
      taxonomy.traits.filter((trait) => trait.group === group).map((trait) => trait.id),
    ),
    rest: balance.rest,
    restTemperature: balance.rest_temperature,
    restEpochs: balance.rest_epochs,
    supplyFactors: supplyFactors(cells, augmentation.synthetic_upsampling, parents),
    total: balance.total,
    maxRepeats: defaultRepeats(config),
    ...(typeof balance.max_repeats === 'number'
      ? {}
      : { personaRepeats: withoutDefault(balance.max_repeats) }),
    ...(balance.max_synthetic_share === undefined
      ? {}
      : { syntheticCaps: syntheticCaps(balance.max_synthetic_share) }),
  };
}

/** Most copies of a row whose persona has no limit of its own. */
function defaultRepeats({ balance }: Config): number {
  const { max_repeats: repeats } = balance;
  return typeof repeats === 'number' ? repeats : (repeats['default'] ?? 4);
}

/** Most copies of any row. */
export function largestRepeats({ balance }: Config): number {
  const { max_repeats: repeats } = balance;
  return typeof repeats === 'number' ? repeats : Math.max(repeats['default'] ?? 4, ...Object.values(repeats));
}

function withoutDefault(limits: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(limits).filter(([name]) => name !== 'default'));
}

function syntheticCaps(shares: NonNullable<Config['balance']['max_synthetic_share']>): SyntheticCaps {
  if (typeof shares === 'number') return { corpus: shares };
  const { corpus, default: eachPersona, ...personas } = shares;
  return {
    ...(corpus === undefined ? {} : { corpus }),
    ...(eachPersona === undefined ? {} : { eachPersona }),
    personas,
  };
}

/**
 * Up-sampling makes the supply of a persona without a weight count for more when what is left is shared out: the rows that
 * were not made, times the factor. Rows that were made meet it first; copies within max_repeats meet what is missing.
 * A weighted persona (or the child of one) has its share already.
 */
function supplyFactors(
  cells: readonly BalanceCell[],
  factors: Readonly<Record<string, number>>,
  parents: Readonly<Record<string, string>>,
): Record<string, number> {
  const sums = new Map<string, { rows: number; found: number }>();
  for (const { persona, rows, synthetic } of cells) {
    const sum = sums.get(persona) ?? { rows: 0, found: 0 };
    sum.rows += rows;
    if (!synthetic) sum.found += rows;
    sums.set(persona, sum);
  }
  return Object.fromEntries(
    [...sums].flatMap(([persona, { rows, found }]) => {
      const factor = factors[coveringName(factors, parents, persona) ?? ''];
      return factor === undefined || rows === 0
        ? []
        : [[persona, (factor * (found || rows)) / rows] as const];
    }),
  );
}
