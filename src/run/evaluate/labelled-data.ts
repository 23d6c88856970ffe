import { ConfigError, errorFromShape } from '../../core/errors.ts';
import type { Unit } from '../../core/unit.ts';
import type { WorkerPool } from '../../tag/pool.ts';
import type { RunContext } from '../context.ts';
import { scanTree } from '../scan/scan-tree.ts';
import type { UnitBlock } from './labelled-rows.ts';
import type { LabelsTask, UnitLabels } from '../tasks.ts';

/** A unit of a labelled file and the labels of its readable rows. */
export interface LabelledUnit {
  readonly unit: Unit;
  readonly labels: UnitLabels;
  /** Rows of all units before it. */
  readonly firstRow: number;
}

export interface LabelledData {
  readonly units: readonly LabelledUnit[];
  /** Readable rows of all units. */
  readonly rows: number;
  readonly unreadable: number;
}

/** Small units: a labelled file is small, and its rows may go through a slow model. */
const unitBytes = 1 << 20;

/**
 * Reads and checks all labels of a file or folder before anything is tagged.
 * @throws ConfigError `source-not-found`, `data-unreadable`, `label-missing`, `label-unknown`, `no-labels`
 */
export async function readLabels(pool: WorkerPool, path: string, context: RunContext): Promise<LabelledData> {
  const scans = await scanTree(pool, { input: path, unitBytes }, context);
  for (const { skipped, file } of scans) {
    if (!skipped) continue;
    throw new ConfigError(`${file.name}: ${skipped.message}`, {
      code: 'data-unreadable',
      hint: skipped.hint ?? 'labelled rows stand in JSONL, JSON, CSV, TSV or Parquet',
    });
  }
  const units = scans.flatMap((scan) => scan.units);
  const tasks = units.map((unit, index): LabelsTask => ({ kind: 'labels', unit, index }));
  const found: UnitLabels[] = [];
  await pool.runAll<LabelsTask, UnitLabels>(tasks, {
    signal: context.signal,
    onResult(labels, { index }) {
      found[index] = labels;
    },
  });
  const problem = found.find((labels) => labels.problem)?.problem;
  if (problem) throw errorFromShape(problem);
  return collect(path, units, found);
}

function collect(path: string, units: readonly Unit[], found: readonly UnitLabels[]): LabelledData {
  let [rows, unreadable] = [0, 0];
  const labelled = units.flatMap((unit, index) => {
    const labels = found[index];
    if (!labels) return [];
    const entry = { unit, labels, firstRow: rows };
    rows += labels.gold.length;
    unreadable += labels.unreadable;
    return [entry];
  });
  if (rows > 0) return { units: labelled, rows, unreadable };
  throw new ConfigError(`${path}: no labelled row in it`, {
    code: 'no-labels',
    hint: 'a labelled row is {instruction, input, output, persona} or {messages, persona}',
  });
}

/** The labels of all rows, in order. */
export function goldLabels(data: LabelledData): Uint8Array {
  const gold = new Uint8Array(data.rows);
  for (const { labels, firstRow } of data.units) gold.set(labels.gold, firstRow);
  return gold;
}

/** Rows of one task of a slow model, and the most tasks that read one unit again: neither depends on the workers. */
const blockRows = 512;
const blocksPerUnit = 16;

/** Cuts the units into blocks of rows: a compressed file is one unit, and one worker must not have it alone. */
export function cutBlocks(data: LabelledData): UnitBlock[] {
  return data.units.flatMap(({ unit, labels, firstRow }) => {
    const rows = labels.gold.length;
    const size = Math.max(blockRows, Math.ceil(rows / blocksPerUnit));
    return Array.from({ length: Math.ceil(rows / size) }, (_, block) => {
      const from = block * size;
      return { unit, from, to: Math.min(rows, from + size), at: firstRow + from };
    });
  });
}
