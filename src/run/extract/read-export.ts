import { ConfigError } from '../../core/errors.ts';
import { isRecord } from '../../extract/conversation-tree.ts';
import { createValueReader, type ReadValue } from '../../extract/value-reader.ts';
import { textOf } from '../../lib/text-of.ts';
import { type ExportDocument, notAnExport } from './open-export.ts';

/** A text longer than this is no message that somebody wrote. */
const longestTextChars = 1_000_000;
/** A conversation larger than this is skipped: what holds the memory of reading. */
const largestConversationChars = 24_000_000;

const limits = { textChars: longestTextChars, valueChars: largestConversationChars };

/** One conversation of a document; `broken` where a line of a JSON Lines file is no JSON. */
export type ReadConversation = ReadValue | { readonly broken: true };

/**
 * The conversations of a document, one at a time: the elements of an array, or the values of JSON Lines.
 * @throws ConfigError `not-an-export`, `export-truncated`, `export-broken`
 */
export async function* readConversations(document: ExportDocument): AsyncGenerator<ReadConversation> {
  const pieces = textOf(await document.open());
  if (/\.(?:jsonl|ndjson)$/i.test(document.name)) return yield* readLines(pieces, document.name);
  const reader = createValueReader(limits);
  let isFirst = true;
  for await (const piece of pieces) {
    if (isFirst && piece.trim() === '') continue;
    if (isFirst && !/^\s*[[{]/.test(piece)) throw notAnExport(document.name, 'it is no JSON');
    isFirst = false;
    const values = readPiece(() => reader.read(piece), document.name);
    for (const value of values) yield* unwrap(value);
  }
  if (isFirst) throw notAnExport(document.name, 'it is empty');
  if (reader.isOpen) throw truncated(document.name);
}

/** An object with the list in it, `{"conversations": […]}`, stands for its elements. */
function* unwrap(read: ReadValue): Generator<ReadConversation> {
  const list = 'value' in read && isRecord(read.value) ? read.value['conversations'] : undefined;
  if (!Array.isArray(list)) return yield read;
  for (const value of list as readonly unknown[]) yield { value };
}

function readPiece<Value>(read: () => Value, name: string): Value {
  try {
    return read();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`${name}: the JSON is damaged: ${reason}`, {
      code: 'export-broken',
      hint: 'download the export again; nothing was written',
      cause: error,
    });
  }
}

function truncated(name: string): ConfigError {
  return new ConfigError(`${name}: the file breaks off in the middle of a conversation`, {
    code: 'export-truncated',
    hint: 'download the export again; nothing was written',
  });
}

/** A line that is no JSON is one broken conversation, except at the end, where the file was cut. */
async function* readLines(pieces: AsyncIterable<string>, name: string): AsyncGenerator<ReadConversation> {
  let line = new LineReader();
  for await (const piece of pieces) {
    const parts = piece.split('\n');
    for (const [index, part] of parts.entries()) {
      line.read(part);
      if (index === parts.length - 1) break;
      yield* line.end();
      line = new LineReader();
    }
  }
  if (line.isCut) throw truncated(name);
  yield* line.end();
}

class LineReader {
  readonly #reader = createValueReader(limits);
  readonly #values: ReadValue[] = [];
  #isBroken = false;

  read(part: string): void {
    if (this.#isBroken) return;
    try {
      this.#values.push(...this.#reader.read(part));
    } catch {
      this.#isBroken = true;
    }
  }

  get isCut(): boolean {
    return this.#isBroken || this.#reader.isOpen;
  }

  end(): readonly ReadConversation[] {
    return this.isCut ? [{ broken: true }] : this.#values;
  }
}
