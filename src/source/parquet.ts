import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { FatalError, type RowError, TagDatasetsError } from '../core/errors.ts';
import { loadZstd } from '../lib/zstd.ts';
import { announceKeys, refuseUnsupported, takeDecimals } from './parquet-features.ts';
import { exactParsers, plainRow } from './parquet-values.ts';
import type { ByteSource } from '../core/byte-source.ts';

export interface RowGroup {
  /** Rows [start, end) of the file. */
  readonly start: number;
  readonly end: number;
  /** Compressed bytes. */
  readonly bytes: number;
}

export interface ParquetFile {
  readonly rows: number;
  readonly groups: readonly RowGroup[];
  /**
   * Rows [start, end); whole row groups are decoded, so ask for these. Plain JSON values: no bigint, no Date; a RowError in
   * the place of a row whose text is no UTF-8.
   */
  readRows(start: number, end: number): Promise<(Record<string, unknown> | RowError)[]>;
}

const magic = 'PAR1';

export function isParquet(head: Uint8Array): boolean {
  return Buffer.from(head.buffer, head.byteOffset, Math.min(4, head.byteLength)).toString('latin1') === magic;
}

/**
 * Reads a Parquet file's footer. FatalError `corrupt` when the footer is damaged or names bytes that the file does not
 * have, `unsupported` for a codec that is not read.
 */
export async function openParquet(source: ByteSource, name: string): Promise<ParquetFile> {
  const file = asyncBuffer(source);
  const metadata = await readFooter(source, file, name);
  refuseUnsupported(metadata, name);
  const groups = rowGroups(metadata, source, name);
  const decimals = takeDecimals(metadata, name);
  announceKeys(metadata);
  const zstd = await loadZstd();
  const codecs = {
    ...compressors,
    ZSTD: (input: Uint8Array, bytes: number) => zstd.decompress(input, bytes),
  };
  return {
    rows: groups.at(-1)?.end ?? 0,
    groups,
    async readRows(start, end) {
      try {
        const rows = await parquetReadObjects({
          file,
          metadata,
          rowStart: start,
          rowEnd: end,
          compressors: codecs,
          parsers: exactParsers,
          // Only what is announced as text is decoded as text, and so must be text.
          utf8: false,
        });
        if (rows.length !== end - start)
          throw new Error(`${rows.length} rows where ${end - start} were expected`);
        return rows.map((row) => plainRow(row, decimals));
      } catch (error) {
        throw corrupt(name, `rows ${start} to ${end}`, error);
      }
    },
  };
}

function asyncBuffer(source: ByteSource): AsyncBuffer {
  return {
    byteLength: source.bytes,
    async slice(start, end) {
      const bytes = await source.read(start, Math.min(end ?? source.bytes, source.bytes));
      const { buffer } = bytes;
      const isWhole = bytes.byteLength === buffer.byteLength && buffer instanceof ArrayBuffer;
      return isWhole ? buffer : Uint8Array.from(bytes).buffer;
    },
  };
}

async function readFooter(source: ByteSource, file: AsyncBuffer, name: string): Promise<FileMetaData> {
  const tail = source.bytes >= 12 ? await source.read(source.bytes - 4, source.bytes) : new Uint8Array(0);
  if (!isParquet(tail)) {
    throw corrupt(name, 'the footer', new Error('it does not end with PAR1; the file was cut off'));
  }
  try {
    return await parquetMetadataAsync(file);
  } catch (error) {
    throw corrupt(name, 'the footer', error);
  }
}

function rowGroups(metadata: FileMetaData, source: ByteSource, name: string): RowGroup[] {
  let start = 0;
  return metadata.row_groups.map((group, index) => {
    const end = start + Number(group.num_rows);
    for (const { meta_data: column } of group.columns) {
      if (!column) continue;
      const first = Number(column.dictionary_page_offset ?? column.data_page_offset);
      if (first + Number(column.total_compressed_size) > source.bytes) {
        throw corrupt(name, `row group ${index}`, new Error('it lies beyond the end of the file'));
      }
    }
    const bytes = group.columns.reduce(
      (sum, column) => sum + Number(column.meta_data?.total_compressed_size ?? 0),
      0,
    );
    const range = { start, end, bytes };
    start = end;
    return range;
  });
}

function corrupt(name: string, place: string, error: unknown): unknown {
  if (error instanceof TagDatasetsError && error.code !== 'zstd-corrupt') return error;
  // A decoder that stumbles over a value that is not there speaks of its own insides, which helps nobody.
  const isStumble = error instanceof TypeError || error instanceof RangeError;
  const reason = isStumble
    ? 'what it says of itself makes no sense'
    : error instanceof Error
      ? error.message
      : String(error);
  return new FatalError(`${name}: ${place} of the Parquet file cannot be read: ${reason}`, {
    code: 'corrupt',
    hint: 'fetch or copy the file again; nothing of it was used',
    cause: error,
  });
}
