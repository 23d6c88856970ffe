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
