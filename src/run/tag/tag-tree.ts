import { createReadStream } from 'node:fs';
import { realpath, rm, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

import { ConfigError } from '../../core/errors.ts';
import type { FileScan, Unit } from '../../core/unit.ts';
import { openAtomic } from '../../lib/atomic-file.ts';
import { stemOf } from '../../source/list-files.ts';
import type { WorkerPool } from '../../tag/pool.ts';
import type { RunContext } from '../context.ts';
import { scanTree } from '../scan/scan-tree.ts';
import { warnLeftOut } from '../scan/scan-warnings.ts';
import type { ExplainedRow } from './tag-explain.ts';
import { judgeTree, type TreeCascade } from './survey.ts';
import type { TagOptions } from './tag-records.ts';
import type { UnitCascade } from './cascade-tasks.ts';
import type { TagFileCounts, TagFileTask } from '../tasks.ts';

export interface TagTreeResult {
  readonly rows: number;
  readonly quarantined: number;
  readonly personas: Readonly<Record<string, number>>;
  readonly traits: Readonly<Record<string, number>>;
  /** Rows by the persona tagger that judged them. */
  readonly taggers: Readonly<Record<string, number>>;
  readonly files: number;
  readonly bytes: number;
  /** The first rows of the first file, where reasons were asked for. */
  readonly examples: readonly ExplainedRow[];
}

/**
 * Tags a file or folder tree into a mirrored tree of JSONL files. Units are tagged in parallel into parts, then joined in order,
 * so a file appears only when it is whole. Memory: one batch per worker; disk: each file twice while it is joined.
 * @throws ConfigError `nothing-to-tag`, `out-in-input`, `out-is-file`, `same-output`
 */
export async function tagTree(
  pool: WorkerPool,
  params: {
    readonly input: string;
    readonly output: string;
    readonly threshold: number | null;
    readonly explain: boolean;
    /** null: no row goes to an accurate tier. */
    readonly cascade: TreeCascade | null;
    readonly unitBytes: number;
  },
  context: RunContext,
): Promise<TagTreeResult> {
  await checkOutput(params.input, params.output);
  const scans = await scanTree(pool, params, context);
  const usable = scans.filter((scan) => !scan.skipped);
  for (const scan of scans)
    if (scan.skipped) context.warn(scan.skipped.code, `${scan.file.name}: ${scan.skipped.message}`);
  warnLeftOut(scans, context);
  if (usable.length === 0)
    throw new ConfigError(`${params.input}: no file that can be tagged`, {
      code: 'nothing-to-tag',
      hint: 'JSONL, JSON, CSV, TSV and Parquet are read, plain, .gz or .zst',
    });
  await checkTargets(usable, params.output);
  const { threshold } = params;
  const cascades = params.cascade
    ? await judgeTree(pool, usable, { ...params.cascade, threshold }, context)
    : new Map<Unit, UnitCascade>();
  try {
    const counts = await tagParts(pool, usable, { ...params, cascades }, context);
    for (const scan of usable) await joinParts(targetOf(scan, params.output), scan.units.length);
    return { ...counts, files: usable.length };
  } finally {
    // Also of a pass that fails or is interrupted: a part would be taken for data the next time.
    for (const scan of usable) await removeParts(targetOf(scan, params.output), scan.units.length);
  }
}

/** `a/b.csv.gz` becomes `a/b.jsonl`. */
function outputName(name: string): string {
  return `${stemOf(name)}.jsonl`;
}

function targetOf({ file }: FileScan, output: string): string {
  return join(resolve(output), outputName(file.name));
}

/**
 * A folder is not tagged into itself, by whatever name: the next time its tagged rows would be tagged too.
 * @throws ConfigError `out-in-input`, `out-is-file`
 */
async function checkOutput(input: string, output: string): Promise<void> {
  const isFile = await stat(output).then(
    (found) => !found.isDirectory(),
    () => false,
  );
  if (isFile)
    throw new ConfigError(`${output}: a file, where tagged files get a folder`, {
      code: 'out-is-file',
      hint: 'name a folder for the tagged rows',
    });
  const way = relative(await followLinks(resolve(input)), await followLinks(resolve(output)));
  if (!isAbsolute(way) && way.split(sep)[0] !== '..') throw inInput(output, `lies in ${input}`);
}

/** Where a path leads that may not be there yet: links are followed in the part of it that is. */
async function followLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const folder = dirname(path);
    return folder === path ? path : join(await followLinks(folder), basename(path));
  }
}

/** @throws ConfigError `out-in-input`, `same-output` before anything is written */
async function checkTargets(scans: readonly FileScan[], output: string): Promise<void> {
  const sources = new Set(await Promise.all(scans.map(({ file }) => followLinks(file.location.path))));
  const writers = new Map<string, string>();
  for (const scan of scans) {
    const target = targetOf(scan, output);
    if (sources.has(await followLinks(target))) throw inInput(output, `would overwrite ${scan.file.name}`);
    const other = writers.get(target);
    if (other !== undefined)
      throw new ConfigError(
        `${other} and ${scan.file.name} would both become ${outputName(scan.file.name)}`,
        {
          code: 'same-output',
          hint: 'rename one of them, or tag them one by one into folders of their own',
        },
      );
    writers.set(target, scan.file.name);
  }
}

function inInput(output: string, what: string): ConfigError {
  return new ConfigError(`${output}: the output ${what}`, {
    code: 'out-in-input',
    hint: 'name another folder for the tagged rows',
  });
}

/** Hidden, so that a part that a killed process left is nobody's rows. */
function partPath(target: string, index: number): string {
  return join(dirname(target), `.${basename(target)}.part-${String(index).padStart(5, '0')}`);
}

async function tagParts(
  pool: WorkerPool,
  scans: readonly FileScan[],
  params: TagOptions & { readonly output: string; readonly cascades: ReadonlyMap<Unit, UnitCascade> },
  context: RunContext,
): Promise<Omit<TagTreeResult, 'files'>> {
  const tasks = scans.flatMap((scan) =>
    scan.units.map((unit, index): TagFileTask => ({
      kind: 'tag-file',
      unit,
      threshold: params.threshold,
      explain: params.explain,
      cascade: params.cascades.get(unit) ?? null,
      path: partPath(targetOf(scan, params.output), index),
    })),
  );
  const totals = {
    rows: 0,
    quarantined: 0,
    bytes: 0,
    personas: {} as Record<string, number>,
    traits: {} as Record<string, number>,
    taggers: {} as Record<string, number>,
    examples: [] as readonly ExplainedRow[],
  };
  const stage = context.stage(
    'tag',
    tasks.length,
    0,
    scans.reduce((sum, scan) => sum + scan.file.bytes, 0),
  );
  await pool.runAll<TagFileTask, TagFileCounts>(tasks, {
    signal: context.signal,
    onResult(counts, task) {
      totals.rows += counts.rows;
      totals.quarantined += counts.rejected;
      totals.bytes += counts.bytes;
      addCounts(totals.personas, counts.personas);
      addCounts(totals.traits, counts.traits);
      addCounts(totals.taggers, counts.taggers);
      if (task === tasks[0]) totals.examples = counts.examples;
      stage.unitEnd({
        unit: task.path,
        rows: counts.rows,
        bytes: counts.bytes,
        rejected: counts.rejected,
        reused: false,
        ms: 0,
      });
    },
  });
  stage.end();
  return totals;
}

function addCounts(into: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) into[name] = (into[name] ?? 0) + count;
}

async function joinParts(target: string, parts: number): Promise<void> {
  await using file = await openAtomic(target);
  for (let index = 0; index < parts; index++) {
    for await (const chunk of createReadStream(partPath(target, index), { highWaterMark: 1 << 20 })) {
      await file.handle.writeFile(chunk as Buffer); // no encoding was set
    }
  }
  await file.publish();
  await removeParts(target, parts);
}

async function removeParts(target: string, parts: number): Promise<void> {
  for (let index = 0; index < parts; index++) await rm(partPath(target, index), { force: true });
}
