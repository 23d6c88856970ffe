import { RowError } from '../core/errors.ts';
import type { Decimals } from './parquet-features.ts';

/** Stands for bytes that were announced as text and are no UTF-8; as a symbol it lasts as the key of a map, too. */
const invalidText = Symbol('invalid text');

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeText(bytes: Uint8Array): string | typeof invalidText {
  try {
    return decoder.decode(bytes);
  } catch {
    return invalidText;
  }
}

/**
 * Conversions for hyparquet that lose nothing: its own cut time stamps to milliseconds, drop a byte-order mark at the start
 * of a text and put U+FFFD where bytes are no text. Some readers call them with undefined for a null.
 */
export const exactParsers = {
  timestampFromMilliseconds: (value: bigint) => isoTime(value, 3),
  timestampFromMicroseconds: (value: bigint) => isoTime(value, 6),
  timestampFromNanoseconds: (value: bigint) => isoTime(value, 9),
  dateFromDays: (days: number | undefined) =>
    days === undefined ? undefined : isoTime(BigInt(days) * 86_400n, 0).slice(0, -10),
  stringFromBytes: (bytes: Uint8Array | undefined) => bytes && decodeText(bytes),
  jsonFromBytes: (bytes: Uint8Array | undefined) => bytes && parseJsonText(decodeText(bytes)),
};

/** Text that is no JSON stays text. */
function parseJsonText(text: string | typeof invalidText): unknown {
  if (text === invalidText) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** ISO 8601 in UTC with as many digits of the second as the value has, at least three where the unit has any. */
function isoTime(value: bigint, digits: number): string {
  const perSecond = 10n ** BigInt(digits);
  const seconds = value >= 0n ? value / perSecond : -((-value + perSecond - 1n) / perSecond);
  const fraction = value - seconds * perSecond;
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return value.toString();
  const text = fraction.toString().padStart(digits, '0').replace(/0+$/, '').padEnd(3, '0');
  const stem = date.toISOString().slice(0, -5);
  return digits === 0 ? `${stem}Z` : `${stem}.${text}Z`;
}

/** Plain JSON values: no bigint, no Date, no bytes. A RowError `utf8-invalid` where a text holds other bytes, however deep. */
export function plainRow(
  row: Readonly<Record<string, unknown>>,
  decimals: Decimals,
): Record<string, unknown> | RowError {
  try {
    return Object.fromEntries(
      Object.entries(row).map(([name, value]) => {
        const scale = decimals.get(name);
        return [name, scale === undefined ? plainValue(value, name) : decimalValue(value, scale)];
      }),
    );
  } catch (error) {
    if (error instanceof RowError) return error;
    throw error;
  }
}

/** Numbers beyond 2^53 become text; bytes text where they are UTF-8, else Base64. RowError `utf8-invalid` names `column`. */
function plainValue(value: unknown, column: string): unknown {
  if (typeof value === 'bigint') {
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  }
  // A null list or struct comes as undefined, which JSON would drop with its name.
  if (value === undefined) return null;
  if (value === invalidText) throw notText(column);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) return plainBytes(value);
  if (isIterable(value)) return Array.from(value, (item) => plainValue(item, column));
  if (invalidText in value) throw notText(column);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainValue(item, column)]));
}

function notText(column: string): RowError {
  return new RowError(`column "${column}" is not UTF-8`, { code: 'utf8-invalid' });
}

function plainBytes(bytes: Uint8Array): string {
  const text = decodeText(bytes);
  return text === invalidText ? Buffer.from(bytes).toString('base64') : text;
}

/** Typed arrays, which hyparquet hands out for some lists. */
function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}

/** A number where it has at most 15 digits, which every double keeps; else the digits as text. */
function decimalValue(value: unknown, scale: number): unknown {
  if (typeof value === 'number' || typeof value === 'bigint') return decimalOf(BigInt(value), scale);
  return value instanceof Uint8Array ? decimalOf(signedOf(value), scale) : null;
}

function decimalOf(unscaled: bigint, scale: number): number | string {
  const sign = unscaled < 0n ? '-' : '';
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return digits.length <= 15 ? Number(sign + text) : sign + text;
}

/** Two's complement, most significant byte first. */
function signedOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = value * 256n + BigInt(byte);
  return BigInt.asIntN(bytes.length * 8, value);
}
