import { type Message, type Role, roles, type ToolCall } from '../core/row.ts';
import { type ByteWriter, readFloat32, readUint32 } from './byte-writer.ts';
import type { OutputRow } from './output-row.ts';
import type { StoredMessage, StoredRow, StoredToolCall } from './stored-row.ts';

/**
 * Binary form of an output row, for the spill only. Head (phase, copy), then body; texts are a 32-bit length and UTF-8.
 * The head stands apart because it is what differs between the placements of one row.
 */
export function encodeRecord(row: OutputRow, out: ByteWriter): void {
  encodeHead(row, out);
  encodeBody(row, out);
}

/** What differs between the placements of one row. */
export function encodeHead(row: OutputRow, out: ByteWriter): void {
  optionalText(row.phase, out);
  out.uint32(row.copy);
}

/** What all placements of one row share. */
export function encodeBody(row: OutputRow, out: ByteWriter): void {
  out.byte(row.synthetic ? 1 : 0);
  out.float32(row.personaScore);
  out.text(row.persona);
  out.text(row.taggedBy);
  out.text(row.source);
  out.text(row.rowKey);
  optionalText(row.adapter, out);
  optionalText(row.tools, out);
  optionalText(row.extra, out);
  out.byte(row.traits.length);
  row.traits.forEach((trait, i) => {
    out.text(trait);
    out.float32(row.traitScores[i] ?? 0);
  });
  out.uint32(row.messages.length);
  for (const message of row.messages) encodeMessage(message, out);
}

function encodeMessage(message: Message, out: ByteWriter): void {
  const { name, toolCalls } = message;
  out.byte(
    roles.indexOf(message.role) |
      (name === undefined ? 0 : hasName) |
      (toolCalls === undefined ? 0 : hasToolCalls),
  );
  out.text(message.content);
  if (name !== undefined) out.text(name);
  if (toolCalls === undefined) return;
  out.uint32(toolCalls.length);
  for (const call of toolCalls) {
    optionalText(call.id, out);
    out.text(call.name);
    out.text(call.arguments);
  }
}

const hasName = 0x10;
const hasToolCalls = 0x20;

function optionalText(value: string | null, out: ByteWriter): void {
  out.byte(value === null ? 0 : 1);
  if (value !== null) out.text(value);
}

/** Reads records of one buffer; texts that repeat (labels) become shared strings, the rest stay views of the buffer. */
export class RecordReader {
  private readonly labels = new Map<number, { readonly bytes: Uint8Array; readonly text: string }>();
  private bytes: Uint8Array = new Uint8Array(0);
  private at = 0;

  /** The record that begins at `start`. The views in it live as long as `bytes`. */
  read(bytes: Uint8Array, start: number): StoredRow {
    this.bytes = bytes;
    this.at = start;
    const phase = this.optionalLabel();
    const copy = this.uint32();
    const synthetic = this.byte() === 1;
    const personaScore = this.float32();
    const persona = this.label();
    const taggedBy = this.label();
    const source = this.label();
    const rowKey = this.text();
    const adapter = this.optionalLabel();
    const tools = this.optionalText();
    const extra = this.optionalText();
    const { traits, traitScores } = this.traits();
    const messages: StoredMessage[] = [];
    for (let left = this.uint32(); left > 0; left--) messages.push(this.message());
    return {
      messages,
      tools,
      persona,
      personaScore,
      taggedBy,
      traits,
      traitScores,
      source,
      rowKey,
      phase,
      adapter,
      copy,
      synthetic,
      extra,
    };
  }

  private traits(): { traits: string[]; traitScores: number[] } {
    const traits: string[] = [];
    const traitScores: number[] = [];
    for (let left = this.byte(); left > 0; left--) {
      traits.push(this.label());
      traitScores.push(this.float32());
    }
    return { traits, traitScores };
  }

  private message(): StoredMessage {
    const flags = this.byte();
    const role: Role = roles[flags & 0x0f] ?? 'user';
    const content = this.text();
    const name = flags & hasName ? this.text() : null;
    return { role, content, name, tool_calls: flags & hasToolCalls ? this.toolCalls() : null };
  }

  private toolCalls(): StoredToolCall[] {
    const calls: StoredToolCall[] = [];
    for (let left = this.uint32(); left > 0; left--) {
      const id = this.optionalText();
      calls.push({ id, type: 'function', function: { name: this.text(), arguments: this.text() } });
    }
    return calls;
  }

  private byte(): number {
    return this.bytes[this.at++] ?? 0;
  }

  private uint32(): number {
    const value = readUint32(this.bytes, this.at);
    this.at += 4;
    return value;
  }

  private float32(): number {
    const value = readFloat32(this.bytes, this.at);
    this.at += 4;
    return value;
  }

  private text(): Uint8Array {
    const start = this.at + 4;
    const end = start + readUint32(this.bytes, this.at);
    this.at = end;
    return new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + start, end - start); // twice as fast as Buffer's subarray
  }

  private optionalText(): Uint8Array | null {
    return this.byte() === 0 ? null : this.text();
  }

  private optionalLabel(): string | null {
    return this.byte() === 0 ? null : this.label();
  }

  /** A text that few distinct values take: decoded once per value. */
  private label(): string {
    const start = this.at + 4;
    const end = start + readUint32(this.bytes, this.at);
    this.at = end;
    let hash = end - start;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + (this.bytes[i] ?? 0)) | 0;
    const known = this.labels.get(hash);
    if (known && isSame(known.bytes, this.bytes, start, end)) return known.text;
    const bytes = Uint8Array.from(this.bytes.subarray(start, end));
    const text = decodeText(bytes);
    this.labels.set(hash, { bytes, text }); // of two labels with one hash the later is kept
    return text;
  }
}

function isSame(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[start + i]) return false;
  return true;
}

/** The output row of the record at `start`, all in strings. */
export function decodeRecord(bytes: Uint8Array, start: number): OutputRow {
  const row = new RecordReader().read(bytes, start);
  return {
    ...row,
    rowKey: decodeText(row.rowKey),
    tools: decodeOptional(row.tools),
    extra: decodeOptional(row.extra),
    messages: row.messages.map(decodeMessage),
  };
}

function decodeMessage({ role, content, name, tool_calls: calls }: StoredMessage): Message {
  const toolCalls = calls?.map((call): ToolCall => ({
    id: decodeOptional(call.id),
    name: decodeText(call.function.name),
    arguments: decodeText(call.function.arguments),
  }));
  return {
    role,
    content: decodeText(content),
    ...(name === null ? {} : { name: decodeText(name) }),
    ...(toolCalls === undefined ? {} : { toolCalls }),
  };
}

export function decodeText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

export function decodeOptional(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : decodeText(bytes);
}
