import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';
import { parquetReadObjects } from 'hyparquet';
import { expect, test } from 'vitest';

import { loadZstd } from '../../src/lib/zstd.ts';
import type { OutputRow } from '../../src/shard/output-row.ts';
import type { ShardFormat } from '../../src/shard/schema.ts';
import type { ByteSink, ShardWriter } from '../../src/shard/writers/shard-writer.ts';
import { awkwardRows, outputRow, storedRows } from '../shard/support/rows.ts';

export type OpenWriter = (format: ShardFormat, sink: ByteSink) => Promise<ShardWriter>;

/** What every Parquet writer must do; call it once per writer. */
export function testWriter(name: string, open: OpenWriter): void {
  const write = async (groups: readonly (readonly OutputRow[])[], format: ShardFormat): Promise<Buffer> => {
    const chunks: Buffer[] = [];
    const writer = await open(format, async (chunk) => {
      chunks.push(Buffer.from(chunk)); // a copy: the chunk is only good until this resolves
    });
    for (const group of groups) await writer.append(storedRows(group));
    await writer.finish();
    return Buffer.concat(chunks);
  };

  test(`${name}: rows read back as they were written`, async () => {
    const file = await write([awkwardRows], 'messages');
    expect(await readRows(file)).toEqual(awkwardRows.map(messagesRow));
  });

  test(`${name}: an independent reader finds the same rows, nulls and empty lists`, async () => {
    const file = await write([awkwardRows], 'messages');
    const found = await queryFile(
      file,
      `select len(messages)::int as messages, messages[2].content as second, messages[3].tool_calls as calls,
        messages[5].tool_calls as no_calls, messages[4].name as name, tools is null as tools_null, _persona_score,
        _tagged_by, _traits, _copy, _synthetic, _phase, _row_key from file`,
    );
    expect(found).toEqual([
      duckRow(2, 'Number 12, every ten minutes.', { tools_null: true, _traits: ['brief'] }),
      duckRow(0, null, { tools_null: true, _traits: [], _copy: 2, _synthetic: true, _phase: null }),
      duckRow(5, awkwardRows[2]?.messages[1]?.content ?? '', {
        calls: [
          { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Łódź"}' } },
          { id: null, type: 'function', function: { name: 'clock', arguments: '{}' } },
        ],
        no_calls: [],
        name: '',
        tools_null: false,
        _traits: ['formal', 'detailed'],
      }),
      duckRow(1, null, { tools_null: true, _traits: ['brief'] }),
    ]);
  });

  test(`${name}: every append is a row group, in order, and an empty one is none`, async () => {
    const rows = Array.from({ length: 25 }, (_, copy) => outputRow({ copy }));
    const file = await write([rows.slice(0, 10), [], rows.slice(10)], 'messages');
    const read = await readRows(file);
    expect(read.map((row) => row['_copy'])).toEqual(rows.map((row) => row.copy));
    const groups = await queryFile(
      file,
      'select distinct row_group_num_rows::int as n from parquet_metadata(path) order by n',
    );
    expect(groups).toEqual([{ n: 10 }, { n: 15 }]);
  });

  test(`${name}: a file without rows is a file with the whole schema`, async () => {
    const file = await write([], 'messages');
    expect(
      await queryFile(file, 'select count(*)::int as n, count(_adapter)::int as adapters from file'),
    ).toEqual([{ n: 0, adapters: 0 }]);
  });

  test(`${name}: the same rows give the same bytes`, async () => {
    expect(await write([awkwardRows], 'messages')).toEqual(await write([awkwardRows], 'messages'));
  });

  test(`${name}: alpaca columns hold instruction, input and output`, async () => {
    const [row] = await queryFile(
      await write([[outputRow()]], 'alpaca'),
      'select instruction, input, output, _persona from file',
    );
    expect(row).toEqual({
      instruction: 'Which bus goes to the harbour?',
      input: '',
      output: 'Number 12, every ten minutes.',
      _persona: 'factual_informant',
    });
  });

  test(`${name}: an error of the sink comes out`, async () => {
    const writer = await open('messages', () => Promise.reject(new Error('sink full')));
    await expect(writer.append(storedRows(awkwardRows)).then(() => writer.finish())).rejects.toThrow(
      'sink full',
    );
  });
}

function messagesRow({ messages, tools, extra, ...row }: OutputRow): Record<string, unknown> {
  return {
    messages: messages.map(({ role, content, name, toolCalls }) => ({
      role,
      content,
      name: name ?? null,
      tool_calls:
        toolCalls?.map((call) => ({
          id: call.id ?? null,
          type: 'function',
          function: { name: call.name, arguments: call.arguments },
        })) ?? null,
    })),
    tools,
    _persona: row.persona,
    _persona_score: row.personaScore,
    _tagged_by: row.taggedBy,
    _traits: row.traits,
    _trait_scores: row.traitScores,
    _source: row.source,
    _row_key: row.rowKey,
    _phase: row.phase,
    _adapter: row.adapter,
    _copy: row.copy,
    _synthetic: row.synthetic,
    extra,
  };
}

function duckRow(
  messages: number,
  second: string | null,
  change: Record<string, unknown>,
): Record<string, unknown> {
  return {
    messages,
    second,
    calls: null,
    no_calls: null,
    name: null,
    _persona_score: 0.75,
    _tagged_by: 'persona-v1',
    _copy: 0,
    _synthetic: false,
    _phase: 'foundation',
    _row_key: '0123456789abcdef0123456789abcdef',
    ...change,
  };
}

async function readRows(file: Buffer): Promise<Record<string, unknown>[]> {
  const zstd = await loadZstd();
  const rows = await parquetReadObjects({
    file: file.buffer.slice(file.byteOffset, file.byteOffset + file.length) as ArrayBuffer, // Buffer.concat never shares
    compressors: { ZSTD: (data, size) => zstd.decompress(data, size) },
  });
  return rows.map(withNulls);
}

/** hyparquet gives absent fields as undefined or null, by the way they are absent. */
function withNulls(row: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(row, (_, value: unknown) => value ?? null)) as Record<string, unknown>; // a row stays one
}

/** Runs SQL where `file` is the table and `path` the file's name. */
async function queryFile(content: Buffer, sql: string): Promise<Record<string, unknown>[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tag-datasets-writer-'));
  try {
    const path = join(folder, 'file.parquet');
    await writeFile(path, content);
    expect((await readFile(path)).length).toBe(content.length);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const query = sql.replace('from file', `from '${path}'`).replace('(path)', `('${path}')`);
    const result = await connection.runAndReadAll(query);
    const rows = result.getRowObjectsJson();
    connection.closeSync();
    return rows;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
