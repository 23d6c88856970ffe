import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { slashPath } from '../../lib/slash-path.ts';
import { ConfigError } from '../../core/errors.ts';
import { fileSha256 } from '../checkpoint.ts';
import { openZip } from './open-zip.ts';

/** One JSON file of an export. */
export interface ExportDocument {
  readonly name: string;
  /** Uncompressed. */
  readonly bytes: number;
  open(): Promise<AsyncIterable<Buffer>>;
}

export interface OpenedExport extends AsyncDisposable {
  /** The files with conversations, in order of their names. */
  readonly documents: readonly ExportDocument[];
  /** What the person thought of answers; null without such a file. */
  readonly feedback: ExportDocument | null;
  readonly manifest: ExportDocument | null;
  /** sha256 of what was opened, by name. */
  readonly identity: Readonly<Record<string, string>>;
}

const conversationsName = /^conversations(?:-\d+)?\.(?:json|jsonl|ndjson)$/;
const feedbackName = 'message_feedback.json';
const manifestName = 'export_manifest.json';

/**
 * Opens an export: one file of any name, a ZIP, or the folder of an unpacked one.
 * @throws ConfigError `export-missing`, `not-an-export`, `export-encrypted`, `export-damaged`
 */
export async function openExport(path: string): Promise<OpenedExport> {
  const found = await stat(path).catch(() => undefined);
  if (!found) {
    throw new ConfigError(`${path}: no such file or folder`, {
      code: 'export-missing',
      hint: 'name the export: conversations.json, the ZIP as it was downloaded, or the folder it was unpacked to',
    });
  }
  if (found.isDirectory()) return openFolder(path);
  if (found.size === 0) throw notAnExport(path, 'the file is empty');
  return (await isZip(path)) ? openZipExport(path) : openFile(path, found.size);
}

/** What says that the input is no export of a kind that is known. */
export function notAnExport(path: string, why: string): ConfigError {
  return new ConfigError(`${path}: not an export of ChatGPT or Claude: ${why}`, {
    code: 'not-an-export',
    hint: 'give conversations.json (or the ZIP with it) from "Export data" of ChatGPT or Claude',
  });
}

async function openFile(path: string, bytes: number): Promise<OpenedExport> {
  const document = fileDocument(path, basename(path), bytes);
  return {
    documents: [document],
    feedback: null,
    manifest: null,
    identity: { [basename(path)]: (await fileSha256(path)).sha256 },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function fileDocument(path: string, name: string, bytes: number): ExportDocument {
  const read = (): AsyncIterable<Buffer> => createReadStream(path, { highWaterMark: 1 << 16 });
  return { name, bytes, open: () => Promise.resolve(read()) };
}

async function openFolder(path: string): Promise<OpenedExport> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && isOfExport(entry.name))
    .map((entry) => slashPath(path, join(entry.parentPath, entry.name)));
  const identity: Record<string, string> = {};
  const documents: ExportDocument[] = [];
  for (const name of names.toSorted()) {
    const { bytes, sha256 } = await fileSha256(join(path, name));
    identity[name] = sha256;
    documents.push(fileDocument(join(path, name), name, bytes));
  }
  return { ...sortOut(path, documents), identity, [Symbol.asyncDispose]: () => Promise.resolve() };
}

async function openZipExport(path: string): Promise<OpenedExport> {
  const zip = await openZip(path, (name) => isOfExport(basename(name)));
  try {
    return {
      ...sortOut(path, zip.documents),
      identity: { [basename(path)]: (await fileSha256(path)).sha256 },
      [Symbol.asyncDispose]: () => zip[Symbol.asyncDispose](),
    };
  } catch (error) {
    await zip[Symbol.asyncDispose]();
    throw error;
  }
}

function isOfExport(name: string): boolean {
  return conversationsName.test(name) || name === feedbackName || name === manifestName;
}

function sortOut(
  path: string,
  found: readonly ExportDocument[],
): Pick<OpenedExport, 'documents' | 'feedback' | 'manifest'> {
  const documents = found.filter((document) => conversationsName.test(basename(document.name)));
  if (documents.length === 0) throw notAnExport(path, 'there is no conversations.json in it');
  return {
    documents,
    feedback: found.find(({ name }) => basename(name) === feedbackName) ?? null,
    manifest: found.find(({ name }) => basename(name) === manifestName) ?? null,
  };
}

async function isZip(path: string): Promise<boolean> {
  await using handle = await open(path);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
  return bytesRead === 4 && ['504b0304', '504b0506'].includes(buffer.toString('hex'));
}
