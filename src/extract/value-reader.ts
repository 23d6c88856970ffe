import { jsonParser } from 'stream-json/parser.js';

/** Stands in the place of a text that is longer than the reader keeps. */
export const tooLongText: unique symbol = Symbol('text too long');

/** One value of a document; `tooLarge` where it was not kept. */
export type ReadValue = { readonly value: unknown } | { readonly tooLarge: true };

export interface ValueLimits {
  /** UTF-16 units of one text; a longer one is read over and becomes `tooLongText`. */
  readonly textChars: number;
  /** UTF-16 units of one value with everything in it; a larger one is read over. */
  readonly valueChars: number;
}

export interface ValueReader {
  /** The values that this piece of the document completes. Throws what stream-json throws where it is no JSON. */
  read(piece: string): ReadValue[];
  /** Whether a value or the list is still open: at the end of a file, that it breaks off. */
  readonly isOpen: boolean;
}

/** What a number, a key or a bracket counts as against the size of a value. */
const overheadChars = 48;

type Container = unknown[] | Record<string, unknown>;

/**
 * Assembles the elements of a top-level array, or a sequence of top-level values, one at a time from stream-json's tokens, so
 * that neither a long text nor a large value is ever held. Holds one value within the limits.
 */
export function createValueReader(limits: ValueLimits): ValueReader {
  const parse = jsonParser({
    packValues: true,
    streamValues: false,
    packStrings: false,
    streamStrings: true,
    jsonStreaming: true,
  });
  const assembler = new Assembler(limits);
  return {
    read(piece) {
      const result = parse(piece) as { readonly values?: readonly Token[] }; // Many<Token>; none carries no values
      const done: ReadValue[] = [];
      for (const token of result.values ?? []) assembler.take(token, done);
      return done;
    },
    get isOpen() {
      return assembler.isOpen;
    },
  };
}

interface Token {
  readonly name: string;
  readonly value?: string | boolean | null;
}

class Assembler {
  readonly #limits: ValueLimits;
  readonly #stack: Container[] = [];
  readonly #keys: string[] = [];
  /** Open containers, kept or not. */
  #depth = 0;
  #isList = false;
  #text = '';
  #textChars = 0;
  #chars = 0;

  constructor(limits: ValueLimits) {
    this.#limits = limits;
  }

  get isOpen(): boolean {
    return this.#depth > 0;
  }

  take(token: Token, done: ReadValue[]): void {
    const { value } = token;
    switch (token.name) {
      case 'startObject':
        return this.#open({});
      case 'startArray':
        return this.#open([]);
      case 'endObject':
      case 'endArray':
        return this.#close(done);
      case 'keyValue':
        this.#keys[this.#stack.length] = String(value);
        this.#chars += String(value).length + overheadChars;
        return;
      case 'startString':
        this.#text = '';
        this.#textChars = 0;
        return;
      case 'stringChunk':
        return this.#append(String(value));
      case 'endString':
        return this.#put(this.#textChars > this.#limits.textChars ? tooLongText : this.#text, done);
      case 'numberValue':
        return this.#put(Number(value), done);
      default:
        return this.#put(value ?? null, done);
    }
  }

  #append(chunk: string): void {
    this.#textChars += chunk.length;
    if (this.#textChars > this.#limits.textChars) this.#text = '';
    else if (!this.#isOver) this.#text += chunk;
  }

  get #isOver(): boolean {
    return this.#chars + this.#text.length > this.#limits.valueChars;
  }

  #open(container: Container): void {
    const isTop = this.#depth === 0;
    this.#depth++;
    if (isTop) {
      this.#isList = Array.isArray(container);
      if (this.#isList) return;
    }
    if (this.#stack.length === 0) this.#chars = 0;
    this.#chars += overheadChars;
    this.#attach(container);
    this.#stack.push(container);
  }

  #close(done: ReadValue[]): void {
    this.#depth--;
    const closed = this.#stack.pop();
    if (!closed || this.#stack.length > 0) return;
    done.push(this.#isOver ? { tooLarge: true } : { value: closed });
    this.#chars = 0;
    this.#text = '';
  }

  #put(value: unknown, done: ReadValue[]): void {
    this.#chars += typeof value === 'string' ? value.length + overheadChars : overheadChars;
    if (this.#stack.length > 0) this.#attach(value);
    else done.push({ value });
    this.#text = '';
  }

  /** A value that is already too large keeps its outline only. */
  #attach(value: unknown): void {
    const parent = this.#stack.at(-1);
    if (!parent || this.#isOver) return;
    const key = this.#keys[this.#stack.length] ?? '';
    if (Array.isArray(parent)) parent.push(value);
    else if (key !== '__proto__') parent[key] = value;
  }
}
