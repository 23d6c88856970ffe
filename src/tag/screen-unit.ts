import type { Message, RowBatch } from '../core/row.ts';
import { WordHashes } from '../lib/word-hashes.ts';
import { MinHasher, type MinHashParams } from './minhash.ts';
import { NgramFinder, type NgramIndex } from './ngram-index.ts';

/** Which messages near-duplicates are judged by: `conversation` is all but the system's. */
export type ComparedText = 'conversation' | 'row' | 'assistant';

export interface ScreenRules {
  readonly nearDuplicates: (MinHashParams & { readonly text: ComparedText }) | null;
  readonly benchmarks: NgramIndex | null;
}

/** What screening found, row-aligned with the unit's tag sidecar. */
export interface ScreenColumns {
  readonly rows: number;
  /** Two words per band and row, row-major: rows that share a band's hash are near-duplicates. 0 and 0: no words, or rejected. */
  readonly bands: Uint32Array;
  readonly bandCount: number;
  /** One byte per permutation, row-major; see `MinHasher.writeSignature`. */
  readonly signatures: Uint8Array;
  readonly signatureBytes: number;
  /** One bit per benchmark, `maskWords` words a row. */
  readonly benchmarks: Uint32Array;
  readonly maskWords: number;
}

/**
 * Reads one unit for near-duplicates and benchmark texts. The words of a row are those of its messages in order, with the
 * arguments of tool calls; n-grams of benchmarks are looked for in every message on its own.
 * Holds one batch, and per row of the unit 8 bytes per band and 1 per permutation.
 */
export async function screenUnit(
  rules: ScreenRules,
  batches: AsyncIterable<RowBatch>,
  expectedRows: number,
): Promise<ScreenColumns> {
  const screen = new RowScreen(rules);
  let columns = createScreenColumns(screen, Math.max(16, expectedRows));
  let rows = 0;
  for await (const batch of batches) {
    if (rows + batch.length > columns.rows)
      columns = copyRows(
        columns,
        rows,
        createScreenColumns(screen, Math.max(rows + batch.length, columns.rows * 2)),
      );
    for (const entry of batch) {
      const row = rows++;
      if ('value' in entry) screen.add(entry.value.messages, columns, row);
    }
  }
  return copyRows(columns, rows, createScreenColumns(screen, rows));
}

/** Columns for `rows` rows, all zero. */
export function createScreenColumns(
  { bandCount, signatureBytes, maskWords }: Pick<RowScreen, 'bandCount' | 'signatureBytes' | 'maskWords'>,
  rows: number,
): ScreenColumns {
  return {
    rows,
    bands: new Uint32Array(rows * bandCount * 2),
    bandCount,
    signatures: new Uint8Array(rows * signatureBytes),
    signatureBytes,
    benchmarks: new Uint32Array(rows * maskWords),
    maskWords,
  };
}

/** Screens one row after another; keeps the buffers. */
export class RowScreen {
  readonly bandCount: number;
  readonly signatureBytes: number;
  readonly maskWords: number;
  readonly #text: ComparedText;
  readonly #hasher: MinHasher | null;
  readonly #finder: NgramFinder | null;
  readonly #compared = new WordHashes();
  readonly #message = new WordHashes();

  constructor(rules: ScreenRules) {
    this.#text = rules.nearDuplicates?.text ?? 'row';
    this.#hasher = rules.nearDuplicates ? new MinHasher(rules.nearDuplicates) : null;
    this.#finder = rules.benchmarks ? new NgramFinder(rules.benchmarks) : null;
    this.bandCount = rules.nearDuplicates?.bands ?? 0;
    this.signatureBytes = this.bandCount * (rules.nearDuplicates?.rowsPerBand ?? 0);
    this.maskWords = Math.ceil((rules.benchmarks?.benchmarks ?? 0) / 32);
  }

  /** Writes what is found into line `row` of the columns, which must be zero; `messages` carry no control tokens. */
  add(messages: readonly Message[], into: ScreenColumns, row: number): void {
    if (this.#hasher) {
      this.#compared.clear();
      for (const message of messages) if (isCompared(message, this.#text)) addWords(this.#compared, message);
      if (this.#hasher.sign(this.#compared.hashes, this.#compared.count)) {
        this.#hasher.writeBands(into.bands, row * this.bandCount * 2);
        this.#hasher.writeSignature(into.signatures, row * this.signatureBytes);
      }
    }
    if (this.#finder) {
      for (const message of messages) {
        this.#message.clear();
        addWords(this.#message, message);
        const range = { start: 0, end: this.#message.count };
        this.#finder.find(this.#message.hashes, range, into.benchmarks, row * this.maskWords);
      }
    }
  }
}

function isCompared({ role }: Message, text: ComparedText): boolean {
  if (text === 'row') return true;
  return text === 'assistant' ? role === 'assistant' : role !== 'system';
}

function addWords(words: WordHashes, message: Message): void {
  words.add(message.content);
  for (const call of message.toolCalls ?? []) {
    words.add(call.name);
    words.add(call.arguments);
  }
}

function copyRows(from: ScreenColumns, rows: number, to: ScreenColumns): ScreenColumns {
  to.bands.set(from.bands.subarray(0, rows * from.bandCount * 2));
  to.signatures.set(from.signatures.subarray(0, rows * from.signatureBytes));
  to.benchmarks.set(from.benchmarks.subarray(0, rows * from.maskWords));
  return to;
}
