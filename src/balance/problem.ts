/** Rows of one persona that carry exactly these traits, counted after duplicates are out. */
export interface BalanceCell {
  readonly persona: string;
  readonly traits: readonly string[];
  readonly rows: number;
  /** Mean units (tokens) of a row when shares are shares of tokens; default 1. Kept to three decimals. */
  readonly unitsPerRow?: number;
  /** Most copies of each row of this cell; default: the problem's. */
  readonly maxRepeats?: number;
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
  /** Personas with neither weight nor weighted parent: by supply, by supply to a power, or not at all. */
  readonly rest: 'natural' | 'temperature' | 'drop';
  /** Exponent on a rest persona's supply where `rest` is `temperature`: 1 is natural, 0 is even. Default 0.5. */
  readonly restTemperature?: number;
  /** Size in units, or the largest at which the shares hold (never more than supplied). */
  readonly total: number | 'max';
  readonly maxRepeats: number;
}
