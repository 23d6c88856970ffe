import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { type BalanceCase, readCase } from '../../src/balance/read-case.ts';
import { solveBalance } from '../../src/balance/solve.ts';
import { missedMargins } from './margins.ts';

interface WorkedCase extends BalanceCase {
  readonly expect: {
    readonly feasible: boolean;
    readonly total: number;
    readonly quotas?: readonly number[];
    readonly conflicts?: readonly string[];
    readonly l1?: number;
    /** Rows of the cure; null: none helps. */
    readonly cure?: number | null;
    readonly max_repeats_needed?: number;
    readonly notes: string;
  };
}

const file: { cases: WorkedCase[] } = JSON.parse(
  readFileSync(new URL('./cases.json', import.meta.url), 'utf8'),
);

test.each(file.cases)('$name has the answer worked out by hand', async (entry) => {
  const problem = readCase(entry);
  const wanted = entry.expect;
  const { feasible, quotas, total, certificate } = await solveBalance(problem);
  expect({ feasible, total }).toEqual({ feasible: wanted.feasible, total: wanted.total });
  if (wanted.quotas) expect(quotas).toEqual(wanted.quotas);
  if (feasible) expect(missedMargins(problem, quotas)).toEqual([]);
  if (wanted.conflicts) expect(certificate?.conflicts.toSorted()).toEqual(wanted.conflicts);
  if (wanted.l1 !== undefined) expect(certificate?.nearest.l1).toBeCloseTo(wanted.l1, 7);
  if (wanted.cure !== undefined) expect(cureRows(certificate?.cure ?? null)).toBe(wanted.cure);
  if (wanted.max_repeats_needed) expect(certificate?.maxRepeatsNeeded).toBe(wanted.max_repeats_needed);
});

function cureRows(cure: readonly { readonly rows: number }[] | null): number | null {
  return cure && cure.reduce((sum, { rows }) => sum + rows, 0);
}
