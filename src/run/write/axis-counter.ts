import type { AxisEntry, ShareAmount } from '../../report/model.ts';

type Counted = Pick<
  AxisEntry,
  | 'before'
  | 'after'
  | 'placed'
  | 'effectiveSampleSize'
  | 'maxRepeats'
  | 'copiesShare'
  | 'syntheticShare'
  | 'abstentions'
>;

/** Weight of one row: how much of each unit it is, how often it stands in the corpus, and whether it was made or unsure. */
export interface CountedRow {
  tokens: number;
  supervisedTokens: number;
  /** Times the row stands in the corpus; 0 when not selected. */
  copies: number;
  synthetic: boolean;
  /** Whether a phase or an adapter takes it. */
  placed: boolean;
  abstained: boolean;
}

/** Before and after amounts for every entry of one axis. */
export class AxisCounter {
  readonly #before: Float64Array;
  readonly #after: Float64Array;
  readonly #placed: Float64Array;
  readonly #sumSquares: Float64Array;
  readonly #distinct: Float64Array;
  readonly #maxRepeats: Uint32Array;
  readonly #synthetic: Float64Array;
  readonly #abstentions: Float64Array;

  constructor(entries: number) {
    this.#before = new Float64Array(entries * 3);
    this.#after = new Float64Array(entries * 3);
    this.#placed = new Float64Array(entries * 3);
    this.#sumSquares = new Float64Array(entries);
    this.#distinct = new Float64Array(entries);
    this.#maxRepeats = new Uint32Array(entries);
    this.#synthetic = new Float64Array(entries);
    this.#abstentions = new Float64Array(entries);
  }

  addSupply(entry: number, row: CountedRow): void {
    addTo(this.#before, entry * 3, 1, row);
    if (row.abstained) this.#abstentions[entry] = (this.#abstentions[entry] ?? 0) + 1;
  }

  addSelected(entry: number, row: CountedRow): void {
    addTo(this.#after, entry * 3, row.copies, row);
    if (row.placed) addTo(this.#placed, entry * 3, row.copies, row);
    this.#sumSquares[entry] = (this.#sumSquares[entry] ?? 0) + row.copies * row.copies;
    this.#distinct[entry] = (this.#distinct[entry] ?? 0) + 1;
    this.#maxRepeats[entry] = Math.max(this.#maxRepeats[entry] ?? 0, row.copies);
    if (row.synthetic) this.#synthetic[entry] = (this.#synthetic[entry] ?? 0) + row.copies;
  }

  /** `unit` is the index of the balance unit: 0 rows, 1 tokens, 2 supervised tokens; the totals are what shares are of. */
  result(
    entry: number,
    unit: number,
    totals: Readonly<Record<'before' | 'after' | 'placed', readonly number[]>>,
  ): Counted {
    const after = this.#amount(this.#after, entry, unit, totals.after);
    const squares = this.#sumSquares[entry] ?? 0;
    const rows = after.rows;
    return {
      before: this.#amount(this.#before, entry, unit, totals.before),
      after,
      placed: this.#amount(this.#placed, entry, unit, totals.placed),
      effectiveSampleSize: squares > 0 ? (rows * rows) / squares : 0,
      maxRepeats: this.#maxRepeats[entry] ?? 0,
      copiesShare: rows > 0 ? (rows - (this.#distinct[entry] ?? 0)) / rows : 0,
      syntheticShare: rows > 0 ? (this.#synthetic[entry] ?? 0) / rows : 0,
      abstentions: this.#abstentions[entry] ?? 0,
    };
  }

  #amount(from: Float64Array, entry: number, unit: number, totals: readonly number[]): ShareAmount {
    const at = entry * 3;
    const total = totals[unit] ?? 0;
    return {
      rows: from[at] ?? 0,
      tokens: from[at + 1] ?? 0,
      supervisedTokens: from[at + 2] ?? 0,
      share: total > 0 ? (from[at + unit] ?? 0) / total : 0,
    };
  }
}

function addTo(into: Float64Array, at: number, times: number, row: CountedRow): void {
  into[at] = (into[at] ?? 0) + times;
  into[at + 1] = (into[at + 1] ?? 0) + times * row.tokens;
  into[at + 2] = (into[at + 2] ?? 0) + times * row.supervisedTokens;
}
