import type { Band, BalanceProblem } from './problem.ts';

/** A problem as balance case files write it. */
export interface BalanceCase {
  readonly name: string;
  readonly supply: readonly {
    readonly persona: string;
    readonly traits: readonly string[];
    readonly rows: number;
    readonly synthetic?: boolean;
  }[];
  readonly persona_weights?: Readonly<Record<string, number | Band>>;
  readonly trait_requirements?: Readonly<Record<string, number | Band>>;
  readonly category_bands?: Readonly<Record<string, number | Band>>;
  readonly parents?: Readonly<Record<string, string>>;
  readonly categories?: Readonly<Record<string, string>>;
  readonly exclusive?: readonly (readonly string[])[];
  readonly rest?: BalanceProblem['rest'];
  readonly rest_temperature?: number;
  readonly rest_epochs?: number;
  readonly total: number | 'max';
  readonly max_repeats: number;
  readonly persona_repeats?: Readonly<Record<string, number>>;
  readonly synthetic_caps?: BalanceProblem['syntheticCaps'];
}

/** The problem of a case; absent maps are empty, the rest is natural. */
export function readCase(entry: BalanceCase): BalanceProblem {
  return {
    cells: entry.supply,
    personaWeights: entry.persona_weights ?? {},
    traitRequirements: entry.trait_requirements ?? {},
    categoryBands: entry.category_bands ?? {},
    parents: entry.parents ?? {},
    categories: entry.categories ?? {},
    exclusive: entry.exclusive ?? [],
    rest: entry.rest ?? 'natural',
    restTemperature: entry.rest_temperature,
    restEpochs: entry.rest_epochs,
    total: entry.total,
    maxRepeats: entry.max_repeats,
    personaRepeats: entry.persona_repeats,
    syntheticCaps: entry.synthetic_caps,
  };
}
