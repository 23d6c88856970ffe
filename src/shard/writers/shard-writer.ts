import type { StoredRow } from '../stored-row.ts';

/** Writes the rows of one shard as one Parquet file; same rows and calls, same bytes. */
export interface ShardWriter {
  /** One row group; its bytes have gone to the sink when it resolves. Holds one row group, encoded. */
  append(rows: readonly StoredRow[]): Promise<void>;
  /** Writes the footer; nothing may be appended after it. */
  finish(): Promise<void>;
}

/** Takes the file's bytes in order. A chunk is only good until the promise resolves. */
export type ByteSink = (chunk: Uint8Array) => Promise<void>;
