/** Rows of cells as CSV (RFC 4180): quoted where a cell holds a comma, a quote or a line break; lines end with CR LF. */
export function toCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Cells of a small CSV text as spreadsheets write it: commas or semicolons, whichever the first line has more of. Holds it all. */
export function fromCsv(text: string): string[][] {
  const source = text.replace(/^\uFEFF/, '');
  const head = source.split('\n', 1)[0] ?? '';
  const separator = head.split(';').length > head.split(',').length ? ';' : ',';
  const rows: string[][] = [];
  let row: string[] = [];
  let value = '';
  let isQuoted = false;
  for (let index = 0; index < source.length; index++) {
    const character = source.charAt(index);
    if (isQuoted) {
      if (character !== '"') value += character;
      else if (source[index + 1] === '"') value += source.charAt(++index);
      else isQuoted = false;
    } else if (character === '"') isQuoted = true;
    else if (character === separator || character === '\n') {
      row.push(value);
      value = '';
      if (character === '\n') rows.push(row.splice(0));
    } else if (character !== '\r') value += character;
  }
  if (value !== '' || row.length > 0) rows.push([...row, value]);
  return rows.filter((cells) => cells.some((each) => each !== ''));
}
