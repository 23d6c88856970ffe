/** One field of a protobuf message: its number, and its value as bytes (length-delimited) or as a number (varint). */
export interface ProtoField {
  readonly number: number;
  /** Contents of a length-delimited field; undefined for numbers. */
  readonly bytes?: Uint8Array;
  /** Value of a varint field, cut to 53 bits. */
  readonly value?: number;
  /** The whole field as it stands, tag included; copy it to keep what is not understood. */
  readonly raw: Uint8Array;
}

const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** Fields of a message in order; views into `message`. @throws RangeError where it is cut or not protobuf */
export function readFields(message: Uint8Array): ProtoField[] {
  const fields: ProtoField[] = [];
  let at = 0;
  while (at < message.length) {
    const start = at;
    const tag = readVarint(message, at);
    at = tag.next;
    const number = Math.floor(tag.value / 8);
    const kind = tag.value % 8;
    if (kind === wire.varint) {
      const { value, next } = readVarint(message, at);
      at = next;
      fields.push({ number, value, raw: message.subarray(start, at) });
    } else if (kind === wire.bytes) {
      const length = readVarint(message, at);
      at = length.next + length.value;
      if (at > message.length) throw new RangeError(`field ${number} is cut`);
      fields.push({
        number,
        bytes: message.subarray(length.next, at),
        raw: message.subarray(start, at),
      });
    } else if (kind === wire.fixed32 || kind === wire.fixed64) {
      at += kind === wire.fixed32 ? 4 : 8;
      if (at > message.length) throw new RangeError(`field ${number} is cut`);
      fields.push({ number, raw: message.subarray(start, at) });
    } else throw new RangeError(`no protobuf message: wire type ${kind}`);
  }
  return fields;
}

/** Contents of the repeated text field `number`. */
export function textsOf(fields: readonly ProtoField[], number: number): string[] {
  return fields.flatMap((field) =>
    field.number === number && field.bytes ? [Buffer.from(field.bytes).toString('utf8')] : [],
  );
}

export function numberField(number: number, value: number): Uint8Array {
  return Uint8Array.from([...varint(number * 8 + wire.varint), ...varint(value)]);
}

export function bytesField(number: number, contents: Uint8Array): Uint8Array {
  const head = Uint8Array.from([...varint(number * 8 + wire.bytes), ...varint(contents.length)]);
  return Buffer.concat([head, contents]);
}

export function textField(number: number, text: string): Uint8Array {
  return bytesField(number, Buffer.from(text, 'utf8'));
}

function readVarint(bytes: Uint8Array, start: number): { readonly value: number; readonly next: number } {
  let value = 0;
  let scale = 1;
  for (let at = start; at < bytes.length && at < start + 10; at++) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * scale;
    scale *= 128;
    if (byte < 0x80) return { value, next: at + 1 };
  }
  throw new RangeError('a number is cut');
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}
