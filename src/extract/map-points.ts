import { UMAP } from 'umap-js';

import { seededRandom } from '../lib/seeded-random.ts';

export interface MapPoint {
  readonly x: number;
  readonly y: number;
  readonly cluster: number;
}

const neighbours = 15;

/** Points of many dimensions on a plane, near ones near: seeded UMAP. Up to four points stand on a line. Coordinates have two places. */
export function mapPoints(
  points: readonly (readonly number[])[],
  clusters: readonly number[],
  seed: number,
): MapPoint[] {
  const placed =
    points.length > 4
      ? new UMAP({
          nNeighbors: Math.min(neighbours, points.length - 1),
          minDist: 0.15,
          nEpochs: 300,
          random: seededRandom(`${seed}/map`),
        }).fit(points as number[][]) // it does not write to them
      : points.map((_, index) => [index, 0]);
  return placed.map(([x = 0, y = 0], i) => ({
    x: Math.round(x * 100) / 100,
    y: Math.round(y * 100) / 100,
    cluster: clusters[i] ?? 0,
  }));
}
