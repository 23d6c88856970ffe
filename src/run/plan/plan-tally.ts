import type { CorpusSource } from './corpus.ts';
import type { PlanTable } from './plan-table.ts';

/** Rows, tokens and supervised tokens of a part of the balanced corpus, copies counted. */
export interface Prediction {
  readonly rows: number;
  readonly tokens: number;
  readonly supervised_tokens: number;
  /** Rows that repeat another row of the part. */
  readonly copies: number;
  /** Rows of sources that are marked synthetic, copies counted. */
  readonly synthetic: number;
  /** Of the rows of the balanced corpus. */
  readonly share: number;
}

const fields = 5;

/** Sums over table rows for a fixed number of parts; 40 bytes a part. */
export class PlanTally {
  readonly #sums: Float64Array;
  readonly #table: PlanTable;
  readonly #synthetic: Uint8Array;

  /** @param synthetic 1 per table row of a synthetic source (`syntheticRows`) */
  constructor(parts: number, table: PlanTable, synthetic: Uint8Array) {
    this.#sums = new Float64Array(parts * fields);
    this.#table = table;
    this.#synthetic = synthetic;
  }

  /** `times` appearances of a table row in a part, `copies` of them repeats. */
  add(part: number, row: number, times: number, copies: number): void {
    const sums = this.#sums;
    const at = part * fields;
    sums[at] = (sums[at] ?? 0) + times;
    sums[at + 1] = (sums[at + 1] ?? 0) + times * (this.#table.tokens[row] ?? 0);
    sums[at + 2] = (sums[at + 2] ?? 0) + times * (this.#table.supervisedTokens[row] ?? 0);
    sums[at + 3] = (sums[at + 3] ?? 0) + copies;
    if (this.#synthetic[row] === 1) sums[at + 4] = (sums[at + 4] ?? 0) + times;
  }

  rows(part: number): number {
    return this.#sums[part * fields] ?? 0;
  }

  of(part: number, totalRows: number): Prediction {
    const at = part * fields;
    const rows = this.#sums[at] ?? 0;
    return {
      rows,
      tokens: this.#sums[at + 1] ?? 0,
      supervised_tokens: this.#sums[at + 2] ?? 0,
      copies: this.#sums[at + 3] ?? 0,
      synthetic: this.#sums[at + 4] ?? 0,
      share: totalRows > 0 ? rows / totalRows : 0,
    };
  }
}

/** One byte a row: whether its source is marked synthetic. */
export function syntheticRows(table: PlanTable, sources: readonly CorpusSource[]): Uint8Array {
  const synthetic = new Uint8Array(table.rows);
  table.units.forEach((unit, u) => {
    if (sources[unit.source]?.synthetic) synthetic.fill(1, table.unitStart[u], table.unitStart[u + 1]);
  });
  return synthetic;
}
