/** Why a constraint is not met to the row. */
export type GapCause = 'supply' | 'conflict' | 'rounding';

/** One named constraint, before and after. Counts are in the unit of the balance (rows, unless cells carry `unitsPerRow`). */
export interface ConstraintReport {
  /** `persona:x`, `trait:y`, `category:z`, `total`, or a cap: `synthetic` or `synthetic:x`, whose share is of its own base. */
  readonly name: string;
  readonly lo: number;
  readonly hi: number;
  /** Wished share inside the band, if any. */
  readonly target: number | null;
  readonly wantedRows: readonly [number, number];
  readonly rows: number;
  readonly share: number;
  /** Rows supplied, each counted once. */
  readonly supplyRows: number;
  /** Distance of `rows` from `wantedRows`. */
  readonly shortfallRows: number;
  /** The share stands at an end of its band, or the supply of its members is used up. */
  readonly binding: boolean;
  readonly cause: GapCause | null;
}

/** New rows of one persona with exactly these traits. */
export interface NewRows {
  readonly persona: string;
  readonly traits: readonly string[];
  readonly rows: number;
  /** Only where synthetic shares are capped: whether made rows will do; false: they must come from elsewhere. */
  readonly synthetic?: boolean;
}

/** The least change of one band in the nearest mix. */
export interface Relaxation {
  readonly constraint: string;
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
}

/** Why the wishes cannot all hold, and what would help. */
export interface Certificate {
  /** One minimal set: together impossible, possible when any one is taken away. */
  readonly conflicts: readonly string[];
  /** Sum over all constraints of the distance from the band, in units of the nearest mix. */
  readonly byRows: number;
  /** The same in points (hundredths of the corpus). */
  readonly byPoints: number;
  readonly relaxation: readonly Relaxation[];
  /** Fewest new rows with which everything holds; null when no new row helps. */
  readonly cure: readonly NewRows[] | null;
  /** Smallest `maxRepeats` with which everything holds at the asked size; null when none does or the size is `max`. */
  readonly maxRepeatsNeeded: number | null;
  readonly nearest: { readonly l1: number; readonly total: number };
  /** Plain words for people. */
  readonly sentence: string;
}

/** The answer of the balancer. Exact and deterministic; independent of the order of cells and keys. */
export interface BalanceSolution {
  /** Whether real-valued quotas meet every hard constraint, judged in exact arithmetic before rounding. */
  readonly feasible: boolean;
  /** Integer copies per cell, in the order of `problem.cells`; 0 ≤ quota ≤ rows × maxRepeats. */
  readonly quotas: number[];
  /** Units per cell before rounding: what the selection aims at where shares are shares of tokens. */
  readonly unitQuotas: readonly number[];
  /** Sum of the quotas. */
  readonly total: number;
  /** Sorted by name within personas, traits, categories; then caps that could bind; `total` last. */
  readonly constraints: ConstraintReport[];
  readonly certificate: Certificate | null;
  /**
   * Where the largest size is asked and the shares stop it short of the rows supplied: fewest new rows with which it would
   * reach them; null elsewhere, or where no new row helps.
   */
  readonly growth: readonly NewRows[] | null;
}
