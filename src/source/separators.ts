/** Finds where records end in a stream of blocks; keeps its lexical state from block to block. */
export interface SeparatorFinder {
  /** Index of the next byte at or after `from` that ends a record, or -1; the rest of the block is then taken in. */
  find(block: Buffer, from: number): number;
  /** The separator found last closed the whole list (JSON arrays only). */
  readonly closed: boolean;
  /** Whether a record of only white space counts (JSON: a missing element; lines: not a record). */
  readonly blankCounts: boolean;
}

const quote = 34;
const backslash = 92;

/** Lines: JSON Lines, and CSV without quoting. */
export function lineFinder(): SeparatorFinder {
  return { closed: false, blankCounts: false, find: (block, from) => block.indexOf(10, from) };
}

/**
 * Elements of a JSON array, from just after its `[`. Brackets are counted, not matched: an element with the wrong
 * closer fails at JSON.parse.
 */
export function jsonElementFinder(): SeparatorFinder {
  let depth = 0;
  let inString = false;
  let oddBackslash = false;
  const finder = { closed: false, blankCounts: true, find };
  return finder;

  function find(block: Buffer, from: number): number {
    let at = from;
    const { length } = block;
    for (;;) {
      if (inString) {
        at = skipString(block, at);
        if (at < 0) return -1;
      }
      for (; at < length; at++) {
        const byte = block[at] ?? 0;
        if (byte === quote) break;
        if (byte === 123 || byte === 91) depth++;
        else if (byte === 125 || byte === 93) {
          if (depth === 0) {
            finder.closed = true;
            return at;
          }
          depth--;
        } else if (byte === 44 && depth === 0) return at;
      }
      if (at >= length) return -1;
      inString = true;
      oddBackslash = false;
      at++;
    }
  }

  /** From inside a string to the byte after its closing quote; -1 when it goes on in the next block. */
  function skipString(block: Buffer, start: number): number {
    let from = start;
    for (;;) {
      const end = block.indexOf(quote, from);
      const stop = end < 0 ? block.length : end;
      let first = stop;
      while (first > from && block[first - 1] === backslash) first--;
      let odd = ((stop - first) & 1) === 1;
      if (first === from && oddBackslash) odd = !odd;
      if (end < 0) {
        oddBackslash = odd;
        return -1;
      }
      if (!odd) {
        inString = false;
        return end + 1;
      }
      // An escaped quote; what follows it starts with a clean count.
      from = end + 1;
      oddBackslash = false;
    }
  }
}

/**
 * CSV records by RFC 4180: a quote opens only at the start of a field, `""` inside stands for one, a line break inside
 * quotes belongs to the field. Any other quote is text.
 */
export function csvFinder(delimiter: string): SeparatorFinder {
  const delimiterByte = delimiter.charCodeAt(0);
  let inQuotes = false;
  /** A quote was the last byte of the block inside quotes: the next byte tells whether it closed. */
  let pendingQuote = false;
  let previous = 10;
  /** The next quote of the block at hand, so that lines without quotes do not each search the whole block. */
  let searched: Buffer | undefined;
  let nextQuote = -1;
  return { closed: false, blankCounts: false, find };

  function quoteFrom(block: Buffer, at: number): number {
    if (searched !== block || (nextQuote >= 0 && nextQuote < at)) {
      searched = block;
      nextQuote = block.indexOf(quote, at);
    }
    return nextQuote;
  }

  function find(block: Buffer, from: number): number {
    let at = from;
    for (;;) {
      if (inQuotes || pendingQuote) {
        at = skipQuoted(block, at);
        if (at < 0) return -1;
      }
      const line = block.indexOf(10, at);
      const stop = line < 0 ? block.length : line;
      let open = quoteFrom(block, at);
      while (open >= 0 && open < stop) {
        const before = open > 0 ? block[open - 1] : previous;
        if (before === delimiterByte || before === 10) break;
        open = quoteFrom(block, open + 1);
      }
      if (open < 0 || open >= stop) {
        previous = block[block.length - 1] ?? previous;
        return line;
      }
      inQuotes = true;
      at = open + 1;
    }
  }

  function skipQuoted(block: Buffer, from: number): number {
    let at = from;
    if (pendingQuote && at < block.length) {
      pendingQuote = false;
      if (block[at] === quote) at++;
      else {
        inQuotes = false;
        return at;
      }
    }
    for (;;) {
      const end = block.indexOf(quote, at);
      if (end < 0) return rest(block);
      if (end + 1 === block.length) {
        pendingQuote = true;
        return rest(block);
      }
      if (block[end + 1] !== quote) {
        inQuotes = false;
        return end + 1;
      }
      at = end + 2;
    }
  }

  function rest(block: Buffer): -1 {
    previous = block[block.length - 1] ?? previous;
    return -1;
  }
}
