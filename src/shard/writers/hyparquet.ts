import type { ColumnChunk } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { writeColumn } from 'hyparquet-writer/src/column.js';

import type { ZstdCodec } from '../../lib/zstd.ts';
import { parquetSchema, type ShardFormat } from '../schema.ts';
import type { ByteSink, ShardWriter } from './shard-writer.ts';
import { type LeafColumn, type SchemaLeaf, schemaLeaves, shredRows } from './shred.ts';

export interface HyparquetOptions {
  readonly format: ShardFormat;
  readonly zstd: ZstdCodec;
  readonly zstdLevel: number;
  readonly sink: ByteSink;
}

/** Every shard says the same, whatever version made it: a version in the file would change its checksum. */
const createdBy = 'tag-datasets';

/**
 * The default writer: zstd, dictionaries where they halve a column, three-level lists, statistics on the label columns.
 * Row groups are shredded here and handed to hyparquet-writer column by column.
 */
export function hyparquetWriter({ format, zstd, zstdLevel, sink }: HyparquetOptions): ShardWriter {
  const buffer = new ByteWriter(1 << 20);
  const schema = parquetSchema(format);
  const compressors = { ZSTD: (bytes: Uint8Array) => zstd.compress(bytes, zstdLevel) };
  const parquet = new ParquetWriter({ writer: buffer, schema, codec: 'ZSTD', compressors, createdBy });
  const leaves = schemaLeaves(schema);
  const drain = async (): Promise<void> => {
    await sink(buffer.getBytes());
    buffer.index = 0;
  };
  return {
    async append(rows) {
      if (rows.length === 0) return;
      const columns = shredRows(rows, format);
      writeRowGroup(parquet, leaves, columns, rows.length);
      await drain();
    },
    async finish() {
      await parquet.finish();
      await drain();
    },
  };
}

/** What `ParquetWriter.write` does for one row group, but for columns that are shredded already. */
function writeRowGroup(
  parquet: ParquetWriter,
  leaves: readonly SchemaLeaf[],
  columns: ReadonlyMap<string, LeafColumn>,
  rows: number,
): void {
  const start = parquet.writer.offset;
  const chunks: ColumnChunk[] = [];
  let uncompressed = 0n;
  for (const leaf of leaves) {
    const column = columns.get(leaf.path);
    if (!column) throw new TypeError(`no column for the schema's ${leaf.path}`);
    const result = writeColumn({
      writer: parquet.writer,
      column: encoderOf(parquet, leaf),
      pageData: { ...column, maxDefinitionLevel: leaf.maxDefinitionLevel },
    });
    chunks.push(result.chunk);
    parquet.pendingIndexes.push(result);
    uncompressed += result.chunk.meta_data?.total_uncompressed_size ?? 0n;
  }
  parquet.num_rows += BigInt(rows);
  parquet.row_groups.push({
    columns: chunks,
    total_byte_size: uncompressed,
    num_rows: BigInt(rows),
    total_compressed_size: BigInt(parquet.writer.offset - start),
  });
}

function encoderOf(
  parquet: ParquetWriter,
  { path, element, elements }: SchemaLeaf,
): Parameters<typeof writeColumn>[0]['column'] {
  return {
    columnName: path,
    element,
    schemaPath: elements,
    codec: parquet.codec,
    compressors: parquet.compressors,
    stats: path.startsWith('_') && path !== '_row_key', // bounds of running text or of hashes serve no query
    pageSize: pageBytes,
    columnIndex: false,
    offsetIndex: true,
    encoding: plainPaths.has(path) ? 'PLAIN' : undefined,
  };
}

/** hyparquet-writer's own default. */
const pageBytes = 1 << 20;

/** Values that hardly ever repeat: no sample of them is hashed in search of a dictionary. */
const plainPaths: ReadonlySet<string> = new Set([
  'messages.list.element.content',
  'instruction',
  'input',
  'output',
  '_row_key',
  '_persona_score',
  'extra',
]);
