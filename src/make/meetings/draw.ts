/** Draws from a source of numbers in [0, 1). */
export function pick<T>(items: readonly T[], random: () => number): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

/** A new array in random order (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const copy = [...items];
  for (let last = copy.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const kept = copy[last] as T;
    copy[last] = copy[other] as T;
    copy[other] = kept;
  }
  return copy;
}

/** One of the items for each unit of its count, in random order. */
export function spread<T>(items: readonly T[], counts: readonly number[], random: () => number): T[] {
  return shuffled(
    items.flatMap((item, index) => Array.from({ length: counts[index] ?? 0 }, () => item)),
    random,
  );
}

/**
 * Weights tilted exponentially so that the mean of `values` comes to `mean` (the distribution nearest to the given one that
 * has this mean). A mean outside the values gives the nearest end.
 */
export function tiltToMean(values: readonly number[], weights: readonly number[], mean: number): number[] {
  const scale = Math.max(...values) - Math.min(...values) || 1;
  const tilted = (slope: number): number[] =>
    weights.map((weight, index) => weight * Math.exp((slope * ((values[index] ?? 0) - mean)) / scale));
  let [low, high] = [-40, 40];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (meanOf(values, tilted(middle)) < mean) low = middle;
    else high = middle;
  }
  const result = tilted((low + high) / 2);
  const total = result.reduce((left, right) => left + right, 0);
  return result.map((weight) => weight / total);
}

function meanOf(values: readonly number[], weights: readonly number[]): number {
  const total = weights.reduce((left, right) => left + right, 0);
  return values.reduce((sum, value, index) => sum + value * (weights[index] ?? 0), 0) / total;
}
