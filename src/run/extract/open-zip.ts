import { type Entry, openPromise, type ZipFile } from 'yauzl';

import { ConfigError } from '../../core/errors.ts';
import type { ExportDocument } from './open-export.ts';

/** More than this uncompressed is no export of one person. */
const maximumBytes = 16 * 2 ** 30;
const stored = 0;
const deflated = 8;

/**
 * Opens a ZIP and lists the entries that are wanted, in order of their names. Holds the list; entries are streamed.
 * @throws ConfigError `export-encrypted`, `export-damaged`, `export-too-large`
 */
export async function openZip(
  path: string,
  isWanted: (name: string) => boolean,
): Promise<AsyncDisposable & { readonly documents: readonly ExportDocument[] }> {
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false }).catch((error: unknown) => {
    throw damaged(path, error);
  });
  try {
    const entries = await listEntries(zip, path);
    const documents = entries
      .filter((entry) => isWanted(entry.fileName))
      .toSorted((a, b) => (a.fileName < b.fileName ? -1 : 1))
      .map((entry) => documentOf(zip, entry, path));
    return {
      documents,
      [Symbol.asyncDispose]() {
        zip.close();
        return Promise.resolve();
      },
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function listEntries(zip: ZipFile, path: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  try {
    for await (const entry of zip.eachEntry()) entries.push(entry);
  } catch (error) {
    throw damaged(path, error);
  }
  return entries;
}

function documentOf(zip: ZipFile, entry: Entry, path: string): ExportDocument {
  const { fileName: name, uncompressedSize: bytes, compressionMethod: method } = entry;
  if (entry.isEncrypted()) {
    throw new ConfigError(`${path}: ${name} is protected by a password`, {
      code: 'export-encrypted',
      hint: 'unpack the ZIP with its password and name the folder',
    });
  }
  if (method !== stored && method !== deflated) {
    throw new ConfigError(`${path}: ${name} is packed in a way that is not read here (method ${method})`, {
      code: 'export-damaged',
      hint: 'unpack the ZIP and name the folder',
    });
  }
  if (bytes > maximumBytes) {
    throw new ConfigError(`${path}: ${name} unpacks to ${bytes} bytes`, {
      code: 'export-too-large',
      hint: 'exports of up to 16 GiB are read',
    });
  }
  return { name, bytes, open: () => readEntry(zip, entry, path) };
}

async function readEntry(zip: ZipFile, entry: Entry, path: string): Promise<AsyncIterable<Buffer>> {
  try {
    return guarded(await zip.openReadStreamPromise(entry), path);
  } catch (error) {
    throw damaged(path, error);
  }
}

async function* guarded(stream: AsyncIterable<Buffer>, path: string): AsyncGenerator<Buffer> {
  try {
    yield* stream;
  } catch (error) {
    throw damaged(path, error);
  }
}

function damaged(path: string, error: unknown): unknown {
  if (error instanceof ConfigError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new ConfigError(`${path}: the ZIP is damaged or breaks off: ${reason}`, {
    code: 'export-damaged',
    hint: 'download the export again',
    cause: error,
  });
}
