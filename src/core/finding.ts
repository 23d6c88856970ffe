/** What a check found wrong with data: never thrown, always listed with its place. */
export interface Finding {
  /** Stable, lower-case, hyphenated: `turns-too-few`. Tests and scripts compare codes, never sentences. */
  readonly code: string;
  /** An error makes `check` leave with 2; a warning is only told. */
  readonly severity: 'error' | 'warning';
  /** Where: a file, a record's id, an index inside it. `conv_0007 turn 3`. */
  readonly place: string;
  /** A sentence that holds the offending value. */
  readonly message: string;
}
