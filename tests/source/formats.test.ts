import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { loadZstd } from '../../src/lib/zstd.ts';
import { describeSource } from '../contract/source.contract.ts';

type Records = readonly Readonly<Record<string, string>>[];

const toLines = (records: Records) => records.map((record) => JSON.stringify(record)).join('\n');
const toCsv = (records: Records, delimiter: string) =>
  [Object.keys(records[0] ?? {}), ...records.map((record) => Object.values(record))]
    .map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter))
    .join('\r\n');
const toParquet = (records: Records) => {
  const names = Object.keys(records[0] ?? {});
  const columnData = names.map((name) => ({
    name,
    data: records.map((record) => record[name] ?? ''),
    type: 'STRING' as const,
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 100 }));
};
const utf8 = (text: string) => Buffer.from(text, 'utf8');

describeSource({ name: 'JSON Lines', file: 'a.jsonl', write: (records) => utf8(`${toLines(records)}\n`) });
describeSource({
  name: 'JSON Lines without a last line break',
  file: 'a.json',
  write: (records) => utf8(`${toLines(records)}${records.length === 1 ? '\n' : ''}`),
});
describeSource({
  name: 'JSON Lines with a byte-order mark and blank lines',
  file: 'a.jsonl',
  write: (records) => utf8(`\uFEFF${toLines(records).replaceAll('\n', '\r\n\n')}\n`),
});
describeSource({
  name: 'JSON array',
  file: 'a.json',
  write: (records) => utf8(JSON.stringify(records, null, 2)),
});
describeSource({
  name: 'JSON array on one line',
  file: 'a.json',
  write: (records) => utf8(JSON.stringify(records)),
});
describeSource({
  name: 'JSON array under a key',
  file: 'a.json',
  write: (records) => utf8(JSON.stringify({ version: '1', data: { train: records } })),
});
describeSource({ name: 'CSV', file: 'a.csv', write: (records) => utf8(toCsv(records, ',')) });
describeSource({ name: 'CSV with semicolons', file: 'a.csv', write: (records) => utf8(toCsv(records, ';')) });
describeSource({ name: 'TSV', file: 'a.tsv', write: (records) => utf8(toCsv(records, '\t')) });
describeSource({ name: 'Parquet', file: 'a.parquet', write: toParquet });
describeSource({ name: 'gzip', file: 'a.jsonl.gz', write: (records) => gzipSync(toLines(records)) });
describeSource({
  name: 'gzip of several members, by content alone',
  file: 'a',
  write: (records) =>
    Buffer.concat([
      gzipSync(`${toLines(records.slice(0, 1))}\n`),
      gzipSync(`${toLines(records.slice(1))}\n`),
    ]),
});
describeSource({
  name: 'zstd',
  file: 'a.csv.zst',
  write: async (records) => (await loadZstd()).compress(utf8(toCsv(records, ',')), 3),
});
