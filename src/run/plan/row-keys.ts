import { join } from 'node:path';

import { hashToHex } from '../../lib/hash.ts';
import { readSidecar } from '../../tag/sidecar.ts';
import { type PlanTable, unitOf } from './plan-table.ts';

/** Row keys of a few rows as 32 hex digits, read from their sidecars: PLAN itself does without them. */
export async function readRowKeys(
  out: string,
  { units, unitStart }: PlanTable,
  rows: readonly number[],
): Promise<string[]> {
  const keys: string[] = [];
  for (const row of rows) {
    const unit = unitOf(unitStart, row);
    const { rowKey } = await readSidecar(join(out, units[unit]?.sidecar ?? ''));
    keys.push(hashToHex(rowKey, (row - (unitStart[unit] ?? 0)) * 4));
  }
  return keys;
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
