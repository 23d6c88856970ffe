import { expect, test } from 'vitest';

import { codesOf, readContent, rowsOf } from '../source/read-all.ts';

/** Cases of our own in the spirit of JSONTestSuite: values that must be read, that must not, and that a reader may choose about. */
const around = (value: string | Buffer): Buffer =>
  Buffer.concat([
    Buffer.from('{"prompt":"ask","completion":"tell","extra":'),
    Buffer.from(value),
    Buffer.from('}'),
  ]);
const good = Buffer.from('{"prompt":"before","completion":"it"}');
const lines = (middle: Buffer) =>
  Buffer.concat([good, Buffer.from('\n'), middle, Buffer.from('\n'), good, Buffer.from('\n')]);

const valid: readonly [string, unknown][] = [
  ['0', 0],
  ['-0', 0],
  ['-0.0', 0],
  ['1e3', 1000],
  ['1E+2', 100],
  ['1.5e-3', 0.0015],
  ['123456789012', 123456789012],
  ['""', ''],
  ['" "', ' '],
  [String.raw`"\"\\\/\b\f\n\r\t"`, '"\\/\b\f\n\r\t'],
  [String.raw`"\u0041\u00e9\u4f60"`, 'Aé你'],
  [String.raw`"\ud83d\ude00"`, '😀'],
  [String.raw`"\u0000"`, '\u0000'],
  ['"\u2028\u2029"', '\u2028\u2029'],
  ['"\u007f"', '\u007f'],
  ['"\uFFFD \uFEFF"', '\uFFFD \uFEFF'],
  ['true', true],
  ['false', false],
  ['null', null],
  ['[]', []],
  ['{}', {}],
  [' [ 1 , [ 2 ] , { "a" : null } ] ', [1, [2], { a: null }]],
  ['\t{"a":\r[]}\t', { a: [] }],
  ['{"":0}', { '': 0 }],
  [String.raw`{"\u0000":1}`, { '\u0000': 1 }],
];

const invalid: readonly (string | Buffer)[] = [
  '',
  '01',
  '-',
  '+1',
  '.5',
  '1.',
  '1e',
  '1e+',
  '0x10',
  'NaN',
  'Infinity',
  '-Infinity',
  'tru',
  'True',
  'nil',
  'undefined',
  '"a',
  "'a'",
  String.raw`"\a"`,
  String.raw`"\u00"`,
  String.raw`"\u00g0"`,
  '"tab\tinside"',
  '"nul\u0000inside"',
  '[1,]',
  '[,1]',
  '[1 2]',
  '[1',
  '[1}',
  '{"a":1,}',
  '{a:1}',
  '{"a" 1}',
  '{"a":}',
  '{"a":1 "b":2}',
  '{1:2}',
  '// comment\n1',
  '/* comment */ 1',
  '"a" "b"',
  '\u00a01',
  '\uFEFF1',
  '\u000b1',
];

test('valid values are read as what they are', async () => {
  for (const [text, value] of valid) {
    const { entries } = await readContent('a.jsonl', lines(around(text)), { keepExtra: true });
    expect([text, codesOf(entries)]).toEqual([text, []]);
    const [, row] = rowsOf(entries);
    expect([text, JSON.parse(row?.extra ?? '')]).toEqual([text, { extra: value }]);
  }
});

test('invalid values cost their line and no other', async () => {
  for (const text of invalid) {
    if (text.includes('\n')) continue;
    const { entries } = await readContent('a.jsonl', lines(around(text)), { keepExtra: true });
    expect([text, codesOf(entries)]).toEqual([text, ['json-invalid']]);
    expect(entries.map(({ row }) => row)).toEqual([0, 1, 2]);
  }
});

test('the same invalid values in an array cost one element, or the file where its end is lost', async () => {
  for (const text of invalid) {
    const array = Buffer.concat([
      Buffer.from('['),
      good,
      Buffer.from(','),
      around(text),
      Buffer.from(','),
      good,
      Buffer.from(']'),
    ]);
    const { scan, entries } = await readContent('a.json', array);
    if (scan.skipped) {
      expect([text, scan.skipped.code]).toEqual([text, 'corrupt']);
    } else {
      expect([text, rowsOf(entries).map(({ messages }) => messages[0]?.content)]).toEqual([
        text,
        ['before', 'before'],
      ]);
      expect([text, codesOf(entries).length > 0]).toEqual([text, true]);
    }
  }
});

test('bytes that are no UTF-8 cost their line: overlong, surrogates, cut off, beyond Unicode', async () => {
  const sequences = [
    [0x80],
    [0xc0, 0x80],
    [0xe0, 0x80, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xf8, 0x88, 0x80, 0x80, 0x80],
    [0xe4, 0xbd],
    [0xff],
  ];
  for (const bytes of sequences) {
    const text = Buffer.concat([Buffer.from('"'), Buffer.from(bytes), Buffer.from('"')]);
    const { entries } = await readContent('a.jsonl', lines(around(text)));
    expect([bytes, codesOf(entries)]).toEqual([bytes, ['utf8-invalid']]);
  }
});

test('where the standard leaves a choice: what is chosen', async () => {
  const chosen: readonly [string, unknown][] = [
    // The last of two equal names wins, as everywhere in JavaScript.
    ['{"a":1,"a":2}', { a: 2 }],
    // Numbers are doubles.
    ['0.1000000000000000055511151231257827', 0.1],
    ['100000000000000000001', 100000000000000000000],
    ['1e-400', 0],
    // A number that no double holds is no number in JSON again.
    ['1e400', null],
    // Lone surrogates are kept as they were escaped.
    [String.raw`"\ud800"`, '\ud800'],
    [String.raw`"\udc00\ud800"`, '\udc00\ud800'],
  ];
  for (const [text, value] of chosen) {
    const { entries } = await readContent('a.jsonl', lines(around(text)), { keepExtra: true });
    expect([text, codesOf(entries)]).toEqual([text, []]);
    expect([text, JSON.parse(rowsOf(entries)[1]?.extra ?? '')]).toEqual([text, { extra: value }]);
  }
  const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  const { entries } = await readContent(
    'a.jsonl',
    [around(deep(50)), around(deep(100_000))].map(String).join('\n'),
    { keepExtra: true },
  );
  expect(codesOf(entries)).toEqual(['depth-exceeded']);
});

test('a byte-order mark before the first line, CR LF, blank lines and a missing last line break', async () => {
  const text = `\uFEFF${String(good)}\r\n\r\n  \n${String(good)}`;
  for (const name of ['a.jsonl', 'a.ndjson', 'a.json', 'a']) {
    const { scan, entries } = await readContent(name, text);
    expect([name, scan.records, codesOf(entries), rowsOf(entries).length]).toEqual([name, 2, [], 2]);
  }
});
