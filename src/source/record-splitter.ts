import type { SeparatorFinder } from './separators.ts';

/** Records larger than this are rejected, never held. */
export const maxRecordBytes = 32 << 20;

/** Bytes kept of a record that is too large, for its excerpt. */
const excerptBytes = 1024;

/**
 * Cuts a stream of blocks into records, by pulling: `feed` a block, then `next` until it says false. The record found
 * stands in `buffer[start, end)`. Holds the current block and at most `maxRecordBytes` of a record that began earlier.
 */
export class RecordSplitter {
  buffer: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  /** Where the record begins and ends (without its separator) in the stream. */
  offset: number;
  stop = 0;
  /** The record was over `maxRecordBytes`; `buffer` holds its beginning only. */
  tooLarge = false;
  /** The list was closed, and something other than white space follows it (JSON arrays). */
  trailing = false;

  readonly #finder: SeparatorFinder;
  #block: Buffer = Buffer.alloc(0);
  #blockOffset: number;
  #at = 0;
  #pieces: Buffer[] = [];
  #pieceBytes = 0;
  #found = 0;
  #finished = false;

  constructor(finder: SeparatorFinder, offset: number) {
    this.#finder = finder;
    this.offset = offset;
    this.#blockOffset = offset;
  }

  get closed(): boolean {
    return this.#finder.closed;
  }

  feed(block: Buffer): void {
    this.#blockOffset += this.#block.length;
    this.#block = block;
    this.#at = 0;
    if (this.closed) this.#checkTrailing();
  }

  /** No more blocks: the last record may now be pulled, ended or not. */
  finish(): void {
    this.feed(Buffer.alloc(0));
    this.#finished = true;
  }

  next(): boolean {
    while (!this.closed) {
      const separator = this.#at < this.#block.length ? this.#finder.find(this.#block, this.#at) : -1;
      if (separator < 0 && !this.#finished) {
        if (this.#at < this.#block.length) this.#keep(this.#block.subarray(this.#at));
        this.#at = this.#block.length;
        return false;
      }
      this.#take(separator < 0 ? this.#block.length : separator);
      const isLast = separator < 0 || this.closed;
      if (separator < 0) this.#finished = false;
      if (this.closed) this.#checkTrailing();
      if (!this.#isBlank() || (this.#finder.blankCounts && !(isLast && this.#found === 0))) {
        this.#found++;
        return true;
      }
      if (separator < 0) return false;
    }
    return false;
  }

  #take(separator: number): void {
    this.offset = this.#blockOffset + this.#at - this.#pieceBytes;
    this.stop = this.#blockOffset + separator;
    this.tooLarge = this.stop - this.offset > maxRecordBytes;
    if (this.#pieceBytes === 0) {
      this.buffer = this.#block;
      this.start = this.#at;
      this.end = separator;
    } else {
      const rest = this.tooLarge ? [] : [this.#block.subarray(this.#at, separator)];
      this.buffer = Buffer.concat([...this.#pieces, ...rest]);
      this.start = 0;
      this.end = this.buffer.length;
      this.#pieces = [];
      this.#pieceBytes = 0;
    }
    if (this.tooLarge) this.end = Math.min(this.end, this.start + excerptBytes);
    this.#at = separator + 1;
  }

  #keep(piece: Buffer): void {
    this.#pieceBytes += piece.length;
    if (this.#pieceBytes <= maxRecordBytes) this.#pieces.push(piece);
    else if (this.#pieces.length > 1 || (this.#pieces[0]?.length ?? 0) !== excerptBytes) {
      const head = this.#pieces[0] ?? piece;
      this.#pieces = [Buffer.from(head.subarray(0, excerptBytes))];
    }
  }

  #isBlank(): boolean {
    return isBlank(this.buffer, this.start, this.end);
  }

  #checkTrailing(): void {
    if (!isBlank(this.#block, this.#at, this.#block.length)) this.trailing = true;
    this.#at = this.#block.length;
  }
}

export function isBlank(buffer: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = buffer[i];
    if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) return false;
  }
  return true;
}
