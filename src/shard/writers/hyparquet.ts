import type { DecodedArray } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';

import type { ZstdCodec } from '../../lib/zstd.ts';
import { toAlpaca } from '../alpaca.ts';
import { parquetSchema, type ShardFormat } from '../schema.ts';
import type { StoredRow } from '../stored-row.ts';
import type { ByteSink, ShardWriter } from './shard-writer.ts';

export interface HyparquetOptions {
  readonly format: ShardFormat;
  readonly zstd: ZstdCodec;
  readonly zstdLevel: number;
  readonly sink: ByteSink;
}

/** Every shard says the same, whatever version made it: a version in the file would change its checksum. */
export const createdBy = 'tag-datasets';

/** The default writer: zstd, statistics, dictionaries where they halve a column, three-level lists. */
export function hyparquetWriter({ format, zstd, zstdLevel, sink }: HyparquetOptions): ShardWriter {
  const buffer = new ByteWriter(1 << 20);
  const parquet = new ParquetWriter({
    writer: buffer,
    schema: parquetSchema(format),
    codec: 'ZSTD',
    compressors: { ZSTD: (bytes) => zstd.compress(bytes, zstdLevel) },
    createdBy,
  });
  const drain = async (): Promise<void> => {
    const chunk = buffer.getBytes();
    await sink(chunk);
    buffer.index = 0;
  };
  return {
    async append(rows) {
      if (rows.length === 0) return;
      await parquet.write({ columnData: toColumns(rows, format), rowGroupSize: rows.length });
      await drain();
    },
    async finish() {
      await parquet.finish();
      await drain();
    },
  };
}

interface Column {
  readonly name: string;
  readonly data: DecodedArray;
  readonly encoding?: 'PLAIN';
}

function toColumns(rows: readonly StoredRow[], format: ShardFormat): Column[] {
  return [
    ...(format === 'messages' ? messageColumns(rows) : alpacaColumns(rows)),
    { name: '_persona', data: rows.map((row) => row.persona) },
    { name: '_persona_score', data: rows.map((row) => row.personaScore) },
    { name: '_traits', data: rows.map((row) => row.traits) },
    { name: '_trait_scores', data: rows.map((row) => row.traitScores) },
    { name: '_source', data: rows.map((row) => row.source) },
    { name: '_row_key', data: rows.map((row) => row.rowKey), encoding: 'PLAIN' },
    { name: '_phase', data: rows.map((row) => row.phase) },
    { name: '_adapter', data: rows.map((row) => row.adapter) },
    { name: '_copy', data: rows.map((row) => row.copy) },
    { name: '_synthetic', data: rows.map((row) => row.synthetic) },
    { name: 'extra', data: rows.map((row) => row.extra), encoding: 'PLAIN' },
  ];
}

function messageColumns(rows: readonly StoredRow[]): Column[] {
  return [
    { name: 'messages', data: rows.map((row) => row.messages) },
    { name: 'tools', data: rows.map((row) => row.tools) },
  ];
}

function alpacaColumns(rows: readonly StoredRow[]): Column[] {
  const texts = rows.map(toAlpaca);
  return [
    { name: 'instruction', data: texts.map((text) => text.instruction), encoding: 'PLAIN' },
    { name: 'input', data: texts.map((text) => text.input), encoding: 'PLAIN' },
    { name: 'output', data: texts.map((text) => text.output), encoding: 'PLAIN' },
  ];
}
