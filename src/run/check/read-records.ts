import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';

import type { Finding } from '../../core/finding.ts';

/** What a file of records holds, and what of it could not be read. */
export interface ReadRecords {
  readonly records: readonly unknown[];
  readonly findings: readonly Finding[];
}

/**
 * The records of a JSON list or a JSON Lines file. A document that breaks off or is no list is a finding; of JSON Lines every line
 * that can be read counts. Holds the file.
 */
export async function readRecords(path: string): Promise<ReadRecords> {
  const text = (await readFile(path, 'utf8')).replace(/^\uFEFF/u, '');
  const place = basename(path);
  if (text.trim() === '')
    return { records: [], findings: [error('file-empty', place, 'There is nothing in it.')] };
  const isLines = ['.jsonl', '.ndjson'].includes(extname(path).toLowerCase());
  return isLines ? readLines(text, place) : readDocument(text, place);
}

function readLines(text: string, place: string): ReadRecords {
  const records: unknown[] = [];
  const findings: Finding[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      records.push(JSON.parse(line));
    } catch (cause) {
      findings.push(
        error('json-invalid', `${place} line ${index + 1}`, `It is no JSON: ${reasonOf(cause)}.`),
      );
    }
  }
  return { records, findings };
}

function readDocument(text: string, place: string): ReadRecords {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    return { records: [], findings: [error('json-invalid', place, `It is no JSON: ${reasonOf(cause)}.`)] };
  }
  if (!Array.isArray(value))
    return { records: [], findings: [error('not-a-list', place, 'The document is no list of records.')] };
  if (value.length === 0)
    return { records: [], findings: [error('file-empty', place, 'The list has no record.')] };
  return { records: value, findings: [] };
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function error(code: string, place: string, message: string): Finding {
  return { code, severity: 'error', place, message };
}
