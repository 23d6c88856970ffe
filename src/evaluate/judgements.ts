/**
 * What a tagger said of labelled rows, one entry a row in the order of the files. Personas are indices into the taxonomy, of which
 * there are fewer than 256. 11 bytes a row.
 */
export interface Judgements {
  readonly rows: number;
  readonly gold: Uint8Array;
  /** Best class before abstention. */
  readonly best: Uint8Array;
  /** Calibrated probability of `best`. */
  readonly scores: Float64Array;
  /** 1 where `best` reaches its threshold; elsewhere the row abstains. */
  readonly isSure: Uint8Array;
}

/** Final labels: the best class, or `abstain` where it is not sure enough. */
export function finalLabels(judgements: Judgements, abstain: number): Uint8Array {
  return judgements.best.map((best, row) => (judgements.isSure[row] ? best : abstain));
}
