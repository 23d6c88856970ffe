import { seededRandom } from '../lib/seeded-random.ts';
import { adjustedRand, distanceTable, meanOf, silhouettes } from './cluster-quality.ts';
import { type ClusterFit, fitClusters, nearestCentroid } from './fit-clusters.ts';

export interface ClusterChoice {
  readonly k: number;
  readonly isForced: boolean;
  readonly fit: ClusterFit;
  /** Mean silhouette of the sample, −1 … 1. */
  readonly silhouette: number;
  readonly silhouetteOfCluster: readonly number[];
  /** Mean adjusted Rand index between the clusters and those of bootstrap samples, 1: the same each time. */
  readonly stability: number;
  readonly candidates: readonly {
    readonly k: number;
    readonly silhouette: number;
    readonly stability: number;
  }[];
}

export const fewestClusters = 3;
const mostClusters = 6;

const starts = 8;
const bootstraps = 5;
/** Of silhouettes that differ by less than this part of the highest, the fewer clusters win: more would split a manner, not a person. */
const tolerance = 0.05;
/** Points that silhouettes are measured on. */
const silhouettePoints = 1500;

/**
 * Chooses how many clusters the points have, unless `forced`, and fits them: the fewest of 3 … 6 whose mean silhouette is as
 * good as the highest. Seeded throughout.
 * Holds a table of distances, 9 MiB.
 */
export function chooseClusters(
  points: readonly (readonly number[])[],
  options: { readonly forced: number | null; readonly seed: number },
): ClusterChoice {
  const measured = points.slice(0, silhouettePoints);
  const distances = distanceTable(measured);
  const { forced, seed } = options;
  const ks = forced === null ? range(fewestClusters, Math.min(mostClusters, points.length - 1)) : [forced];
  const tried = ks.map((k) => {
    const fit = fitClusters(points, k, { seed: `${seed}/clusters/${k}`, starts });
    const each = silhouettes(distances, fit.clusters.slice(0, measured.length), k);
    return { k, fit, each, silhouette: meanOf(each), stability: stabilityOf(points, fit, k, seed) };
  });
  const highest = Math.max(...tried.map(({ silhouette }) => silhouette));
  const best =
    tried.find(({ silhouette }) => silhouette >= highest - tolerance * Math.abs(highest)) ?? tried[0];
  if (!best) throw new RangeError('no number of clusters to try');
  return {
    k: best.k,
    isForced: forced !== null,
    fit: best.fit,
    silhouette: best.silhouette,
    silhouetteOfCluster: range(0, best.k - 1).map((cluster) =>
      meanOf(best.each.filter((_, i) => best.fit.clusters[i] === cluster)),
    ),
    stability: best.stability,
    candidates: tried.map(({ k, silhouette, stability }) => ({ k, silhouette, stability })),
  };
}

function stabilityOf(
  points: readonly (readonly number[])[],
  fit: ClusterFit,
  k: number,
  seed: number,
): number {
  const scores = range(0, bootstraps - 1).map((round) => {
    const random = seededRandom(`${seed}/bootstrap/${k}/${round}`);
    const drawn = points.map(() => points[Math.floor(random() * points.length)] ?? []);
    const again = fitClusters(drawn, k, { seed: `${seed}/bootstrap/${k}/${round}/fit`, starts: 3 });
    const assigned = points.map((point) => nearestCentroid(point, again.centroids).cluster);
    return adjustedRand(fit.clusters, assigned);
  });
  return meanOf(scores);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}
