/** Held-out rows that count for all classes together in the estimate of one: keeps classes with few rows near the rest. */
const borrowedRows = 10;
/** A class is never asked for more than this, or it could not occur at all. */
export const highestThreshold = 0.95;
const step = 0.01;

/**
 * Per class the smallest probability from which on a row's best class is right at least as often as `precision` says. A class's
 * precision is estimated from its own held-out rows and ten rows' worth of all classes at the same probability, that of all
 * classes by Laplace's rule of succession: three rows that are right promise four of five.
 */
export function chooseThresholds(params: {
  readonly labels: Uint8Array;
  readonly best: Uint8Array;
  readonly scores: Float64Array;
  readonly classes: number;
  readonly precision: number;
}): number[] {
  const { labels, best, scores, classes, precision } = params;
  const steps = Math.round(highestThreshold / step);
  const given = tails(scores, steps, classes, (row) => best[row] ?? 0);
  const right = tails(scores, steps, classes, (row) => (best[row] === labels[row] ? (best[row] ?? 0) : -1));
  const all = (counts: Float64Array, at: number): number => {
    let sum = 0;
    for (let label = 0; label < classes; label++) sum += counts[label * (steps + 1) + at] ?? 0;
    return sum;
  };
  const together = Array.from({ length: steps + 1 }, (_, at) => (all(right, at) + 1) / (all(given, at) + 2));
  return Array.from({ length: classes }, (_, label) => {
    const found = together.findIndex((share, at) => {
      const place = label * (steps + 1) + at;
      const estimate = ((right[place] ?? 0) + borrowedRows * share) / ((given[place] ?? 0) + borrowedRows);
      return estimate >= precision;
    });
    return found < 0 ? highestThreshold : Math.round(found * step * 100) / 100;
  });
}

/** Per class and step: rows of that class with at least that probability. */
function tails(
  scores: Float64Array,
  steps: number,
  classes: number,
  classOf: (row: number) => number,
): Float64Array {
  const counts = new Float64Array(classes * (steps + 1));
  scores.forEach((score, row) => {
    const label = classOf(row);
    if (label < 0) return;
    const at = label * (steps + 1) + Math.min(steps, Math.floor(score / step + 1e-9));
    counts[at] = (counts[at] ?? 0) + 1;
  });
  for (let label = 0; label < classes; label++)
    for (let at = steps - 1; at >= 0; at--) {
      const place = label * (steps + 1) + at;
      counts[place] = (counts[place] ?? 0) + (counts[place + 1] ?? 0);
    }
  return counts;
}
