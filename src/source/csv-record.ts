import { RowError } from '../core/errors.ts';
import type { FormatPlan } from '../core/unit.ts';

type CsvPlan = NonNullable<FormatPlan['csv']>;

/** Cells of one CSV record (without its line break). `clean` is false where a quoted field is followed by other text. */
export function splitCells(
  text: string,
  delimiter: string,
  quoted: boolean,
): { cells: string[]; clean: boolean; quotedCells: number } {
  const line = text.endsWith('\r') ? text.slice(0, -1) : text;
  if (!quoted || !line.includes('"')) return { cells: line.split(delimiter), clean: true, quotedCells: 0 };
  const cells: string[] = [];
  let clean = true;
  let quotedCells = 0;
  let at = 0;
  while (at <= line.length) {
    let cell = '';
    if (line[at] === '"') {
      const closed = readQuoted(line, at + 1);
      cell = closed.cell;
      at = closed.at;
      quotedCells++;
      if (!closed.closed) clean = false;
    }
    const next = line.indexOf(delimiter, at);
    const stop = next < 0 ? line.length : next;
    if (stop > at) {
      if (quotedCells > 0 && cell !== '') clean = false;
      cell += line.slice(at, stop);
    }
    cells.push(cell);
    if (next < 0) break;
    at = next + delimiter.length;
  }
  return { cells, clean, quotedCells };
}

function readQuoted(line: string, start: number): { cell: string; at: number; closed: boolean } {
  let cell = '';
  let from = start;
  for (;;) {
    const end = line.indexOf('"', from);
    if (end < 0) return { cell: cell + line.slice(from), at: line.length, closed: false };
    cell += line.slice(from, end);
    if (line[end + 1] !== '"') return { cell, at: end + 1, closed: true };
    cell += '"';
    from = end + 2;
  }
}

/** Makes the object of one record's text; throws RowError `csv-field-count` or `csv-quote-open`. */
export function csvRecordReader(plan: CsvPlan): (text: string) => Readonly<Record<string, string>> {
  const { header, delimiter, quoted } = plan;
  const hasPrototypeColumn = header.includes('__proto__');
  return (text) => {
    const { cells } = splitCells(text, delimiter, quoted);
    if (cells.length !== header.length) {
      throw new RowError(`${cells.length} fields where the header has ${header.length}`, {
        code: 'csv-field-count',
      });
    }
    if (hasPrototypeColumn)
      return Object.fromEntries(header.map((name, index) => [name, cells[index] ?? '']));
    const record: Record<string, string> = {};
    for (let i = 0; i < header.length; i++) record[header[i] ?? ''] = cells[i] ?? '';
    return record;
  };
}
