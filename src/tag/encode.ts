import { roles, type Row } from '../core/row.ts';
import type { TextBatch } from '../core/tagger.ts';
import { hash128, hashText, mix32 } from '../lib/hash.ts';
import { type QuotedTurn, quotedTurns } from './transcript.ts';

/** What is known of a row from its text alone. Arrays are parallel, one entry per row of the batch. */
export interface EncodedBatch {
  readonly text: TextBatch;
  /** Four uint32 a row: hash of the normalised messages. */
  readonly contentHash: Uint32Array;
  /** Hash of what the content hash passes over (white space, names, tools, unused columns); 0 where there is nothing of it. */
  readonly variant: Uint32Array;
  /** Assistant characters (UTF-16 units), after trimming. */
  readonly outputChars: Uint32Array;
  /** Estimated tokens of the whole row and of the assistant's side. */
  readonly tokens: Uint32Array;
  readonly supervisedTokens: Uint32Array;
}

/** Tokens are estimated as UTF-8 bytes / 4, rounded up, plus 4 a message. */
const bytesPerToken = 4;
const tokensPerMessage = 4;

const assistant = roles.indexOf('assistant');
const roleIndex = new Map<string, number>(roles.map((role, index) => [role, index]));
const controlToken = /^<persona:[^>\s]{1,64}>\n?/;
const recordSeparator = 0x1e;
const roleMark = 0x30;

/**
 * Encodes rows into one reused UTF-8 arena and hashes them.
 * Normalisation for the hash and for the taggers: contents trimmed, CRLF and CR become LF, a leading persona control token of a
 * user message is ignored, tool calls count as JSON text. What is written to the shards is not touched.
 * A conversation that a user's text quotes is as many segments as it has turns; the hash does not know of that.
 * Holds one batch; grows to the largest batch seen. The returned arrays are valid until the next call.
 */
export class RowEncoder {
  #bytes = Buffer.allocUnsafe(1 << 20);
  #length = 0;
  #segments = 0;
  #roles = new Uint8Array(1024);
  #starts = new Uint32Array(1024);
  #ends = new Uint32Array(1024);

  encode(rows: readonly Row[]): EncodedBatch {
    this.#length = 0;
    this.#segments = 0;
    const count = rows.length;
    const batch = {
      contentHash: new Uint32Array(count * 4),
      variant: new Uint32Array(count),
      outputChars: new Uint32Array(count),
      tokens: new Uint32Array(count),
      supervisedTokens: new Uint32Array(count),
    };
    const rowSegments = new Uint32Array(count + 1);
    const toolCalls = new Uint8Array(count);
    for (let r = 0; r < count; r++) {
      const row = rows[r];
      if (row) this.#encodeRow(row, r, batch, toolCalls);
      rowSegments[r + 1] = this.#segments;
    }
    const text = {
      rows: count,
      bytes: this.#bytes.subarray(0, this.#length),
      rowSegments,
      roles: this.#roles.subarray(0, this.#segments),
      starts: this.#starts.subarray(0, this.#segments),
      ends: this.#ends.subarray(0, this.#segments),
      toolCalls,
    };
    return { text, ...batch };
  }

  #encodeRow(row: Row, r: number, batch: Omit<EncodedBatch, 'text'>, toolCalls: Uint8Array): void {
    const rowStart = this.#length;
    let chars = 0;
    let allBytes = 0;
    let assistantBytes = 0;
    let assistantMessages = 0;
    let variant = row.tools || row.extra ? mixText(0, JSON.stringify([row.tools, row.extra])) : 0;
    for (const message of row.messages) {
      const role = roleIndex.get(message.role) ?? 0;
      let content = normaliseText(message.content);
      if (message.role === 'user' && content.startsWith('<persona:'))
        content = content.replace(controlToken, '');
      if (content !== message.content) variant = mixText(variant, message.content);
      if (message.name !== undefined) variant = mixText(variant, message.name);
      if (message.toolCalls && message.toolCalls.length > 0) {
        variant = mixText(variant, message.toolCalls.map((call) => call.id ?? '').join(' '));
        content +=
          (content ? '\n' : '') +
          message.toolCalls.map((call) => `{"name":"${call.name}","arguments":${call.arguments}}`).join('\n');
        toolCalls[r] = 1;
      }
      const start = this.#length + 1;
      const bytes = this.#append(role, content);
      const turns = message.role === 'user' ? quotedTurns(content) : undefined;
      if (turns) this.#addTurns(turns, content, start);
      else this.#addSegment(role, start, start + bytes);
      allBytes += bytes;
      if (role !== assistant) continue;
      assistantBytes += bytes;
      assistantMessages++;
      chars += content.length;
    }
    hash128(this.#bytes, rowStart, this.#length, batch.contentHash, r * 4);
    batch.variant[r] = variant;
    batch.outputChars[r] = chars;
    batch.tokens[r] = Math.ceil(allBytes / bytesPerToken) + tokensPerMessage * row.messages.length;
    batch.supervisedTokens[r] =
      Math.ceil(assistantBytes / bytesPerToken) + tokensPerMessage * assistantMessages;
  }

  /** Appends a text between a role mark and a separator, both of which are hashed but belong to no segment; returns its bytes. */
  #append(role: number, content: string): number {
    this.#reserve(content.length * 3 + 2);
    this.#bytes[this.#length++] = roleMark + role;
    const start = this.#length;
    const written =
      content.length < 24 ? this.#writeShort(content) : this.#bytes.write(content, start, 'utf8');
    this.#length = start + written;
    this.#bytes[this.#length++] = recordSeparator;
    return written;
  }

  /** From turn to turn: byte offsets counted from the beginning each time would make a long transcript quadratic. */
  #addTurns(turns: readonly QuotedTurn[], content: string, start: number): void {
    let at = 0;
    let byte = start;
    const byteAt = (end: number): number => {
      byte += Buffer.byteLength(content.slice(at, end));
      at = end;
      return byte;
    };
    for (const turn of turns) {
      const from = byteAt(turn.start);
      this.#addSegment(roles.indexOf(turn.role), from, byteAt(turn.end));
    }
  }

  #addSegment(role: number, start: number, end: number): void {
    if (this.#segments === this.#roles.length) this.#growSegments();
    this.#roles[this.#segments] = role;
    this.#starts[this.#segments] = start;
    this.#ends[this.#segments] = end;
    this.#segments++;
  }

  /** Short ASCII texts are cheaper without the call into native code. */
  #writeShort(content: string): number {
    const start = this.#length;
    for (let i = 0; i < content.length; i++) {
      const code = content.charCodeAt(i);
      if (code > 127) return this.#bytes.write(content, start, 'utf8');
      this.#bytes[start + i] = code;
    }
    return content.length;
  }

  #reserve(more: number): void {
    if (this.#length + more > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + more));
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
  }

  #growSegments(): void {
    const size = this.#roles.length * 2;
    const [oldRoles, oldStarts, oldEnds] = [this.#roles, this.#starts, this.#ends];
    this.#roles = new Uint8Array(size);
    this.#starts = new Uint32Array(size);
    this.#ends = new Uint32Array(size);
    this.#roles.set(oldRoles);
    this.#starts.set(oldStarts);
    this.#ends.set(oldEnds);
  }
}

/** Folds a text into a hash so far; never 0, so that a row with something to fold differs from one without. */
function mixText(hash: number, text: string): number {
  return mix32(hash ^ (hashText(text)[0] ?? 0)) || 1;
}

function normaliseText(text: string): string {
  const trimmed = text.trim();
  return trimmed.includes('\r') ? trimmed.replace(/\r\n?/g, '\n') : trimmed;
}

const keyScratch = Buffer.allocUnsafe(4096);

/** Writes the 128-bit row key, a hash of (source, revision, file, row), for one row of a file. */
export function writeRowKey(prefix: Buffer, row: number, out: Uint32Array, at: number): void {
  const buffer = prefix.length + 8 <= keyScratch.length ? keyScratch : Buffer.allocUnsafe(prefix.length + 8);
  prefix.copy(buffer);
  buffer.writeDoubleLE(row, prefix.length);
  hash128(buffer, 0, prefix.length + 8, out, at);
}

/** The constant part of a file's row keys. */
export function rowKeyPrefix(source: string, revision: string, file: string): Buffer {
  return Buffer.from(JSON.stringify([source, revision, file]), 'utf8');
}
