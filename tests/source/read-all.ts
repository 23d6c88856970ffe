import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Row, RowEntry } from '../../src/core/row.ts';
import type { FileScan, InputFile, Unit } from '../../src/core/unit.ts';
import { openBytes } from '../../src/source/open-bytes.ts';
import type { ReadOptions } from '../../src/source/read-options.ts';
import { readUnit } from '../../src/source/read-unit.ts';
import { scanFile } from '../../src/source/scan-file.ts';

/** A folder that is gone when the test ends. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'tag-datasets-source-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

export function fileAt(path: string, bytes = 0): InputFile {
  return { source: 'test', name: basename(path), location: { kind: 'file', path }, bytes };
}

/** Writes `content` as a file of that name and scans it. */
export async function scanContent(
  folder: string,
  name: string,
  content: string | Uint8Array,
  options: ReadOptions = {},
): Promise<FileScan> {
  const path = join(folder, name);
  await writeFile(path, content);
  return scanFile({ file: fileAt(path), options }, { openBytes });
}

export async function readEntries(units: readonly Unit[], keepExtra = false): Promise<RowEntry[]> {
  const entries: RowEntry[] = [];
  for (const unit of units) {
    for await (const batch of readUnit(unit, { keepExtra, openBytes })) entries.push(...batch);
  }
  return entries;
}

export function rowsOf(entries: readonly RowEntry[]): Row[] {
  return entries.flatMap((entry) => ('value' in entry ? [entry.value] : []));
}

export function codesOf(entries: readonly RowEntry[]): string[] {
  return entries.flatMap((entry) => ('reject' in entry ? [entry.reject.code] : []));
}

/** Scans and reads a file's content in one go. */
export async function readContent(
  name: string,
  content: string | Uint8Array,
  options: ReadOptions = {},
): Promise<{ scan: FileScan; entries: RowEntry[] }> {
  await using folder = await temporaryFolder();
  const scan = await scanContent(folder.path, name, content, options);
  return { scan, entries: await readEntries(scan.units, options.keepExtra) };
}
