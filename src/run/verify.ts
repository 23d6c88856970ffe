import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { parquetMetadataAsync, parquetRead } from 'hyparquet';
import { asyncBufferFromFile } from 'hyparquet/src/node.js';
import { compressors } from 'hyparquet-compressors';

import { ConfigError } from '../core/errors.ts';
import type { ConstraintReport } from '../balance/solution.ts';
import type { Manifest, ManifestFile } from '../shard/manifest.ts';
import { fileSha256 } from './checkpoint.ts';
import { runPaths } from './paths.ts';
import { checkArtefacts } from './verify-artefacts.ts';
import { checkNearDuplicateSplit } from './verify-near-duplicates.ts';

export interface Finding {
  readonly code: string;
  readonly place: string;
  readonly message: string;
}

export interface Verification {
  readonly files: number;
  readonly rows: number;
  readonly findings: readonly Finding[];
}

/**
 * Recomputes from the shards alone what the manifest and the plan claim: checksums, sizes, row and label counts, the schema,
 * that no row stands twice with the same copy number, that train and validation share no row (and no near-duplicate, where
 * those were looked for), and that every margin of the plan holds; then the
 * sidecars and everything else of the run folder against the markers. Memory: one shard's keys and labels, and 100 bytes per distinct row of the corpus.
 * @throws ConfigError `manifest-not-found`
 */
export async function verifyRun(run: string): Promise<Verification> {
  const paths = runPaths(run);
  const manifest = await readManifest(paths.manifest);
  const findings: Finding[] = [];
  const seen = new SeenRows();
  const phases = new Set(
    manifest.groups.filter((group) => group.kind === 'phase').map((group) => group.name),
  );
  const corpus = new Corpus();
  let rows = 0;
  for (const file of manifest.files) {
    const path = join(paths.dataset, file.path);
    const ok = await checkBytes(path, file, findings);
    if (!ok) continue;
    const columns = await readLabels(path, file, findings);
    if (!columns) continue;
    rows += columns.keys.length;
    checkCounts(file, columns, findings);
    seen.add(file, columns, findings);
    if (phases.has(file.group)) corpus.add(columns);
  }
  await checkStrays(paths.dataset, manifest, findings);
  const isWhole = manifest.groups.some((group) => group.kind === 'phase' && group.personas === 'all');
  if (findings.length === 0 && isWhole)
    await checkMargins(join(paths.plan, 'targets.json'), corpus, findings);
  if (findings.length === 0)
    findings.push(...(await checkNearDuplicateSplit({ run, dataset: paths.dataset, manifest })));
  await checkArtefacts(run, findings);
  return { files: manifest.files.length, rows, findings };
}

async function readManifest(path: string): Promise<Manifest> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Manifest; // written by the run; its claims are what is checked
  } catch (cause) {
    throw new ConfigError(`${path}: no readable manifest`, {
      code: 'manifest-not-found',
      hint: 'give the folder of a finished run with --run',
      cause,
    });
  }
}

async function checkBytes(path: string, file: ManifestFile, findings: Finding[]): Promise<boolean> {
  const found = await fileSha256(path).catch(() => undefined);
  if (!found)
    findings.push({
      code: 'file-missing',
      place: file.path,
      message: 'the manifest names it, it is not there',
    });
  else if (found.bytes !== file.bytes)
    findings.push({
      code: 'bytes',
      place: file.path,
      message: `has ${found.bytes} bytes, the manifest says ${file.bytes}`,
    });
  else if (found.sha256 !== file.sha256)
    findings.push({ code: 'checksum', place: file.path, message: 'its sha256 is not the manifest’s' });
  else return true;
  return false;
}

interface Labels {
  readonly keys: string[];
  readonly copies: number[];
  readonly personas: string[];
  readonly taggers: string[];
  readonly traits: string[][];
  readonly sources: string[];
}

const checkedColumns = ['_row_key', '_copy', '_persona', '_tagged_by', '_traits', '_source'];

async function readLabels(
  path: string,
  file: ManifestFile,
  findings: Finding[],
): Promise<Labels | undefined> {
  try {
    const buffer = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(buffer);
    const names = metadata.schema.map((element) => element.name);
    const missing = checkedColumns.filter((column) => !names.includes(column));
    if (missing.length > 0) {
      findings.push({ code: 'schema', place: file.path, message: `has no column ${missing.join(', ')}` });
      return undefined;
    }
    const read: Record<string, unknown[]> = Object.fromEntries(checkedColumns.map((column) => [column, []]));
    await parquetRead({
      file: buffer,
      metadata,
      columns: checkedColumns,
      compressors,
      rowFormat: 'object',
      onComplete: (rows) => collect(rows, read),
    });
    return {
      keys: read['_row_key'] as string[],
      copies: read['_copy'] as number[],
      personas: read['_persona'] as string[],
      taggers: read['_tagged_by'] as string[],
      traits: read['_traits'] as string[][],
      sources: read['_source'] as string[],
    }; // the schema was checked
  } catch (error) {
    findings.push({
      code: 'unreadable',
      place: file.path,
      message: error instanceof Error ? error.message : String(error),
    });
    return undefined;
  }
}

function collect(rows: readonly Record<string, unknown>[], into: Record<string, unknown[]>): void {
  for (const row of rows) for (const column of checkedColumns) into[column]?.push(row[column]);
}

function checkCounts(file: ManifestFile, columns: Labels, findings: Finding[]): void {
  if (columns.keys.length !== file.rows) {
    findings.push({
      code: 'rows',
      place: file.path,
      message: `holds ${columns.keys.length} rows, the manifest says ${file.rows}`,
    });
  }
  compareCounts('persona', tally(columns.personas), file.counts.persona, file.path, findings);
  compareCounts('tagger', tally(columns.taggers), file.counts.tagger, file.path, findings);
  compareCounts('trait', tally(columns.traits.flat()), file.counts.trait, file.path, findings);
  compareCounts('source', tally(columns.sources), file.counts.source, file.path, findings);
}

function tally(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function compareCounts(
  axis: string,
  found: ReadonlyMap<string, number>,
  claimed: Readonly<Record<string, number>>,
  place: string,
  findings: Finding[],
): void {
  for (const name of new Set([...found.keys(), ...Object.keys(claimed)])) {
    const [is, says] = [found.get(name) ?? 0, claimed[name] ?? 0];
    if (is !== says)
      findings.push({
        code: `count-${axis}`,
        place,
        message: `${name}: ${is} rows, the manifest says ${says}`,
      });
  }
}

/** Rows seen per group: duplicates inside it, and rows on both sides of its split. */
class SeenRows {
  readonly #rows = new Map<string, Map<string, string>>();

  add(file: ManifestFile, { keys, copies }: Labels, findings: Finding[]): void {
    const group = this.#rows.get(file.group) ?? new Map<string, string>();
    this.#rows.set(file.group, group);
    keys.forEach((key, i) => {
      const split = group.get(key);
      if (split !== undefined && split !== file.split)
        findings.push({
          code: 'split-overlap',
          place: file.path,
          message: `row ${key} stands in train and in validation of ${file.group}`,
        });
      group.set(key, file.split);
      const copy = `${key}/${copies[i]}`;
      if (group.has(copy))
        findings.push({
          code: 'duplicate',
          place: file.path,
          message: `row ${key} copy ${copies[i]} stands twice in ${file.group}`,
        });
      group.set(copy, file.split);
    });
  }
}

async function checkStrays(dataset: string, manifest: Manifest, findings: Finding[]): Promise<void> {
  const known = new Set(manifest.files.map((file) => file.path));
  for (const entry of await readdir(dataset, { recursive: true, withFileTypes: true })) {
    const path = relative(dataset, join(entry.parentPath, entry.name)).split(sep).join('/');
    if (entry.isFile() && path.endsWith('.parquet') && !known.has(path))
      findings.push({ code: 'stray', place: path, message: 'the manifest does not name it' });
  }
}

/** The balanced corpus: what stands in any phase, each copy once (a row can stand in its focus phase and in mixed). */
class Corpus {
  readonly #seen = new Set<string>();
  readonly traits = new Map<string, number>();

  get rows(): number {
    return this.#seen.size;
  }

  add({ keys, copies, traits }: Labels): void {
    keys.forEach((key, i) => {
      const copy = `${key}/${copies[i]}`;
      if (this.#seen.has(copy)) return;
      this.#seen.add(copy);
      for (const trait of traits[i] ?? []) this.traits.set(trait, (this.traits.get(trait) ?? 0) + 1);
    });
  }
}

async function checkMargins(path: string, corpus: Corpus, findings: Finding[]): Promise<void> {
  if (corpus.rows === 0) return;
  const targets = JSON.parse(await readFile(path, 'utf8')) as {
    unit: string;
    total: number;
    constraints: ConstraintReport[];
  }; // written by the run
  if (targets.total !== corpus.rows)
    findings.push({
      code: 'total',
      place: 'dataset',
      message: `the corpus holds ${corpus.rows} rows, the plan says ${targets.total}`,
    });
  if (targets.unit !== 'rows') return;
  for (const constraint of targets.constraints) {
    if (!constraint.name.startsWith('trait:')) continue;
    const rows = corpus.traits.get(constraint.name.slice('trait:'.length)) ?? 0;
    if (Math.abs(rows - constraint.rows) > 1)
      findings.push({
        code: 'margin',
        place: constraint.name,
        message: `${rows} rows in the shards, the plan says ${constraint.rows}`,
      });
  }
}
