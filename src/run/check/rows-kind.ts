import { basename } from 'node:path';

import { checkRow } from '../../check/rows/check-row.ts';
import type { Finding } from '../../core/finding.ts';
import type { CheckKind } from './check-kind.ts';
import { NearRows } from './near-rows.ts';
import { readRows } from './read-rows.ts';

/**
 * Rows of any shape that a run reads: whether there is something to learn in each, and, beside real rows, whether any nearly
 * repeats one of them or another. Of one kind the first fifty are told one by one.
 */
export const rowsKind: CheckKind = {
  name: 'rows',
  recognises: () => true,
  async check(target, { real, signal }) {
    const findings = new LimitedFindings();
    const near = real === null ? null : new NearRows();
    const realRows = near && real !== null ? await near.addReal(real, signal) : null;
    let rows = 0;
    for await (const { place, row, finding } of readRows(target.path, signal)) {
      rows++;
      if (finding) findings.add(finding);
      if (!row) continue;
      for (const found of checkRow(row, place)) findings.add(found);
      if (near) for (const found of nearFindings(place, near.meet(place, row.messages))) findings.add(found);
    }
    const place = basename(target.path);
    if (rows === 0)
      findings.add({ code: 'file-empty', severity: 'error', place, message: 'No row is in it.' });
    const counts = { rows, ...(realRows === null ? {} : { 'real rows': realRows }) };
    return { counts, findings: findings.list(), measures: [] };
  },
};

/** A copy of a real row is an error: it would bring into the data what was to be kept apart. */
export function nearFindings(
  place: string,
  { made, real }: { readonly made: string | null; readonly real: string | null },
): Finding[] {
  const found: Finding[] = [];
  if (made !== null)
    found.push({ code: 'near-duplicate', severity: 'warning', place, message: `It nearly repeats ${made}.` });
  if (real !== null)
    found.push({
      code: 'near-duplicate-real',
      severity: 'error',
      place,
      message: `It nearly repeats the real ${real}.`,
    });
  return found;
}

const shownPerCode = 50;

/** Keeps the first of each kind and says how many more there are. */
class LimitedFindings {
  readonly #byCode = new Map<string, { readonly first: Finding[]; more: number }>();

  add(finding: Finding): void {
    const entry = this.#byCode.get(finding.code) ?? { first: [], more: 0 };
    this.#byCode.set(finding.code, entry);
    if (entry.first.length < shownPerCode) entry.first.push(finding);
    else entry.more++;
  }

  list(): Finding[] {
    return [...this.#byCode.values()].flatMap(({ first, more }) => {
      const [one] = first;
      if (more === 0 || !one) return first;
      return [...first, { ...one, place: 'all', message: `There are ${more} more findings of this kind.` }];
    });
  }
}
