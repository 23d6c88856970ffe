import { kmeans } from 'ml-kmeans';

import { seededRandom } from '../lib/seeded-random.ts';

export interface ClusterFit {
  /** Cluster of each point. */
  readonly clusters: readonly number[];
  readonly centroids: readonly (readonly number[])[];
  /** Sum of squared distances to the centroids. */
  readonly inertia: number;
}

/**
 * Best of several k-means runs from k-means++ starts (ml-kmeans). The same points, seed and number of starts give the same
 * clusters; they are numbered by size, largest first.
 */
export function fitClusters(
  points: readonly (readonly number[])[],
  k: number,
  options: { readonly seed: string; readonly starts: number },
): ClusterFit {
  const random = seededRandom(options.seed);
  let best: ClusterFit | undefined;
  for (let start = 0; start < options.starts; start++) {
    const seed = Math.floor(random() * 2 ** 31);
    const found = kmeans(points as number[][], k, { seed, maxIterations: 100, tolerance: 1e-6 }); // it does not write to them
    const inertia = points.reduce(
      (sum, point, i) => sum + squaredDistance(point, found.centroids[found.clusters[i] ?? 0] ?? []),
      0,
    );
    if (!best || inertia < best.inertia - 1e-9) {
      best = { clusters: found.clusters, centroids: found.centroids, inertia };
    }
  }
  return best ? numberBySize(best) : { clusters: [], centroids: [], inertia: 0 };
}

function numberBySize(fit: ClusterFit): ClusterFit {
  const sizes = fit.centroids.map(() => 0);
  for (const cluster of fit.clusters) sizes[cluster] = (sizes[cluster] ?? 0) + 1;
  const order = sizes
    .map((_, cluster) => cluster)
    .toSorted((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0) || a - b);
  const place = new Map(order.map((cluster, index) => [cluster, index]));
  return {
    clusters: fit.clusters.map((cluster) => place.get(cluster) ?? 0),
    centroids: order.map((cluster) => fit.centroids[cluster] ?? []),
    inertia: fit.inertia,
  };
}

export function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  return sum;
}

/** Index of the nearest centroid; of equally near ones the first. */
export function nearestCentroid(
  point: ArrayLike<number>,
  centroids: readonly ArrayLike<number>[],
): { readonly cluster: number; readonly distance: number } {
  let cluster = 0;
  let distance = Number.POSITIVE_INFINITY;
  for (const [index, centroid] of centroids.entries()) {
    const found = squaredDistance(point, centroid);
    if (found < distance) [cluster, distance] = [index, found];
  }
  return { cluster, distance: Math.sqrt(distance) };
}
