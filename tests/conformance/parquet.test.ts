import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { type CompressionCodec, parquetMetadata, type SchemaElement } from 'hyparquet';
import { ByteWriter, parquetWriteBuffer } from 'hyparquet-writer';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { RowError } from '../../src/core/errors.ts';
import { loadZstd } from '../../src/lib/zstd.ts';
import { openFileBytes } from '../../src/source/byte-source.ts';
import { openParquet } from '../../src/source/parquet.ts';
import { codesOf, readContent, rowsOf } from '../source/read-all.ts';

/** Cases of our own in the spirit of Apache's parquet-testing: what other writers make is read as they meant it. */
let folder = '';
let database: DuckDBConnection;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tag-datasets-parquet-'));
  database = await (await DuckDBInstance.create(':memory:')).connect();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Record = { readonly [column: string]: unknown };

async function readFileRows(path: string): Promise<{ rows: Record[]; groups: number }> {
  await using source = await openFileBytes(path);
  const parquet = await openParquet(source, 'case.parquet');
  const rows: Record[] = [];
  for (const { start, end } of parquet.groups) {
    for (const row of await parquet.readRows(start, end)) {
      if (row instanceof RowError) throw row;
      rows.push(row);
    }
  }
  return { rows, groups: parquet.groups.length };
}

/** Reads rows out of bytes, through a file as users do. */
async function readBytes(bytes: Uint8Array): Promise<Record[]> {
  const path = join(folder, 'bytes.parquet');
  await writeFile(path, bytes);
  return (await readFileRows(path)).rows;
}

/** DuckDB's own words for the rows of a query: JSON, with decimals and large numbers as text. */
async function oracle(query: string): Promise<Record[]> {
  const reader = await database.runAndReadAll(`select to_json(t)::varchar as j from (${query}) t`);
  return reader.getRows().map(([text]) => JSON.parse(String(text)) as Record);
}

async function written(name: string, query: string, options: string): Promise<string> {
  const path = join(folder, `${name.replaceAll(/\W+/gu, '-')}.parquet`);
  await database.run(`copy (${query}) to '${path}' (format parquet, ${options})`);
  return path;
}

async function encodingsOf(path: string): Promise<Set<string>> {
  const reader = await database.runAndReadAll(`select distinct encodings from parquet_metadata('${path}')`);
  return new Set(reader.getRows().flatMap(([text]) => String(text).split(', ')));
}

/** Every plain type, lists of lists, structs, maps, nulls at every level and several row groups. */
const mixed = `select i::int as i, i::bigint * 4611686018427 as big, (i % 3 = 0) as yes, i / 7.0::double as d,
  'text ' || i || ' 你好 😀' as s, case when i % 3 = 0 then null else 'n' || (i % 5) end as n,
  case when i % 4 = 0 then null when i % 4 = 1 then [] else [i, null, i + 1] end as l,
  [['a' || i, null], [], ['b']] as ll,
  case when i % 5 = 0 then null else {'x': i, 'y': case when i % 2 = 0 then null else 'z' || i end} end as st,
  [{'role': 'user', 'content': 'q' || i}, {'role': 'assistant', 'content': null}] as messages,
  i::utinyint as u8, (i + 4000000000)::uinteger as u32, (i / 4)::float as f
  from range(250) t(i)`;

for (const codec of ['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw'])
  test(`codec ${codec}: pages of version 1 hold what DuckDB wrote`, async () => {
    const path = await written(`codec-${codec}`, mixed, `codec ${codec}`);
    expect((await readFileRows(path)).rows).toEqual(await oracle(mixed));
  });

test('the encodings of format version 2 hold what DuckDB wrote, over several row groups', async () => {
  const query = `select i::int as i, (i * 1000003)::bigint as b, 'common prefix ' || i as s, i / 3.0::double as d,
    (i / 8)::float as f, 'v' || (i % 7) as few, case when i between 2000 and 6000 then null else i end as gap
    from range(9000) t(i)`;
  const path = await written('v2', query, 'parquet_version v2, codec zstd, row_group_size 2048');
  const encodings = await encodingsOf(path);
  for (const name of [
    'DELTA_BINARY_PACKED',
    'DELTA_LENGTH_BYTE_ARRAY',
    'BYTE_STREAM_SPLIT',
    'RLE_DICTIONARY',
  ]) {
    expect([...encodings]).toContain(name);
  }
  const { rows, groups } = await readFileRows(path);
  expect(groups).toBeGreaterThan(3);
  expect(rows).toEqual(await oracle(query));
});

test('a dictionary that one row group has and the next has not, and columns of nothing but nulls', async () => {
  const query = `select case when i < 4096 then 'few' || (i % 3) else 'many ' || i end as s, null::varchar as none,
    null::int as no_number, i from range(8192) t(i)`;
  const path = await written('fallback', query, 'row_group_size 4096');
  expect((await readFileRows(path)).rows).toEqual(await oracle(query));
});

test('a file without rows, and a column without a name that JavaScript likes', async () => {
  const none = await written('none', `select 1 as a where false`, 'codec snappy');
  expect(await readFileRows(none)).toEqual({ rows: [], groups: 0 });
  const odd = `select 1 as "__proto__", 2 as "constructor", 3 as "a.b", 4 as " ", 5 as "ü 你"`;
  const { rows } = await readFileRows(await written('odd', odd, 'codec snappy'));
  // The decoder's objects cannot hold `__proto__`: that column is left out, and nothing is polluted.
  expect(({} as { a?: unknown })['a']).toBeUndefined();
  expect(Object.entries(rows[0] ?? {})).toEqual([
    ['constructor', 2],
    ['a.b', 3],
    [' ', 4],
    ['ü 你', 5],
  ]);
});

test('decimals are the digits that were written: numbers up to 15 of them, text beyond', async () => {
  const query = `select 3.3::decimal(4,1) as a, -0.07::decimal(9,2) as b, (i * 1.1)::decimal(18,3) as c,
    '12345678901234567890.12345'::decimal(30,5) as d, '-0.00001'::decimal(38,5) as e, 0::decimal(5,0) as f, i
    from range(1, 4) t(i)`;
  for (const options of ['codec snappy', 'parquet_version v2']) {
    const { rows } = await readFileRows(await written(`decimal ${options}`, query, options));
    expect(rows.map(({ c }) => c)).toEqual([1.1, 2.2, 3.3]);
    expect(rows[0]).toMatchObject({ a: 3.3, b: -0.07, d: '12345678901234567890.12345', e: -0.00001, f: 0 });
  }
});

test('dates and times keep every digit, before 1970 too', async () => {
  const query = `select date '2024-02-29' as leap, date '1815-12-10' as old, timestamp '2024-01-01 12:34:56.123456' as us,
    timestamp '1969-12-31 23:59:59.999999' as before, timestamp_ns '2024-01-01 00:00:00.000000001' as ns,
    timestamp_ms '2024-01-01 00:00:00.5' as ms, null::timestamp as nothing`;
  const { rows } = await readFileRows(await written('times', query, 'codec snappy'));
  expect(rows).toEqual([
    {
      leap: '2024-02-29',
      old: '1815-12-10',
      us: '2024-01-01T12:34:56.123456Z',
      before: '1969-12-31T23:59:59.999999Z',
      ns: '2024-01-01T00:00:00.000000001Z',
      ms: '2024-01-01T00:00:00.500Z',
      nothing: null,
    },
  ]);
});

test('large integers, UUIDs, maps and bytes', async () => {
  const query = `select 9223372036854775807 as largest, 9007199254740991 as safe, (18446744073709551615)::ubigint as u64,
    '0b9c7ae4-5a1e-4b2a-9d6e-1f2a3b4c5d6e'::uuid as id, map {'k': 1, 'j': null} as m, '\\xFF\\xFE'::blob as bytes`;
  const { rows } = await readFileRows(await written('large', query, 'codec snappy'));
  expect(rows).toEqual([
    {
      largest: '9223372036854775807',
      safe: 9007199254740991,
      u64: '18446744073709551615',
      id: '0b9c7ae4-5a1e-4b2a-9d6e-1f2a3b4c5d6e',
      m: { k: 1, j: null },
      bytes: '//4=',
    },
  ]);
});

const texts = Array.from({ length: 300 }, (_, i) => `prefix ${i % 40} ${'x'.repeat(i % 17)}`);

for (const encoding of ['PLAIN', 'DELTA_BYTE_ARRAY', 'DELTA_LENGTH_BYTE_ARRAY', 'RLE_DICTIONARY'] as const)
  test(`text in ${encoding}, on several pages of version 2`, async () => {
    const columnData = [{ name: 'text', data: texts, type: 'STRING' as const, encoding }];
    const bytes = parquetWriteBuffer({ columnData, pageSize: 500, rowGroupSize: 128 });
    expect(await readBytes(new Uint8Array(bytes))).toEqual(texts.map((text) => ({ text })));
  });

test('numbers in DELTA_BINARY_PACKED and BYTE_STREAM_SPLIT, booleans in RLE', async () => {
  const int = texts.map((_, i) => ((i * 7919) % 1000) - 500);
  const long = int.map((value) => BigInt(value) * 1_000_000_007n);
  const double = int.map((value) => value / 3);
  const yes = int.map((value) => value % 3 === 0);
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: 'int', data: int, type: 'INT32', encoding: 'DELTA_BINARY_PACKED' },
      { name: 'long', data: long, type: 'INT64', encoding: 'DELTA_BINARY_PACKED' },
      { name: 'double', data: double, type: 'DOUBLE', encoding: 'BYTE_STREAM_SPLIT' },
      { name: 'yes', data: yes, type: 'BOOLEAN', encoding: 'RLE' },
    ],
    rowGroupSize: 100,
  });
  const expected = int.map((value, i) => ({
    int: value,
    long: Number(long[i]),
    double: double[i],
    yes: yes[i],
  }));
  expect(await readBytes(new Uint8Array(bytes))).toEqual(expected);
});

test('the codecs on pages of version 2, and a codec per column', async () => {
  const zstd = await loadZstd();
  const compressors = {
    GZIP: (input: Uint8Array) => new Uint8Array(gzipSync(input)),
    BROTLI: (input: Uint8Array) => new Uint8Array(brotliCompressSync(input)),
    ZSTD: (input: Uint8Array) => zstd.compress(input, 3),
  };
  const codecs: CompressionCodec[] = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'BROTLI', 'ZSTD'];
  const columnData = codecs.map((codec) => ({ name: codec, data: texts, type: 'STRING' as const, codec }));
  const rows = await readBytes(
    new Uint8Array(parquetWriteBuffer({ columnData, compressors, rowGroupSize: 77 })),
  );
  expect(rows).toEqual(texts.map((text) => Object.fromEntries(codecs.map((codec) => [codec, text]))));
});

test('INT96 time stamps of old Spark and Impala files', async () => {
  const stamp = (days: number, nanoseconds: bigint): Uint8Array => {
    const bytes = new DataView(new ArrayBuffer(12));
    bytes.setBigUint64(0, nanoseconds, true);
    bytes.setUint32(8, days + 2_440_588, true);
    return new Uint8Array(bytes.buffer);
  };
  const data = [stamp(0, 0n), stamp(19_723, 45_296_123_456_789n), stamp(-1, 86_399_999_999_999n)];
  const schema: SchemaElement[] = [
    { name: 'root', num_children: 1 },
    { name: 'at', type: 'FIXED_LEN_BYTE_ARRAY', type_length: 12, repetition_type: 'REQUIRED' },
  ];
  const bytes = withFooter(
    parquetWriteBuffer({
      columnData: [{ name: 'at', data, encoding: 'PLAIN' }],
      schema,
      statistics: false,
      codec: 'UNCOMPRESSED',
    }),
    (metadata) => {
      Object.assign(metadata.schema[1] ?? {}, { type: 'INT96', type_length: undefined });
      Object.assign(metadata.row_groups[0]?.columns[0]?.meta_data ?? {}, { type: 'INT96' });
    },
  );
  expect(await readBytes(bytes)).toEqual([
    { at: '1970-01-01T00:00:00.000Z' },
    { at: '2024-01-01T12:34:56.123456789Z' },
    { at: '1969-12-31T23:59:59.999999999Z' },
  ]);
});

/** The same pages under another footer. */
function withFooter(
  file: ArrayBuffer,
  change: (metadata: ReturnType<typeof parquetMetadata>) => void,
): Uint8Array {
  const metadata = parquetMetadata(file);
  change(metadata);
  const end = file.byteLength - 8 - new DataView(file).getUint32(file.byteLength - 8, true);
  const writer = new ByteWriter();
  writer.appendBytes(new Uint8Array(file, 0, end));
  writeMetadata(writer, metadata);
  writer.appendUint32(0x31524150);
  return new Uint8Array(writer.getBytes());
}

test('what is not decoded is said of the file, from the footer alone', async () => {
  const plain = parquetWriteBuffer({ columnData: [{ name: 'text', data: ['a', 'b'], type: 'STRING' }] });
  const cases: [string, Uint8Array][] = [
    ['unsupported: Parquet type INTERVAL', await duck(`select 'a' as text, interval '1 day' as i`)],
    [
      'unsupported: Parquet type DECIMAL inside lists and structs',
      await duck(`select 'a' as text, [1.5::decimal(4,1)] as d`),
    ],
    [
      'unsupported: Parquet codec LZO',
      withFooter(plain, ({ row_groups: [group] }) => {
        Object.assign(group?.columns[0]?.meta_data ?? {}, { codec: 'LZO' });
      }),
    ],
    [
      'unsupported: Parquet type BSON',
      withFooter(plain, ({ schema }) => {
        Object.assign(schema[1] ?? {}, { converted_type: 'BSON', logical_type: undefined });
      }),
    ],
    [
      'unsupported: columns in other files',
      withFooter(plain, ({ row_groups: [group] }) => {
        Object.assign(group?.columns[0] ?? {}, { file_path: 'other.parquet' });
      }),
    ],
    [
      'unsupported: encrypted Parquet',
      Buffer.concat([Buffer.from('PARE'), Buffer.alloc(100), Buffer.from('PARE')]),
    ],
  ];
  for (const [message, bytes] of cases) {
    const { scan } = await readContent('a.parquet', bytes);
    expect([message, scan.skipped?.code]).toEqual([message, 'unsupported']);
    expect(scan.skipped?.message).toContain(message);
    expect(scan.units).toEqual([]);
  }
});

async function duck(query: string, codec = 'snappy'): Promise<Buffer> {
  return readFile(await written('duck', query, `codec ${codec}`));
}

test('text that is no UTF-8 costs its row; a byte-order mark inside a text stays', async () => {
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'utf8'));
  const schema: SchemaElement[] = [
    { name: 'root', num_children: 2 },
    { name: 'prompt', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
    { name: 'completion', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  ];
  const rawSchema = schema.map((element) => ({ ...element, converted_type: undefined }));
  const data = [bytes('one'), new Uint8Array([0x61, 0xff, 0x62]), bytes('\uFEFFthree')];
  const answers = ['a', 'b', 'c'].map(bytes);
  const file = parquetWriteBuffer({
    columnData: [
      { name: 'prompt', data },
      { name: 'completion', data: answers },
    ],
    schema: rawSchema,
    statistics: false,
  });
  const content = withFooter(file, (metadata) => {
    metadata.schema = schema;
  });
  const { entries } = await readContent('a.parquet', content);
  expect(codesOf(entries)).toEqual(['utf8-invalid']);
  expect(entries.map(({ row }) => row)).toEqual([0, 1, 2]);
  expect(rowsOf(entries).map(({ messages }) => messages[0]?.content)).toEqual(['one', '\uFEFFthree']);
});

test('text that is no UTF-8 costs its row inside lists and structs too; bytes beside it become Base64', async () => {
  const query = `select [{'role': 'user', 'content': 'ask ' || i, 'image': '\\xFF\\xFE'::blob},
    {'role': 'assistant', 'content': 'tell ' || i, 'image': 'abc'::blob}] as messages, '\\xFF'::blob as key
    from range(3) t(i)`;
  const content = await duck(query, 'uncompressed');
  const at = content.indexOf('tell 1');
  content[at + 1] = 0xff;
  const { entries } = await readContent('a.parquet', content, { keepExtra: true });
  expect(codesOf(entries)).toEqual(['utf8-invalid']);
  expect(entries[1]).toMatchObject({ row: 1, reject: { message: 'column "messages" is not UTF-8' } });
  expect(rowsOf(entries).map(({ messages }) => messages[1]?.content)).toEqual(['tell 0', 'tell 2']);
  const rows = await readBytes(await duck(query, 'uncompressed'));
  expect(rows[0]).toEqual({
    messages: [
      { role: 'user', content: 'ask 0', image: '//4=' },
      { role: 'assistant', content: 'tell 0', image: 'abc' },
    ],
    key: '/w==',
  });
});

test('keys of maps that are not announced as text are text, or cost their row', async () => {
  const file = await duck(`select map {'k': 1, 'other': 2} as m`, 'uncompressed');
  const damaged = Buffer.from(file);
  damaged[damaged.indexOf('other') + 1] = 0xff;
  await expect(readBytes(damaged)).rejects.toMatchObject({ code: 'utf8-invalid' });
  const copy = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer;
  const plain = withFooter(copy, ({ schema }) => {
    for (const element of schema.filter(({ name }) => name === 'key'))
      Object.assign(element, { converted_type: undefined, logical_type: undefined });
  });
  expect(await readBytes(plain)).toEqual([{ m: { k: 1, other: 2 } }]);
});

test('damage anywhere in a file is an error of that file, or in the texts alone, and never a crash', async () => {
  const path = await written('damage', mixed, 'codec zstd');
  const whole = new Uint8Array(await readFile(path));
  const right = JSON.stringify((await readFileRows(path)).rows);
  let damaged = 0;
  for (let at = 4; at < whole.length - 8; at += Math.floor(whole.length / 120)) {
    const bytes = Uint8Array.from(whole);
    bytes[at] = (bytes[at] ?? 0) ^ 0x40;
    const outcome = await readBytes(bytes).then(
      (rows) => (JSON.stringify(rows) === right ? 'right' : 'other'),
      (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'crash'),
    );
    expect(['right', 'other', 'corrupt', 'unsupported']).toContain(outcome);
    if (outcome !== 'right') damaged++;
  }
  expect(damaged).toBeGreaterThan(50);
});

const python = findPyarrow();
test.skipIf(python === null)('files that pyarrow writes', async () => {
  const path = join(folder, 'arrow.parquet');
  const script = `
import pyarrow as pa, pyarrow.parquet as pq, sys
table = pa.table({'text': ['a', None, 'c'], 'n': pa.array([[1, None], [], None], pa.list_(pa.int64())),
  'd': pa.array([1, 2, 3], pa.date32()), 'k': pa.array(['x', 'x', 'y']).dictionary_encode()})
pq.write_table(table, sys.argv[1], compression='zstd', data_page_version='2.0', version='2.6', row_group_size=2)`;
  execFileSync(python ?? '', ['-c', script, path]);
  expect((await readFileRows(path)).rows).toEqual([
    { text: 'a', n: [1, null], d: '1970-01-02', k: 'x' },
    { text: null, n: [], d: '1970-01-03', k: 'x' },
    { text: 'c', n: null, d: '1970-01-04', k: 'y' },
  ]);
});

function findPyarrow(): string | null {
  try {
    execFileSync('python3', ['-c', 'import pyarrow'], { stdio: 'ignore' });
    return 'python3';
  } catch {
    process.stdout.write('no pyarrow: files that it writes are not tried\n');
    return null;
  }
}
