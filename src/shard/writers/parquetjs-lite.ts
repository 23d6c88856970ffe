import parquetjs, { type FieldDefinition } from 'parquetjs-lite';

import { toAlpaca } from '../alpaca.ts';
import { decodeOptional, decodeText } from '../record.ts';
import { type ShardColumn, shardColumns, type ShardFormat } from '../schema.ts';
import type { StoredMessage, StoredRow } from '../stored-row.ts';
import type { ByteSink, ShardWriter } from './shard-writer.ts';

/**
 * The writer of the original design, by option: snappy instead of zstd, no dictionaries, about four times slower and twice
 * as large. Its rows read back the same as the default writer's. The package itself turns null lists into empty ones, so
 * the three levels of a list are written out by hand here; statistics are left out for text, as it keeps whole texts as
 * bounds and orders them by UTF-16, which Parquet forbids.
 */
export function parquetjsLiteWriter({ format, sink }: { format: ShardFormat; sink: ByteSink }): ShardWriter {
  const columns = shardColumns(format);
  const schema = new parquetjs.ParquetSchema(fieldsOf(columns));
  let written = Promise.resolve();
  const write = (chunk: Buffer): Promise<void> => (written = written.then(() => sink(chunk))); // the package does not await its first write
  const envelope = new parquetjs.ParquetEnvelopeWriter(schema, write, () => Promise.resolve(), 0, {
    pageSize: pageRows,
  });
  const parquet = new parquetjs.ParquetWriter(schema, envelope, { rowGroupSize: 1 });
  return {
    async append(rows) {
      parquet.rowGroupSize = rows.length; // it closes a group when it holds that many
      for (const row of rows) await parquet.appendRow(wrapFields(columns, toRecord(row, format)));
    },
    async finish() {
      await parquet.close();
      await written;
    },
  };
}

/** About 1 MiB of text, as the default writer's pages. */
const pageRows = 1024;

function fieldsOf(columns: readonly ShardColumn[]): Record<string, FieldDefinition> {
  return Object.fromEntries(columns.map((column) => [column.name, fieldOf(column)]));
}

const primitives = { text: 'UTF8', float: 'FLOAT', int: 'INT32', bool: 'BOOLEAN' } as const;

function fieldOf(column: ShardColumn): FieldDefinition {
  if (column.kind === 'list') {
    return {
      type: 'LIST',
      optional: true,
      fields: { list: { repeated: true, fields: fieldsOf([column.element]) } },
    };
  }
  if (column.kind === 'struct') return { optional: true, fields: fieldsOf(column.fields) };
  const type = primitives[column.kind];
  return { type, optional: true, compression: 'SNAPPY', ...(type === 'UTF8' ? { statistics: false } : {}) };
}

type Plain = Readonly<Record<string, unknown>>;

/** Puts every list into its `{ list: [{ element }] }`; null stays null. */
function wrapFields(columns: readonly ShardColumn[], record: Plain): Plain {
  return Object.fromEntries(columns.map((column) => [column.name, wrap(column, record[column.name])]));
}

function wrap(column: ShardColumn, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (column.kind === 'struct') return isPlain(value) ? wrapFields(column.fields, value) : undefined;
  if (column.kind !== 'list') return value;
  if (!Array.isArray(value)) return undefined;
  return { list: value.map((element: unknown) => ({ element: wrap(column.element, element) })) };
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null;
}

function toRecord(row: StoredRow, format: ShardFormat): Plain {
  return {
    ...(format === 'messages'
      ? { messages: row.messages.map(toMessage), tools: decodeOptional(row.tools) }
      : alpacaTexts(row)),
    _persona: row.persona,
    _persona_score: row.personaScore,
    _tagged_by: row.taggedBy,
    _traits: row.traits,
    _trait_scores: row.traitScores,
    _source: row.source,
    _row_key: decodeText(row.rowKey),
    _phase: row.phase,
    _adapter: row.adapter,
    _copy: row.copy,
    _synthetic: row.synthetic,
    extra: decodeOptional(row.extra),
  };
}

function alpacaTexts(row: StoredRow): Plain {
  const { instruction, input, output } = toAlpaca(row);
  return { instruction: decodeText(instruction), input: decodeText(input), output: decodeText(output) };
}

function toMessage({ role, content, name, tool_calls: calls }: StoredMessage): Plain {
  return {
    role,
    content: decodeText(content),
    name: decodeOptional(name),
    tool_calls:
      calls?.map((call) => ({
        id: decodeOptional(call.id),
        type: call.type,
        function: { name: decodeText(call.function.name), arguments: decodeText(call.function.arguments) },
      })) ?? null,
  };
}
