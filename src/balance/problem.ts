/** Rows of one persona that carry exactly these traits, counted after duplicates are out. */
export interface BalanceCell {
  readonly persona: string;
  readonly traits: readonly string[];
  readonly rows: number;
  /** Mean units (tokens) of a row when shares are shares of tokens; default 1. Kept to three decimals. */
  readonly unitsPerRow?: number;
  /** Rows that were made; only caps on synthetic shares tell them apart. Default false. */
  readonly synthetic?: boolean;
}

/** `min` and `max` are hard; `target` beside them is wished for, `target` alone is hard. Shares in [0, 1]. */
export interface Band {
  readonly min?: number;
  readonly max?: number;
  readonly target?: number;
}

/** What the balanced corpus must look like. Order of cells and keys never matters. */
export interface BalanceProblem {
  readonly cells: readonly BalanceCell[];
  /** A weight also covers the children (`parents`) that have no weight of their own. */
  readonly personaWeights: Readonly<Record<string, number | Band>>;
  readonly traitRequirements: Readonly<Record<string, number | Band>>;
  readonly categoryBands: Readonly<Record<string, number | Band>>;
  /** Persona → parent persona. */
  readonly parents: Readonly<Record<string, string>>;
  /** Persona → category. */
  readonly categories: Readonly<Record<string, string>>;
  /** A row, also a new one, has at most one trait of each group. */
  readonly exclusive: readonly (readonly string[])[];
  /**
   * Personas with neither weight nor weighted parent: by supply, by supply to a power, evenly with a cap on epochs (UniMax,
   * Chung et al. 2023), or not at all.
   */
  readonly rest: 'natural' | 'temperature' | 'unimax' | 'drop';
  /** Exponent on a rest persona's supply where `rest` is `temperature`: 1 is natural, 0 is even. Default 0.5. */
  readonly restTemperature?: number;
  /** Most epochs of a rest persona's supply where `rest` is `unimax`, beside the cap on repeats. Default 4. */
  readonly restEpochs?: number;
  /** Persona of the rest → what its supply counts as, as a multiple, when what is left is shared out. */
  readonly supplyFactors?: Readonly<Record<string, number>>;
  /** Size in units, or the largest at which the shares hold (never more than supplied). */
  readonly total: number | 'max';
  /** Most copies of a row. */
  readonly maxRepeats: number;
  /** Persona → most copies of its rows; also covers its children that are not named here. */
  readonly personaRepeats?: Readonly<Record<string, number>>;
  readonly syntheticCaps?: SyntheticCaps;
}

/** Largest shares of synthetic rows, in units; always kept, in the nearest mix too. */
export interface SyntheticCaps {
  /** Of the balanced corpus. */
  readonly corpus?: number;
  /** Of each persona that `personas` does not cover. */
  readonly eachPersona?: number;
  /** Of a persona and its children that are not named here. */
  readonly personas?: Readonly<Record<string, number>>;
}
