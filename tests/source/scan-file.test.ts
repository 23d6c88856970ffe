import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import type { InputFile } from '../../src/core/unit.ts';
import type { ByteSource } from '../../src/core/byte-source.ts';
import { openFileBytes } from '../../src/source/byte-source.ts';
import { readUnit } from '../../src/source/read-unit.ts';
import { scanFile } from '../../src/source/scan-file.ts';
import { codesOf, readContent, rowsOf, temporaryFolder } from './read-all.ts';

test('JSON Lines in a .json file, an array in a .jsonl file: content decides', async () => {
  const line = JSON.stringify({ prompt: 'a', completion: 'b' });
  expect((await readContent('a.json', `${line}\n${line}\n`)).scan.units[0]?.format.format).toBe('jsonl');
  expect((await readContent('a.jsonl', `[\n${line},\n${line}\n]`)).scan.records).toBe(2);
});

test('a semicolon file without header has its columns by number and is read when they are named', async () => {
  const lines = Array.from(
    { length: 8 },
    (_, index) =>
      `${index};"☰";1${index};"{""a"":""x""}";"a long, winding text, number ${index}; with signs"`,
  );
  const { scan } = await readContent('a.csv', lines.join('\n'));
  expect(scan.skipped?.code).toBe('shape-unknown');
  const named = await readContent('a.csv', lines.join('\n'), { shape: 'text', columns: { text: '5' } });
  expect(named.scan.units[0]?.format.csv).toEqual({
    delimiter: ';',
    header: ['1', '2', '3', '4', '5'],
    hasHeader: false,
    quoted: true,
  });
  expect(rowsOf(named.entries)[7]?.messages).toEqual([
    { role: 'assistant', content: 'a long, winding text, number 7; with signs' },
  ]);
});

test('tab-separated text with stray quotes is read without quoting', async () => {
  const lines = [
    '"Well" she said\t3,10\tid1',
    'fine\t4\tid2',
    '"open and never closed\t1\tid3',
    'said "so"\t2\tid4',
  ];
  const { scan, entries } = await readContent('a.tsv', lines.join('\n'), { columns: { text: '1' } });
  expect(scan.units[0]?.format.csv).toMatchObject({ delimiter: '\t', hasHeader: false, quoted: false });
  expect(rowsOf(entries).map((row) => row.messages[0]?.content)).toEqual(
    lines.map((line) => line.split('\t')[0]),
  );
});

test('a header is told from a first row, and names that repeat or are empty stay columns', async () => {
  const { scan } = await readContent('a.csv', ',Question,Answer,Answer\n0,why,so,x\n1,how,thus,y\n');
  expect(scan.units[0]?.format.csv?.header).toEqual(['', 'Question', 'Answer', 'Answer_2']);
  expect(scan.units[0]?.shape.columns).toEqual({ instruction: 'Question', output: 'Answer' });
});

function record(name: string) {
  return { prompt: `ask ${name}`, completion: 'tell' };
}

/** Layout of each unit, records, requests, row numbers. */
async function layouts(document: unknown) {
  const { scan, entries } = await readContent('a.json', JSON.stringify(document, null, 1), {
    keepExtra: true,
  });
  const asked = rowsOf(entries).map((row) => row.messages[0]?.content);
  return [
    scan.units.map((unit) => unit.format.json?.layout),
    scan.records,
    asked,
    entries.map((entry) => entry.row),
  ];
}

test('documents: one record, records by key, several lists under keys', async () => {
  expect(await layouts(record('a'))).toEqual([['single'], 1, ['ask a'], [0]]);
  expect(await layouts({ k1: record('a'), k2: record('b') })).toEqual([
    ['object'],
    2,
    ['ask a', 'ask b'],
    [0, 1],
  ]);
  expect(await layouts({ info: { n: 1 }, train: [record('a'), record('b')], test: [record('c')] })).toEqual([
    ['path', 'path'],
    3,
    ['ask a', 'ask b', 'ask c'],
    [0, 1, 2],
  ]);
});

test('records by key carry their key', async () => {
  const { entries } = await readContent('a.json', '{"k1": {"text": "a"}, "k2": {"text": "b"}}', {
    keepExtra: true,
  });
  expect(rowsOf(entries).map((row) => row.extra)).toEqual(['{"_key":"k1"}', '{"_key":"k2"}']);
});

test('utterance tables are one unit; entries say how many records stand behind them', async () => {
  const lines = [
    'dialogue_id,speaker,utterance',
    'd1,a,one',
    'd1,b,two',
    'd2,a,uno',
    'd1,a,three',
    'd2,b,dos',
    ',a,lost',
    'd2,bad',
  ];
  const { scan, entries } = await readContent('a.csv', lines.join('\n'), { unitBytes: 10 });
  expect(scan.units).toHaveLength(1);
  expect(scan.records).toBe(7);
  expect(entries.map((entry) => [entry.row, entry.records])).toEqual([
    [0, 3],
    [2, 2],
    [5, 1],
    [6, 1],
  ]);
  expect(codesOf(entries)).toEqual(['group-missing', 'csv-field-count']);
  expect(rowsOf(entries)[0]?.messages.map((message) => message.content)).toEqual(['one', 'two', 'three']);
});

test('Parquet units are whole row groups; big numbers and dates become JSON values', async () => {
  const rows = 250;
  const column = <T>(make: (index: number) => T) => Array.from({ length: rows }, (_, index) => make(index));
  const file = parquetWriteBuffer({
    columnData: [
      { name: 'text', data: column((index) => `text ${index}`), type: 'STRING' },
      { name: 'big', data: column((index) => 9_007_199_254_740_993n + BigInt(index)), type: 'INT64' },
      { name: 'small', data: column(BigInt), type: 'INT64' },
      { name: 'when', data: column((index) => new Date(index * 1000)), type: 'TIMESTAMP' },
    ],
    rowGroupSize: 100,
  });
  const { scan, entries } = await readContent('a.parquet', new Uint8Array(file), {
    unitBytes: 1,
    keepExtra: true,
  });
  expect(scan.units.map((unit) => unit.range)).toEqual([
    { kind: 'rows', start: 0, end: 100 },
    { kind: 'rows', start: 100, end: 200 },
    { kind: 'rows', start: 200, end: 250 },
  ]);
  expect(JSON.parse(rowsOf(entries)[1]?.extra ?? '')).toEqual({
    big: '9007199254740994',
    small: 1,
    when: '1970-01-01T00:00:01.000Z',
  });
});

test('of a Hub file only the beginning is read: JSON Lines are cut by size, gzip stays whole', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'a.jsonl');
  const lines = Array.from({ length: 60_000 }, (_, index) =>
    JSON.stringify({ prompt: `ask ${index}`, completion: 'é'.repeat(index % 50) }),
  );
  await writeFile(path, lines.join('\n'));
  let bytesRead = 0;
  const openBytes = async (): Promise<ByteSource> => {
    const source = await openFileBytes(path);
    return {
      bytes: source.bytes,
      read(start, end) {
        bytesRead += end - start;
        return source.read(start, end);
      },
      [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
    };
  };
  await using opened = await openFileBytes(path);
  const file: InputFile = {
    source: 's',
    name: 'a.jsonl',
    bytes: opened.bytes,
    location: {
      kind: 'hub',
      repo: 'a/b',
      revision: 'f'.repeat(40),
      path: 'a.jsonl',
      etag: 'e',
      endpoint: 'https://hub.invalid',
    },
  };
  const scan = await scanFile({ file, options: { unitBytes: 100_000 }, fingerprint: 'e' }, { openBytes });
  expect(bytesRead).toBeLessThan(opened.bytes);
  expect(scan).toMatchObject({ fingerprint: 'e', records: null });
  expect(scan.units).toHaveLength(Math.ceil(opened.bytes / 100_000));
  const asked: (string | undefined)[] = [];
  const offsets: number[] = [];
  for (const unit of scan.units) {
    for await (const batch of readUnit(unit, { keepExtra: false, openBytes })) {
      expect(batch.length).toBeLessThanOrEqual(256);
      asked.push(...rowsOf(batch).map((row) => row.messages[0]?.content));
      offsets.push(...batch.map((entry) => entry.row));
    }
  }
  expect(asked).toEqual(lines.map((_, index) => `ask ${index}`));
  expect(offsets.slice(0, 2)).toEqual([0, Buffer.byteLength(lines[0] ?? '') + 1]);
});

test('a file that shrinks between listing and reading is fatal, not shorter', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'a');
  await writeFile(path, 'abc');
  await using source = await openFileBytes(path);
  await expect(source.read(1, 5)).rejects.toMatchObject({ code: 'short-read' });
});
