import type { FormatPlan } from '../core/unit.ts';
import { CsvFinder } from './csv-finder.ts';
import { splitCells } from './csv-record.ts';
import { RecordSplitter } from './record-splitter.ts';
import { lineFinder } from './separators.ts';

type CsvPlan = NonNullable<FormatPlan['csv']>;

interface Reading {
  readonly delimiter: string;
  readonly quoted: boolean;
  readonly rows: readonly (readonly string[])[];
  /** Share of the records with the most frequent number of fields. */
  readonly agreement: number;
  readonly fields: number;
  readonly quotedCells: number;
  readonly brokenRows: number;
}

const delimiters = [',', '\t', ';', '|'];
const sampleRecords = 300;
/** Share of the records that must have the same number of fields: where the file's ending says CSV or TSV, and elsewhere. */
const minAgreement = 0.7;
const minUnnamedAgreement = 0.95;
/** Share of records with text after a closing quote up to which quotes are still quoting. */
const maxBroken = 0.02;

/**
 * Finds delimiter, quoting and header of delimited text from its beginning, or undefined when it is none. `isWhole` says
 * that nothing follows. A single column is accepted only where the file's ending says CSV or TSV.
 */
export function sniffCsv(head: Buffer, isWhole: boolean, ending: string): CsvPlan | undefined {
  const named = ['csv', 'tsv', 'tab'].includes(ending);
  const fitting = delimiters
    .map((delimiter) => readBest(head, isWhole, delimiter))
    .filter(({ fields, agreement, rows }) => {
      return (
        fields > 1 &&
        (named ? agreement >= minAgreement : agreement >= minUnnamedAgreement && rows.length > 1)
      );
    });
  const best = fitting.toSorted((a, b) => rank(b, ending) - rank(a, ending))[0];
  const chosen = best ?? singleColumn(head, isWhole, ending);
  if (!chosen) return undefined;
  const first = chosen.rows[0] ?? [];
  const hasHeader = looksLikeHeader(first, chosen.rows.slice(1));
  const header = hasHeader ? uniqueNames(first) : first.map((_, index) => String(index + 1));
  return { delimiter: chosen.delimiter, header, hasHeader, quoted: chosen.quoted };
}

/**
 * Text that only contains quotes breaks when they are taken for quoting, and is read without. Tab-separated exports mostly
 * do not quote, so there one broken record is enough.
 */
function readBest(head: Buffer, isWhole: boolean, delimiter: string): Reading {
  const quoted = read(head, isWhole, delimiter, true);
  const broken = quoted.brokenRows / Math.max(1, quoted.rows.length);
  const quotes = delimiter === '\t' ? quoted.quotedCells > 0 && broken === 0 : broken <= maxBroken;
  return quotes ? quoted : read(head, isWhole, delimiter, false);
}

function read(head: Buffer, isWhole: boolean, delimiter: string, quoted: boolean): Reading {
  const splitter = new RecordSplitter(quoted ? new CsvFinder(delimiter) : lineFinder(), 0);
  splitter.feed(head);
  const rows: string[][] = [];
  let quotedCells = 0;
  let brokenRows = 0;
  const take = () => {
    while (rows.length < sampleRecords && splitter.next()) {
      const text = splitter.buffer.toString('utf8', splitter.start, splitter.end);
      const record = splitCells(text, delimiter, quoted);
      rows.push(record.cells);
      quotedCells += record.quotedCells;
      if (!record.clean) brokenRows++;
    }
  };
  take();
  if (isWhole || rows.length === 0) {
    splitter.finish();
    take();
  }
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(row.length, (counts.get(row.length) ?? 0) + 1);
  const [fields = 0, most = 0] = [...counts].toSorted((a, b) => b[1] - a[1])[0] ?? [];
  return {
    delimiter,
    quoted,
    rows,
    agreement: most / Math.max(1, rows.length),
    fields,
    quotedCells,
    brokenRows,
  };
}

/** Agreement first, then fields; the ending's own delimiter decides between near equals. */
function rank(reading: Reading, ending: string): number {
  const own = (ending === 'tsv' || ending === 'tab' ? '\t' : ',') === reading.delimiter ? 15 : 0;
  return Math.round(reading.agreement * 20) * 1000 + Math.min(reading.fields, 50) * 10 + own;
}

function singleColumn(head: Buffer, isWhole: boolean, ending: string): Reading | undefined {
  if (!['csv', 'tsv', 'tab'].includes(ending)) return undefined;
  const reading = read(head, isWhole, ending === 'csv' ? ',' : '\t', true);
  return reading.fields === 1 && reading.agreement >= minAgreement ? reading : undefined;
}

/** Words that column names of text data are made of; a first row with one of them as a whole cell is a header. */
const headerWords = new Set(
  (
    'id text label labels input output instruction response prompt completion question answer context title body content message utterance ' +
    'speaker role category source score name url date type query topic sentence emotion author split index conversation dialogue'
  ).split(' '),
);

function looksLikeHeader(first: readonly string[], rest: readonly (readonly string[])[]): boolean {
  const filled = first.filter((cell) => cell !== '');
  if (filled.length < first.length - 1) return false;
  if (filled.some((cell) => isNumber(cell) || cell.length > 64 || /[\n{}[\]]/u.test(cell))) return false;
  if (filled.some((cell) => headerWords.has(cell.trim().toLowerCase()))) return true;
  if (new Set(filled).size < filled.length) return false;
  const numericBelow = first.some(
    (_, column) => rest.length > 0 && rest.every((row) => isNumber(row[column] ?? '')),
  );
  return (
    numericBelow ||
    filled.every((cell) => /^[\p{L}_][\p{L}\p{N}_ .\-#/()]*$/u.test(cell) && cell.split(' ').length <= 4)
  );
}

/** Numbers, lists of them, dates and times. */
function isNumber(cell: string): boolean {
  return /^\s*[+-]?\.?\d[\d.,:/-]*(?:e[+-]?\d+)?\s*$/iu.test(cell);
}

function uniqueNames(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name}_${times}`;
  });
}
