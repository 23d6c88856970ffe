import type { Model } from './model.ts';
import type { BalanceCell } from './problem.ts';

/**
 * Splits each group's copies over its cells in proportion to their rows, by largest remainder in canonical order, exactly
 * (whole numbers of any size). Returns copies per cell, in the order of `cells`.
 */
export function spreadOverCells(
  model: Model,
  counts: readonly number[],
  cells: readonly BalanceCell[],
): number[] {
  const quotas = cells.map(() => 0);
  model.groups.forEach((group, index) => {
    const total = BigInt(counts[index] ?? 0);
    const rows = BigInt(group.rows);
    if (total === 0n || rows === 0n) return;
    let left = total;
    const shares = group.cells.map((cell) => {
      const product = total * BigInt(cells[cell]?.rows ?? 0);
      const whole = product / rows;
      left -= whole;
      quotas[cell] = Number(whole);
      return { cell, remainder: product - whole * rows };
    });
    // Sorts are stable: equal remainders keep the canonical order.
    const ranked = shares.toSorted((a, b) =>
      a.remainder < b.remainder ? 1 : Number(a.remainder > b.remainder) * -1,
    );
    for (const { cell } of ranked.slice(0, Number(left))) quotas[cell] = (quotas[cell] ?? 0) + 1;
  });
  return quotas;
}

/** Splits each group's units over its cells in proportion to their rows. */
export function spreadUnits(model: Model, values: Float64Array, cells: readonly BalanceCell[]): number[] {
  const quotas = cells.map(() => 0);
  model.groups.forEach((group, index) => {
    if (group.rows === 0) return;
    for (const cell of group.cells)
      quotas[cell] = ((values[index] ?? 0) * (cells[cell]?.rows ?? 0)) / group.rows;
  });
  return quotas;
}
