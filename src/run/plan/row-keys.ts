import { join } from 'node:path';

import { hashToHex } from '../../lib/hash.ts';
import { readSidecar } from '../../tag/sidecar.ts';
import { type PlanTable, unitOf } from './plan-table.ts';

/** What a row is called outside a run. */
export interface RowName {
  /** 32 hex digits. */
  readonly key: string;
  /** Its first record, counted from 0 in the unit: a dialogue has several. */
  readonly record: number;
}

/** Names of a few rows, read from their sidecars: PLAN itself does without them. */
export async function readRowNames(
  out: string,
  { units, unitStart }: PlanTable,
  rows: readonly number[],
): Promise<RowName[]> {
  const names: RowName[] = [];
  for (const row of rows) {
    const unit = unitOf(unitStart, row);
    const tags = await readSidecar(join(out, units[unit]?.sidecar ?? ''));
    const at = row - (unitStart[unit] ?? 0);
    names.push({ key: hashToHex(tags.rowKey, at * 4), record: tags.row[at] ?? 0 });
  }
  return names;
}

/** The row of a unit that holds its record of that number; -1 when there is none. */
export async function findRecord(
  out: string,
  { units, unitStart }: PlanTable,
  unit: number,
  record: number,
): Promise<number> {
  const { row, records } = await readSidecar(join(out, units[unit]?.sidecar ?? ''));
  const at = row.findLastIndex((first) => first <= record);
  return at >= 0 && record < (row[at] ?? 0) + Math.max(1, records[at] ?? 1)
    ? (unitStart[unit] ?? 0) + at
    : -1;
}

/** The row of a key of 32 hex digits; -1 when there is none. Reads sidecar after sidecar. */
export async function findRowKey(out: string, { units, unitStart }: PlanTable, key: string): Promise<number> {
  const words = [0, 8, 16, 24].map((at) => Number.parseInt(key.slice(at, at + 8), 16));
  for (const [u, unit] of units.entries()) {
    const { rowKey, rows } = await readSidecar(join(out, unit.sidecar));
    for (let i = 0; i < rows; i++)
      if (words.every((word, w) => rowKey[i * 4 + w] === word)) return (unitStart[u] ?? 0) + i;
  }
  return -1;
}
