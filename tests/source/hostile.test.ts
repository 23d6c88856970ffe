import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { loadZstd } from '../../src/lib/zstd.ts';
import { openBytes } from '../../src/source/open-bytes.ts';
import { scanFile } from '../../src/source/scan-file.ts';
import { codesOf, fileAt, readContent, readEntries, rowsOf, temporaryFolder } from './read-all.ts';

const good = (index: number) => JSON.stringify({ prompt: `ask ${index}`, completion: `tell ${index}` });
const goodLines = (count: number) => Array.from({ length: count }, (_, index) => good(index)).join('\n');

test('a bad line is rejected with its number, its reason and its beginning; its neighbours are read', async () => {
  const content = Buffer.concat([
    Buffer.from(`${good(0)}\n{"prompt": "cut off\n${good(2)}\n"just text"\n[1]\n{"prompt":"`),
    Buffer.from([0xff, 0xfe]),
    Buffer.from(`","completion":"x"}\n${good(6)}\n`),
  ]);
  const { entries } = await readContent('a.jsonl', content);
  expect(
    entries.map((entry) => ('reject' in entry ? `${entry.row} ${entry.reject.code}` : entry.row)),
  ).toEqual([0, '1 json-invalid', 2, '3 not-an-object', '4 not-an-object', '5 utf8-invalid', 6]);
  expect(entries[1]).toMatchObject({ reject: { excerpt: '{"prompt": "cut off' } });
});

test('a replacement character that stands in the data is text, not an error', async () => {
  const { entries } = await readContent(
    'a.jsonl',
    `${JSON.stringify({ prompt: 'a\uFFFDb', completion: 'c' })}\n`,
  );
  expect(rowsOf(entries)[0]?.messages[0]?.content).toBe('a\uFFFDb');
});

test('a line of 33 MiB is rejected and the lines around it are read', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'big.jsonl');
  await writeFile(path, `${good(0)}\n{"prompt":"`);
  for (let mebibyte = 0; mebibyte < 33; mebibyte++) await appendFile(path, 'x'.repeat(1 << 20));
  await appendFile(path, `","completion":"y"}\n${good(2)}\n`);
  const scan = await scanFile({ file: fileAt(path), options: {} }, { openBytes });
  expect(scan.records).toBe(3);
  const entries = await readEntries(scan.units);
  expect(codesOf(entries)).toEqual(['record-too-large']);
  expect(entries.map((entry) => entry.row)).toEqual([0, 1, 2]);
  expect(entries[1]).toMatchObject({ reject: { excerpt: expect.stringMatching(/^\{"prompt":"x{100}/u) } });
});

test('prototype keys, NUL, lone surrogates and deep nesting neither crash nor leak', async () => {
  const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
  const lines = [
    '{"prompt":"a","completion":"b","__proto__":{"polluted":true}}',
    String.raw`{"prompt":"nul \u0000 lone \ud800","completion":"b"}`,
    `{"prompt":"deep","completion":"b","more":${deep}}`,
    `{"prompt":${deep},"completion":"b"}`,
  ];
  const { entries } = await readContent('a.jsonl', lines.join('\n'), { keepExtra: true });
  expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('polluted');
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect(rowsOf(entries)[0]?.extra).toBe('{"__proto__":{"polluted":true}}');
  expect(rowsOf(entries)[1]?.messages[0]?.content).toBe('nul \u0000 lone \ud800');
  expect(codesOf(entries)).toEqual(['depth-exceeded', 'depth-exceeded']);
});

test('a deep document and a document with prototype keys are read by the streaming reader', async () => {
  const record = { prompt: 'a', completion: 'b' };
  const text = `{"x":${JSON.stringify(record)},"__proto__":${JSON.stringify(record)},"y":{"prompt":"c","completion":"d","__proto__":{"polluted":1}}}`;
  const { scan, entries } = await readContent('a.json', text);
  expect(scan.units[0]?.format.json?.layout).toBe('object');
  expect(rowsOf(entries)).toHaveLength(3);
});

test('truncated compressed files are corrupt, never shorter', async () => {
  const gzip = gzipSync(goodLines(5000));
  const zstd = (await loadZstd()).compress(Buffer.from(goodLines(5000)), 3);
  for (const [name, bytes] of [
    ['a.jsonl.gz', gzip],
    ['a.jsonl.zst', zstd],
  ] as const) {
    for (const length of [bytes.length - 1, bytes.length - 9, bytes.length >> 1, 12]) {
      const { scan } = await readContent(name, bytes.subarray(0, length));
      expect(scan.skipped?.code).toBe('corrupt');
      expect(scan.skipped?.message).toContain(name);
      expect(scan.units).toEqual([]);
    }
  }
});

test('damaged Parquet files are corrupt: no footer, a broken one, and one that names bytes that are not there', async () => {
  const data = Array.from({ length: 100 }, (_, index) => `text ${index}`);
  const file = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'text', data, type: 'STRING' }] }));
  const broken = Uint8Array.from(file);
  broken.fill(0xff, file.length - 60, file.length - 8);
  const shortened = Buffer.concat([
    Buffer.from(file.subarray(0, 4)),
    Buffer.from(file.subarray(file.length - 8)),
  ]);
  for (const bytes of [file.subarray(0, file.length - 10), broken, shortened, file.subarray(0, 8)]) {
    const { scan } = await readContent('a.parquet', bytes);
    expect(scan.skipped?.code).toBe('corrupt');
    expect(scan.skipped?.message).toMatch(/^a\.parquet: .*(footer|row group)/u);
  }
});

test('a JSON array or document that breaks off is corrupt', async () => {
  const array = JSON.stringify([
    { prompt: 'a', completion: 'b' },
    { prompt: 'c', completion: 'd' },
  ]);
  for (const text of [
    array.slice(0, -1),
    array.slice(0, -8),
    `${array} x`,
    '{"data": [{"prompt": "a", "completion": "b"}',
  ]) {
    const { scan } = await readContent('a.json', text);
    expect(scan.skipped?.code).toBe('corrupt');
  }
});

test('a missing or broken element of a JSON array is one reject', async () => {
  const { entries } = await readContent('a.json', `[${good(0)}, {"prompt": tru}, , ${good(3)}]`);
  expect(codesOf(entries)).toEqual(['json-invalid', 'json-invalid']);
  expect(rowsOf(entries)).toHaveLength(2);
});

test('CSV records with too many or too few fields are rejected by number', async () => {
  const rows = Array.from({ length: 30 }, (_, index) => `ask ${index},tell ${index}`);
  const { entries } = await readContent(
    'a.csv',
    ['prompt,completion', ...rows, 'one', 'one,two,three', 'last,row'].join('\n'),
  );
  expect(codesOf(entries)).toEqual(['csv-field-count', 'csv-field-count']);
  expect(rowsOf(entries)).toHaveLength(31);
  expect(entries.at(-1)?.row).toBe(32);
});

test('files that are no data say what they are', async () => {
  const cases: [string, string | Uint8Array, string][] = [
    ['empty.jsonl', '', 'empty'],
    ['blank.jsonl', ' \n\n', 'empty'],
    ['none.json', '[]', 'empty'],
    ['prose', 'Just a line of prose\nand another one that follows', 'format-unknown'],
    ['binary.dat', Uint8Array.from({ length: 400 }, (_, index) => index % 7), 'format-unknown'],
    ['archive.zip', Buffer.from('PK\u0003\u0004 something'), 'unsupported'],
    ['wide.csv', Buffer.from('\uFEFFa,b\n1,2', 'utf16le'), 'unsupported'],
    ['numbers.json', '[1, 2, 3]', 'shape-unknown'],
    ['broken.jsonl', '{"prompt": \n{"completion"\n', 'corrupt'],
  ];
  for (const [name, content, code] of cases) {
    const { scan } = await readContent(name, content);
    expect([name, scan.skipped?.code]).toEqual([name, code]);
  }
});

test('an unknown shape names the columns and shows how to name them', async () => {
  const { scan } = await readContent('a.jsonl', '{"alpha": 1, "beta": "x"}\n');
  expect(scan.skipped).toMatchInlineSnapshot(`
    {
      "code": "shape-unknown",
      "hint": "name the columns in the configuration, for instance columns: {"instruction":"alpha","output":"beta"}, or shape: text with columns: {"text":"alpha"}",
      "message": "no known shape fits the records, which have the columns alpha, beta",
    }
  `);
});

test('a column that the configuration names and the file lacks is named', async () => {
  const { scan } = await readContent('a.jsonl', '{"alpha": "x", "beta": "y"}\n', {
    columns: { text: 'gamma' },
  });
  expect(scan.skipped?.message).toBe('column "gamma" is not there; the records have the columns alpha, beta');
});

test('an unknown shape name is a configuration error with a suggestion', async () => {
  await expect(readContent('a.jsonl', `${good(0)}\n`, { shape: 'mesages' })).rejects.toMatchObject({
    code: 'shape-name-unknown',
    hint: 'did you mean "messages"?',
  });
});

test('a read that is told to stop, stops', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'a.jsonl');
  await writeFile(path, goodLines(10));
  const signal = AbortSignal.abort();
  await expect(scanFile({ file: fileAt(path), options: {} }, { openBytes, signal })).rejects.toThrow(
    /aborted/u,
  );
});
