import { type FileHandle, open } from 'node:fs/promises';

import { ValidationError } from '../core/errors.ts';
import type { ScreenColumns } from './screen-unit.ts';

/** Changes when the same text gives other hashes, or the file another layout; part of every screened unit's fingerprint. */
export const screenVersion = 1;

const magic = 0x4e524353;
const headerWords = 6;

/**
 * One file per unit: six words (magic, version, rows, bands, mask words, signature bytes), then columns of `rows` little-endian
 * words each: the masks, then per band its high and its low words; last the signatures, row by row. Bands are columns, so that
 * PLAN reads one band of all units at a time.
 */
export function encodeScreen(columns: ScreenColumns): Uint8Array {
  const { rows, bandCount, maskWords, signatureBytes } = columns;
  const wordCount = headerWords + rows * (maskWords + bandCount * 2);
  const file = new Uint8Array(wordCount * 4 + rows * signatureBytes);
  const words = new Uint32Array(file.buffer, 0, wordCount);
  words.set([magic, screenVersion, rows, bandCount, maskWords, signatureBytes]);
  let at = headerWords;
  for (let word = 0; word < maskWords; word++)
    for (let row = 0; row < rows; row++) words[at++] = columns.benchmarks[row * maskWords + word] ?? 0;
  for (let word = 0; word < bandCount * 2; word++)
    for (let row = 0; row < rows; row++) words[at++] = columns.bands[row * bandCount * 2 + word] ?? 0;
  file.set(columns.signatures, wordCount * 4);
  return file;
}

/** Which benchmarks every row of a unit meets: `maskWords` words a row. @throws ValidationError `screen-damaged` */
export async function readBenchmarkMasks(
  path: string,
): Promise<{ masks: Uint32Array; maskWords: number; rows: number }> {
  await using file = await openScreen(path);
  const { rows, maskWords } = file;
  const masks = new Uint32Array(rows * maskWords);
  const column = new Uint32Array(rows);
  for (let word = 0; word < maskWords; word++) {
    await file.readColumn(word, column);
    for (let row = 0; row < rows; row++) masks[row * maskWords + word] = column[row] ?? 0;
  }
  return { masks, maskWords, rows };
}

/** Reads one band's hashes into `high` and `low`, one word a row of the unit. @throws ValidationError `screen-damaged` */
export async function readBand(
  path: string,
  band: number,
  into: { readonly high: Uint32Array; readonly low: Uint32Array },
): Promise<void> {
  await using file = await openScreen(path);
  if (band >= file.bands || into.high.length !== file.rows) throw damaged(path, 'it is of another run');
  await file.readColumn(file.maskWords + band * 2, into.high);
  await file.readColumn(file.maskWords + band * 2 + 1, into.low);
}

/** Signatures of a unit's rows, row by row. @throws ValidationError `screen-damaged` */
export async function readSignatures(path: string): Promise<Uint8Array> {
  await using file = await openScreen(path);
  return await file.readSignatures();
}

interface ScreenFile extends AsyncDisposable {
  readonly rows: number;
  readonly bands: number;
  readonly maskWords: number;
  readColumn(column: number, into: Uint32Array): Promise<void>;
  readSignatures(): Promise<Uint8Array>;
}

async function openScreen(path: string): Promise<ScreenFile> {
  const handle = await open(path).catch((cause: unknown) => {
    throw damaged(path, 'it cannot be opened', cause);
  });
  try {
    const header = new Uint32Array(headerWords);
    await readInto(handle, path, header, 0);
    const [mark, version, rows = 0, bands = 0, maskWords = 0, signatureBytes = 0] = header;
    if (mark !== magic || version !== screenVersion)
      throw damaged(path, 'its beginning is not that of a screening');
    return {
      rows,
      bands,
      maskWords,
      readColumn: (column, into) => readInto(handle, path, into, (headerWords + column * rows) * 4),
      readSignatures: async () => {
        const signatures = new Uint8Array(rows * signatureBytes);
        const at = (headerWords + (maskWords + bands * 2) * rows) * 4;
        await readInto(handle, path, signatures, at);
        return signatures;
      },
      [Symbol.asyncDispose]: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readInto(
  handle: FileHandle,
  path: string,
  into: Uint32Array | Uint8Array,
  at: number,
): Promise<void> {
  const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, at + done);
    if (bytesRead === 0) throw damaged(path, 'it ends too early');
    done += bytesRead;
  }
}

function damaged(path: string, why: string, cause?: unknown): ValidationError {
  return new ValidationError(`${path}: damaged screening: ${why}`, {
    code: 'screen-damaged',
    hint: 'delete the file and run again; the unit is screened anew',
    cause,
  });
}
