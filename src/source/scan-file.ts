import { createHash } from 'node:crypto';
import { FatalError } from '../core/errors.ts';
import type { FileScan, InputFile } from '../core/unit.ts';
import type { OpenBytes } from './byte-source.ts';
import { detectCompression } from './decompress.ts';
import { detectFormat, headBytes } from './detect-format.ts';
import { openStream, peekStream, type TextStream } from './open-stream.ts';
import { isParquet } from './parquet.ts';
import type { ReadOptions } from './read-options.ts';
import { type Found, isProblem, type ScanContext } from './scan-found.ts';
import { scanDocument } from './scan-document.ts';
import { scanParquet } from './scan-parquet.ts';
import { planRemote, scanRecords } from './scan-records.ts';

/** Codes of failures that leave out one file and not the run. */
const fileFailures = new Set(['corrupt', 'unsupported']);

export interface ScanParams {
  readonly file: InputFile;
  readonly options: ReadOptions;
  /** Given: stands for the content (a Hub etag, or the sha256 of an earlier scan), and no bytes are read for it alone. */
  readonly fingerprint?: string;
}

/**
 * Looks at one file: fingerprint, compression, format and shape by content, number of records, units. A local file is
 * read once from end to end (a JSON document that is one object twice); of a Hub file only the beginning is read where
 * its units can be cut without counting. A file that cannot be used comes back as `skipped`. Holds a few MiB, a record of
 * up to 32 MiB and the sample. Throws ConfigError `shape-name-unknown`, FatalError `short-read`, and what opening throws.
 */
export async function scanFile(
  params: ScanParams,
  effects: { readonly openBytes: OpenBytes; readonly signal?: AbortSignal },
): Promise<FileScan> {
  const { file, options } = params;
  await using source = await effects.openBytes(file);
  const hash = params.fingerprint === undefined ? createHash('sha256') : undefined;
  const first = await source.read(0, Math.min(4, source.bytes));
  const compression = detectCompression(first);
  const context = { file, options, source, compression, signal: effects.signal };
  const stream = openStream(source, { compression, name: file.name, hash, signal: effects.signal });
  const found = await scanContent({ ...context, stream, first }).catch(asProblem);
  await stream.blocks.return(undefined);
  await stream.drain();
  const fingerprint = params.fingerprint ?? hash?.digest('hex') ?? '';
  if (isProblem(found)) return { file, fingerprint, records: null, units: [], skipped: found.problem };
  const units = found.units.map(({ range, firstRow, records, format, shape }) => ({
    file,
    format: { ...(format ?? found.format), compression },
    shape: shape ?? found.shape,
    range,
    firstRow,
    rowUnit: found.rowUnit,
    records,
  }));
  const { records, leftOut = [] } = found;
  return { file, fingerprint, records, units, ...(leftOut.length > 0 && { leftOut }) };
}

async function scanContent(
  context: ScanContext & { readonly stream: TextStream; readonly first: Uint8Array },
): Promise<Found> {
  const { source, file, options, compression } = context;
  if (source.bytes === 0) return { problem: { code: 'empty', message: 'the file has no bytes' } };
  if (isParquet(context.first)) return scanParquet(source, file, options);
  const { head, isWhole, rest } = await peekStream(context.stream.blocks, headBytes);
  const detected = detectFormat(head, isWhole, file.name);
  if (detected.kind === 'problem') {
    await exhaust(rest);
    return detected;
  }
  if (detected.kind === 'document') return scanDocument(context, rest);
  const format = { ...detected.plan, compression };
  if (file.location.kind === 'hub') return planRemote({ head, isWhole, format, context });
  return scanRecords({ blocks: rest, format, context });
}

/** A damaged compressed file must be called so even where its beginning is of no known format. */
async function exhaust(blocks: AsyncIterable<Buffer>): Promise<void> {
  for await (const block of blocks) void block;
}

function asProblem(error: unknown): Found {
  if (error instanceof FatalError && fileFailures.has(error.code)) {
    return { problem: { code: error.code, message: error.message, hint: error.hint } };
  }
  throw error;
}
