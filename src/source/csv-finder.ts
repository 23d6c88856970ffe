import type { SeparatorFinder } from './separators.ts';

const quote = 34;
const lineFeed = 10;

/**
 * CSV records by RFC 4180: a quote opens only at the start of a field, `""` inside stands for one, a line break inside
 * quotes belongs to the field. Any other quote is text.
 */
export class CsvFinder implements SeparatorFinder {
  readonly closed = false;
  readonly blankCounts = false;
  readonly #delimiter: number;
  #inQuotes = false;
  /** A quote was the last byte of the block inside quotes: the next byte tells whether it closed. */
  #pendingQuote = false;
  /** Last byte of the block before. */
  #previous = lineFeed;
  /** The next quote of the block at hand, so that lines without quotes do not each search the whole block. */
  #searched: Buffer | undefined;
  #nextQuote = -1;

  constructor(delimiter: string) {
    this.#delimiter = delimiter.charCodeAt(0);
  }

  find(block: Buffer, from: number): number {
    let at = from;
    for (;;) {
      if (this.#inQuotes || this.#pendingQuote) {
        at = this.#skipQuoted(block, at);
        if (at < 0) return -1;
      }
      const line = block.indexOf(lineFeed, at);
      const stop = line < 0 ? block.length : line;
      const open = this.#openingQuote(block, at, stop);
      if (open < 0) {
        this.#previous = block[block.length - 1] ?? this.#previous;
        return line;
      }
      this.#inQuotes = true;
      at = open + 1;
    }
  }

  /** First quote in [at, stop) that stands at the start of a field, or -1. */
  #openingQuote(block: Buffer, at: number, stop: number): number {
    let open = this.#quoteFrom(block, at);
    while (open >= 0 && open < stop) {
      const before = open > 0 ? block[open - 1] : this.#previous;
      if (before === this.#delimiter || before === lineFeed) return open;
      open = this.#quoteFrom(block, open + 1);
    }
    return -1;
  }

  #quoteFrom(block: Buffer, at: number): number {
    if (this.#searched !== block || (this.#nextQuote >= 0 && this.#nextQuote < at)) {
      this.#searched = block;
      this.#nextQuote = block.indexOf(quote, at);
    }
    return this.#nextQuote;
  }

  /** From inside quotes to the byte after the closing one; -1 when the field goes on in the next block. */
  #skipQuoted(block: Buffer, from: number): number {
    let at = from;
    if (this.#pendingQuote && at < block.length) {
      this.#pendingQuote = false;
      if (block[at] === quote) at++;
      else {
        this.#inQuotes = false;
        return at;
      }
    }
    for (;;) {
      const end = block.indexOf(quote, at);
      if (end < 0 || end + 1 === block.length) {
        this.#pendingQuote = end >= 0;
        this.#previous = block[block.length - 1] ?? this.#previous;
        return -1;
      }
      if (block[end + 1] !== quote) {
        this.#inQuotes = false;
        return end + 1;
      }
      at = end + 2;
    }
  }
}
