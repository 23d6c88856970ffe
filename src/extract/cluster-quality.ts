import { squaredDistance } from './fit-clusters.ts';

/** Euclidean distances of all pairs, row-major; 4 × n² bytes: 9 MiB for 1,500 points. */
export function distanceTable(points: readonly (readonly number[])[]): Float32Array {
  const n = points.length;
  const table = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const distance = Math.sqrt(squaredDistance(points[i] ?? [], points[j] ?? []));
      table[i * n + j] = distance;
      table[j * n + i] = distance;
    }
  }
  return table;
}

/**
 * Silhouette of each point (Rousseeuw 1987): (b − a) / max(a, b), where a is the mean distance to its own cluster and b to the
 * nearest other one; 0 for a cluster of one.
 */
export function silhouettes(distances: Float32Array, clusters: readonly number[], k: number): Float64Array {
  const n = clusters.length;
  const sizes = new Float64Array(k);
  for (const cluster of clusters) sizes[cluster] = (sizes[cluster] ?? 0) + 1;
  const sums = new Float64Array(k);
  return Float64Array.from(clusters, (own, i) => {
    sums.fill(0);
    for (let j = 0; j < n; j++) {
      const cluster = clusters[j] ?? 0;
      sums[cluster] = (sums[cluster] ?? 0) + (distances[i * n + j] ?? 0);
    }
    const ownSize = sizes[own] ?? 0;
    if (ownSize < 2) return 0;
    const a = (sums[own] ?? 0) / (ownSize - 1);
    let b = Number.POSITIVE_INFINITY;
    for (let c = 0; c < k; c++) {
      if (c !== own && (sizes[c] ?? 0) > 0) b = Math.min(b, (sums[c] ?? 0) / (sizes[c] ?? 1));
    }
    return Number.isFinite(b) && Math.max(a, b) > 0 ? (b - a) / Math.max(a, b) : 0;
  });
}

export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return values.length > 0 ? sum / values.length : 0;
}

/** Adjusted Rand index of two clusterings of the same points (Hubert & Arabie 1985): 1 for equal ones, about 0 by chance. */
export function adjustedRand(a: readonly number[], b: readonly number[]): number {
  const cells = new Map<string, number>();
  const rows = new Map<number, number>();
  const columns = new Map<number, number>();
  for (const [i, one] of a.entries()) {
    const other = b[i] ?? 0;
    increase(cells, `${one}/${other}`);
    increase(rows, one);
    increase(columns, other);
  }
  const pairs = (counts: Map<unknown, number>): number =>
    [...counts.values()].reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
  const all = (a.length * (a.length - 1)) / 2;
  const [together, ofRows, ofColumns] = [pairs(cells), pairs(rows), pairs(columns)];
  const expected = all > 0 ? (ofRows * ofColumns) / all : 0;
  const most = (ofRows + ofColumns) / 2;
  return most === expected ? 1 : (together - expected) / (most - expected);
}

function increase<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
