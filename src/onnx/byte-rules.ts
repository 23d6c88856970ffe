import { byteClass, classOfByte } from './byte-classes.ts';
import { bucketCount } from './scan-layout.ts';

const bucketMask = bucketCount - 1;

export const notMark = 0;
const separatorMark = 1;
export const apostropheMark = 2;

/** Whether a multi-byte character is punctuation: no-break space (C2 A0), general punctuation (E2 80 xx), and in it U+2019. */
export function wideMark(bytes: Uint8Array, at: number, end: number): number {
  const byte = bytes[at];
  if (byte === 0xc2) return bytes[at + 1] === 0xa0 ? separatorMark : notMark;
  if (byte !== 0xe2 || at + 2 >= end || bytes[at + 1] !== 0x80) return notMark;
  return bytes[at + 2] === 0x99 ? apostropheMark : separatorMark;
}

/** No-break space is two bytes, general punctuation three; both separate words. */
export function afterWideMark(bytes: Uint8Array, at: number, end: number): number {
  return bytes[at] === 0xc2 ? at + 2 : Math.min(at + 3, end);
}

/** Whether a full stop, question or exclamation mark before `next` ends a sentence. */
export function isSentenceEnd(bytes: Uint8Array, next: number, end: number): boolean {
  if (next >= end) return true;
  const kind = classOfByte[bytes[next] ?? 0];
  return kind === byteClass.space || kind === byteClass.newline || kind === byteClass.quote;
}

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

export function isLetterAt(bytes: Uint8Array, at: number, end: number): boolean {
  if (at >= end) return false;
  const kind = classOfByte[bytes[at] ?? 0];
  return kind === byteClass.lower || kind === byteClass.upper;
}

/** Bucket 0 is padding and never a feature. */
export function bucketOf(hash: number, salt: number): number {
  let mixed = Math.imul(hash ^ salt, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) & bucketMask || 1;
}

/** The number of a list item (`12.` or `3)` and a blank) that begins at `start`; -1 when there is none. */
export function listNumberAt(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  let value = 0;
  while (i < end && i - start < 4 && isDigit(bytes[i] as number)) {
    value = value * 10 + (bytes[i] as number) - 0x30;
    i++;
  }
  const mark = bytes[i];
  if (i >= end || (mark !== 0x2e && mark !== 0x29)) return -1;
  const after = bytes[i + 1];
  return i + 1 < end && after !== 0x20 && after !== 0x2a ? -1 : value;
}
