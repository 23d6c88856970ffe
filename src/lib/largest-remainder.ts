/**
 * Whole numbers in the proportion of `weights` that sum to `total`: floors, then one each to the largest remainders (ties: first).
 * All weights zero: everything to the first.
 */
export function largestRemainder(weights: readonly number[], total: number): number[] {
  const sum = weights.reduce((left, right) => left + right, 0);
  if (weights.length === 0) return [];
  if (sum <= 0) return weights.map((_, index) => (index === 0 ? total : 0));
  const exact = weights.map((weight) => (weight / sum) * total);
  const counts = exact.map((value) => Math.floor(value + 1e-9));
  const order = exact
    .map((value, index) => ({ index, rest: value - (counts[index] ?? 0) }))
    .sort((left, right) => right.rest - left.rest || left.index - right.index);
  let left = total - counts.reduce((a, b) => a + b, 0);
  for (const { index } of order) {
    if (left <= 0) break;
    counts[index] = (counts[index] ?? 0) + 1;
    left--;
  }
  return counts;
}
