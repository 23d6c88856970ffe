import { expect, test } from 'vitest';

import { codesOf, readContent, rowsOf } from '../source/read-all.ts';

/** Cases of our own in the spirit of csv-spectrum: the same table, written in the ways that people write it. */
const header = ['prompt', 'completion', 'note'];

/** Enough plain records that a file is known for CSV before the odd one comes. */
const plain = Array.from({ length: 12 }, (_, i) => [`ask ${i}`, `tell ${i}`, `n${i}`]);

const plainRows = plain.map((cells) => [...cells]);

async function read(text: string | Buffer, name = 'a.csv'): Promise<{ cells: unknown[][]; codes: string[] }> {
  const { entries } = await readContent(name, text, { keepExtra: true });
  const cells = rowsOf(entries).map((row) => [
    row.messages[0]?.content,
    row.messages[1]?.content,
    (JSON.parse(row.extra ?? '{}') as { note?: unknown }).note, // what the reader kept
  ]);
  return { cells, codes: codesOf(entries) };
}

const table = (rows: readonly (readonly string[])[], delimiter = ',', end = '\n'): string =>
  [header, ...plain, ...rows].map((cells) => cells.join(delimiter)).join(end) + end;

const cases: readonly [string, string[], (string | null)[]][] = [
  ['simple', ['a', 'b', 'c'], ['a', 'b', 'c']],
  ['quoted', ['"a"', '"b"', '"c"'], ['a', 'b', 'c']],
  ['comma in quotes', ['"a, b"', 'b', '"c,"'], ['a, b', 'b', 'c,']],
  ['quotes in quotes', ['"say ""no"""', '"""b"""', 'c'], ['say "no"', '"b"', 'c']],
  ['line break in quotes', ['"two\nlines"', 'b', '"\n"'], ['two\nlines', 'b', '\n']],
  ['CR LF in quotes', ['"two\r\nlines"', 'b', 'c'], ['two\r\nlines', 'b', 'c']],
  ['JSON in quotes', ['"{""k"": [1, ""x""]}"', 'b', 'c'], ['{"k": [1, "x"]}', 'b', 'c']],
  ['spaces are part of a field', [' a ', 'b', ' c '], [' a ', 'b', ' c ']],
  ['other scripts and emoji', ['你好', 'naïve 😀', 'ü'], ['你好', 'naïve 😀', 'ü']],
  ['quote inside a plain field', ['5" disk', 'b', 'c'], ['5" disk', 'b', 'c']],
];

for (const [name, cells, expected] of cases)
  test(`CSV: ${name}`, async () => {
    const { cells: found, codes } = await read(table([cells, ['last', 'row', 'z']]));
    expect(codes).toEqual([]);
    expect(found).toEqual([...plainRows, expected, ['last', 'row', 'z']]);
  });

for (const [name, delimiter] of [
  ['comma', ','],
  ['semicolon', ';'],
  ['tab', '\t'],
  ['pipe', '|'],
] as const)
  test(`CSV with ${name}: line breaks of both kinds, with and without the last one and a byte-order mark`, async () => {
    for (const end of ['\n', '\r\n']) {
      const text = table([], delimiter, end);
      for (const variant of [text, text.slice(0, -end.length), `\uFEFF${text}`]) {
        const { cells, codes } = await read(variant, delimiter === '\t' ? 'a.tsv' : 'a.csv');
        expect([JSON.stringify(end), codes]).toEqual([JSON.stringify(end), []]);
        expect(cells).toEqual(plainRows);
      }
    }
  });

test('records with too few and too many fields are rejected by number, their neighbours are read', async () => {
  const { entries } = await readContent(
    'a.csv',
    table([['short'], ['one', 'two', 'three', 'four'], ['last', 'row', 'z']]),
  );
  expect(
    entries.map((entry) => ('reject' in entry ? `${entry.row} ${entry.reject.code}` : entry.row)).slice(12),
  ).toEqual(['12 csv-field-count', '13 csv-field-count', 14]);
});

test('empty fields are empty, in quotes and without', async () => {
  const { cells, codes } = await read(
    table([
      ['a', 'b', ''],
      ['a', 'b', '""'],
    ]),
  );
  expect(codes).toEqual([]);
  expect(cells.slice(12).map(([, , note]) => note === '' || note === null)).toEqual([true, true]);
});

test('a quote that is never closed: nothing before it is touched, nothing behind it disappears', async () => {
  const quoted = Array.from({ length: 80 }, (_, i) => [`"a, ${i}"`, 'b', '"c"']);
  const { cells, codes } = await read(`${table(quoted)}"never closed,b,c\nlast,row,z\n`);
  expect(cells).toEqual([...plainRows, ...quoted.map((_, i) => [`a, ${i}`, 'b', 'c'])]);
  expect(codes).toHaveLength(1);
  // Where more than one record in fifty is broken by its quotes, they are characters like others.
  const { cells: literal } = await read(`${table([])}"never closed,b,c\nlast,row,z\n`);
  expect(literal.slice(12)).toEqual([
    ['"never closed', 'b', 'c'],
    ['last', 'row', 'z'],
  ]);
});

test('lines that end in CR alone are said to be unsupported', async () => {
  const { scan } = await readContent('a.csv', table([], ',', '\r'));
  expect(scan.skipped).toMatchObject({ code: 'unsupported', message: expect.stringContaining('CR alone') });
});

test('bytes that are no UTF-8 cost their record', async () => {
  const text = Buffer.from(table([]));
  const bad = Buffer.concat([
    text,
    Buffer.from([0x61, 0xff, 0x2c, 0x62, 0x2c, 0x63, 0x0a]),
    Buffer.from('last,row,z\n'),
  ]);
  const { entries } = await readContent('a.csv', bad);
  expect(codesOf(entries)).toEqual(['utf8-invalid']);
  expect(rowsOf(entries)).toHaveLength(13);
});

test('UTF-16 is said to be unsupported', async () => {
  const { scan } = await readContent('a.csv', Buffer.from(`\uFEFF${table([])}`, 'utf16le'));
  expect(scan.skipped).toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('unsupported: UTF-16'),
  });
});
