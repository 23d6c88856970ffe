import type { FormatPlan } from '../core/unit.ts';
import { parseJson } from './adapt/values.ts';
import { isBlank } from './record-splitter.ts';
import { sniffCsv } from './sniff-csv.ts';

/** Bytes of a file's beginning that its format is found from. */
export const headBytes = 1 << 20;

export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** What the beginning shows; `document` is JSON that must be looked through to know where its records stand. */
export type DetectedFormat =
  | { readonly kind: 'plan'; readonly plan: Omit<FormatPlan, 'compression'> }
  | { readonly kind: 'document' }
  | { readonly kind: 'problem'; readonly problem: Problem };

/** Beginnings of formats that are known and not read. */
const foreign: readonly (readonly [magic: string, name: string])[] = [
  ['PAR1', 'compressed Parquet (unpack the file; Parquet is compressed inside)'],
  ['PARE', 'encrypted Parquet'],
  ['PK\u0003\u0004', 'zip archives'],
  ['BZh', 'bzip2 (unpack, or use gzip or zstd)'],
  ['\u00fd7zXZ', 'xz (unpack, or use gzip or zstd)'],
  ['ARROW1', 'Arrow files (convert to Parquet)'],
  ['Obj\u0001', 'Avro files'],
  ['ORC', 'ORC files'],
  ['SQLite format 3', 'SQLite databases'],
  ['\u00ff\u00fe', 'UTF-16 text (convert to UTF-8)'],
  ['\u00fe\u00ff', 'UTF-16 text (convert to UTF-8)'],
];

/** Finds the format by the unpacked beginning (without byte-order mark); the file's name only decides between equals. */
export function detectFormat(head: Buffer, isWhole: boolean, name: string): DetectedFormat {
  const start = head.toString('latin1', 0, 20);
  const known = foreign.find(([magic]) => start.startsWith(magic));
  if (known) return problem('unsupported', `unsupported: ${known[1]}`);
  if (isBlank(head, 0, head.length)) return problem('empty', 'the file holds no record');
  const ending = endingOf(name);
  const first = firstByte(head);
  const isJson = first === 0x5b || first === 0x7b || isLineEnding(ending);
  const json = isJson ? detectJson(head, isWhole, ending, first) : undefined;
  if (json) return json;
  if (hasBareReturns(head))
    return problem('unsupported', 'unsupported: lines that end in CR alone (convert to LF)');
  if (isBinary(head)) return problem('format-unknown', 'the file is binary and not Parquet, gzip or zstd');
  const csv = sniffCsv(head, isWhole, ending);
  if (csv) return { kind: 'plan', plan: { format: 'csv', csv } };
  if (isLineEnding(ending)) return { kind: 'plan', plan: { format: 'jsonl' } };
  return problem(
    'format-unknown',
    `the file is neither JSON, JSON Lines, CSV nor Parquet; it begins with ${JSON.stringify(head.toString('utf8', 0, 60))}`,
  );
}

/** `csv` of `x.csv.gz`. */
function endingOf(name: string): string {
  const parts = name.toLowerCase().split('.');
  while (parts.length > 1 && ['gz', 'gzip', 'zst', 'zstd'].includes(parts.at(-1) ?? '')) parts.pop();
  return parts.at(-1) ?? '';
}

function isLineEnding(ending: string): boolean {
  return ending === 'jsonl' || ending === 'ndjson' || ending === 'jsonlines';
}

function detectJson(
  head: Buffer,
  isWhole: boolean,
  ending: string,
  first: number | undefined,
): DetectedFormat | undefined {
  const { whole, parsed, opensDocument } = countLines(head, isWhole);
  const oneArray = first === 0x5b && isWhole && whole === 1;
  const severalLines = parsed >= 2 && parsed * 2 > whole;
  if (severalLines || (isLineEnding(ending) && !opensDocument && !oneArray)) {
    return { kind: 'plan', plan: { format: 'jsonl' } };
  }
  const isArray = first === 0x5b;
  if (!isArray && first !== 0x7b) return undefined;
  if (isArray && !/^\s*\[\s*(?:[[{"\]\d\-tfn]|$)/u.test(head.toString('latin1', 0, 2000))) return undefined;
  return isArray
    ? { kind: 'plan', plan: { format: 'json', json: { layout: 'array' } } }
    : { kind: 'document' };
}

/** Of the first complete lines: how many there are, and how many are a JSON object or list by themselves; whether the first is only an opening bracket. */
function countLines(
  head: Buffer,
  isWhole: boolean,
): { whole: number; parsed: number; opensDocument: boolean } {
  let whole = 0;
  let parsed = 0;
  let opensDocument = false;
  let at = 0;
  while (at < head.length && whole < 50) {
    const found = head.indexOf(10, at);
    if (found < 0 && !isWhole) break;
    const end = found < 0 ? head.length : found;
    if (!isBlank(head, at, end)) {
      whole++;
      const line = head.toString('utf8', at, end);
      if (whole === 1) opensDocument = /^\s*[[{]{1,2}\s*$/u.test(line);
      const value = parseJson(line);
      if (typeof value === 'object' && value !== null) parsed++;
    }
    at = end + 1;
  }
  return { whole, parsed, opensDocument };
}

/** Line breaks of old Macs: reading on would take the whole file for one record. */
function hasBareReturns(head: Buffer): boolean {
  return !head.includes(10) && head.indexOf(13) !== head.lastIndexOf(13);
}

/** More zero bytes than a stray one in a cell. */
function isBinary(head: Buffer): boolean {
  const looked = head.subarray(0, 65_536);
  let zeros = 0;
  for (const byte of looked) if (byte === 0) zeros++;
  return zeros * 1000 > looked.length;
}

function firstByte(head: Buffer): number | undefined {
  for (const byte of head) if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) return byte;
  return undefined;
}

function problem(code: string, message: string): DetectedFormat {
  return { kind: 'problem', problem: { code, message } };
}
