import { agreeingBytes } from '../../balance/thin-clusters.ts';
import type { Message } from '../../core/row.ts';
import { createScreenColumns, RowScreen, type ScreenColumns } from '../../tag/screen-unit.ts';
import { SignedRows } from '../signed-rows.ts';
import { readRows } from './read-rows.ts';

/** The defaults of `dataset.near_duplicates`: word 5-grams, 14 bands of 8, and rows at least 0.7 alike. */
const rules = { ngram: 5, bands: 14, rowsPerBand: 8, text: 'conversation' } as const;
const minSimilarity = 0.7;

/** Finds rows that nearly repeat others, one after another: against real rows, and against those that came before. */
export class NearRows {
  readonly #screen = new RowScreen({ nearDuplicates: rules, benchmarks: null });
  readonly #real: SignedRows;
  readonly #made: SignedRows;

  constructor() {
    const needed = agreeingBytes({ signatureBytes: this.#screen.signatureBytes, minSimilarity });
    this.#real = new SignedRows(rules.bands, needed);
    this.#made = new SignedRows(rules.bands, needed);
  }

  /** Takes in every row of a file or folder; returns how many. @throws ConfigError `source-not-found` */
  async addReal(path: string, signal: AbortSignal | undefined): Promise<number> {
    let rows = 0;
    for await (const { row, place } of readRows(path, signal)) {
      if (!row) continue;
      this.#real.add(place, this.#sign(row.messages));
      rows++;
    }
    return rows;
  }

  /** Which earlier row and which real row this one nearly repeats; then it counts as an earlier one itself. */
  meet(
    key: string,
    messages: readonly Message[],
  ): { readonly made: string | null; readonly real: string | null } {
    const signed = this.#sign(messages);
    const met = { made: this.#made.find(key, signed) ?? null, real: this.#real.find(key, signed) ?? null };
    this.#made.add(key, signed);
    return met;
  }

  #sign(messages: readonly Message[]): ScreenColumns {
    const signed = createScreenColumns(this.#screen, 1);
    this.#screen.add(messages, signed, 0);
    return signed;
  }
}
