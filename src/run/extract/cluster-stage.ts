import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { ConfigError } from '../../core/errors.ts';
import { analysisOf } from '../../extract/analyse.ts';
import { chooseClusters, type ClusterChoice, fewestClusters } from '../../extract/choose-clusters.ts';
import { nearestCentroid } from '../../extract/fit-clusters.ts';
import { type MapPoint, mapPoints } from '../../extract/map-points.ts';
import type { DiscoveredPersona } from '../../extract/persona.ts';
import { fitPointSpace, type PointSpace } from '../../extract/points.ts';
import { measureSeparation, type PairSeparation } from '../../extract/separation.ts';
import { styleNames, styleOf } from '../../extract/style-features.ts';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { collectPersonas } from './collect-personas.ts';
import type { EncodedBlocks } from './encode-stage.ts';
import { analysisFile, clusterFile, personasFile, unclusteredFile } from './extract-paths.ts';
import type { ExtractRules } from './extract-rules.ts';
import { JsonlWriter } from './jsonl-file.ts';
import { drawOf, readEncoded } from './message-stream.ts';
import type { StageWork } from './stage.ts';

export interface ClusterParams {
  readonly out: string;
  readonly encoded: EncodedBlocks;
  readonly messages: number;
  /** null: 3 … 6 by the silhouette. */
  readonly clusters: number | null;
  /** Messages that the clusters are fitted on. */
  readonly sample: number;
  readonly seed: number;
  readonly rules: ExtractRules;
  readonly signal: AbortSignal | undefined;
  /** Awaited before the files appear. */
  readonly clear: () => Promise<void>;
}

/** What the later stages need; `state/personas.json`. */
export interface FoundPersonas {
  readonly personas: readonly DiscoveredPersona[];
  readonly separation: readonly PairSeparation[];
  readonly choice: Omit<ClusterChoice, 'fit'>;
  readonly map: readonly MapPoint[];
  readonly messages: number;
  readonly unclustered: number;
  readonly minimumSize: number;
}

export interface ClusterCounts {
  readonly clusters: number;
  readonly clustered: number;
}

/** Points on the map. */
const mapSample = 1200;

/** A cluster of fewer messages is no persona: 50, or a twentieth of a small export's messages, but never fewer than 3. */
function minimumClusterSize(messages: number): number {
  return Math.max(3, Math.min(50, Math.floor(messages / 20)));
}

/**
 * Fits clusters on a sample drawn by id, gives every message its nearest, and writes the clusters with names and analysis. Holds
 * the sample (1.5 KiB a message), 5 bytes a message, and the words of up to twice the sample.
 * @throws ConfigError `too-few-messages`, `no-cluster`
 */
export async function clusterMessages(params: ClusterParams): Promise<StageWork<ClusterCounts>> {
  checkCount(params);
  const sample = await drawSample(params);
  const space = fitPointSpace(sample.embeddings, sample.styles);
  const points = sample.rows.map(({ embedding, style }) => [...space.project(embedding, style)]);
  const choice = chooseClusters(points, { forced: params.clusters, seed: params.seed });
  const assigned = await assign(params, space, choice);
  const minimumSize = minimumClusterSize(params.messages);
  const kept = keepLarge(assigned.clusters, choice.k, minimumSize);
  if (kept.order.length === 0) throw noCluster(params.messages, minimumSize);
  const personas = await collectPersonas({
    ...params,
    assigned: assigned.clusters,
    distances: assigned.distances,
    choice,
    kept,
  });
  const separation = measureSeparation(
    personas.samples,
    personas.personas.map(({ name, centroid, radius }) => ({ name, centroid, radius })),
  );
  const sampled = sample.rows.slice(0, mapSample);
  const map = mapPoints(
    points.slice(0, mapSample),
    sampled.map(({ index }) => kept.place(assigned.clusters[index] ?? 0)),
    params.seed,
  );
  const unclustered = assigned.clusters.filter((cluster) => kept.place(cluster) < 0).length;
  const { fit: _fit, ...chosen } = choice;
  const found: FoundPersonas = {
    personas: personas.personas,
    separation,
    choice: chosen,
    map,
    messages: params.messages,
    unclustered,
    minimumSize,
  };
  await params.clear();
  const files = await writeClusters(params, found, { ...assigned, place: kept.place });
  const analysis = analysisOf({ ...found, choice, seed: params.seed, sampled: points.length });
  await writeFileAtomic(join(params.out, personasFile), `${JSON.stringify(found)}\n`);
  await writeFileAtomic(join(params.out, analysisFile), `${JSON.stringify(analysis, null, 2)}\n`);
  return {
    outputs: [...files, analysisFile, personasFile],
    counts: { clusters: personas.personas.length, clustered: params.messages - unclustered },
  };
}

function checkCount({ messages, clusters }: ClusterParams): void {
  const wanted = clusters ?? fewestClusters;
  const needed = wanted * 3;
  if (messages >= needed) return;
  throw new ConfigError(
    `the export holds ${messages} messages of the person that are long enough; ${wanted} clusters need at least ${needed}`,
    {
      code: 'too-few-messages',
      hint:
        clusters === null
          ? 'personas are found in what somebody wrote often; give a larger export'
          : 'ask for fewer --clusters, or give a larger export',
    },
  );
}

function noCluster(messages: number, minimumSize: number): ConfigError {
  return new ConfigError(
    `none of the clusters of ${messages} messages has ${minimumSize} messages, the fewest that make a persona`,
    { code: 'no-cluster', hint: 'ask for fewer --clusters' },
  );
}

interface SampleRow {
  readonly index: number;
  readonly embedding: Float32Array;
  readonly style: Float32Array;
}

/** The messages with the smallest draws, in that order: the sample of a larger one begins with that of a smaller one. */
async function drawSample(params: ClusterParams) {
  const draws: { readonly index: number; readonly draw: number; readonly id: string }[] = [];
  for await (const { index, message } of readEncoded(params.out, params.encoded, params.signal)) {
    draws.push({ index, draw: drawOf(message.id, `${params.seed}/sample`), id: message.id });
  }
  draws.sort((a, b) => a.draw - b.draw || (a.id < b.id ? -1 : 1));
  const places = new Map(draws.slice(0, params.sample).map(({ index }, place) => [index, place]));
  const rows = new Array<SampleRow>(places.size);
  for await (const { index, message, embedding } of readEncoded(params.out, params.encoded, params.signal)) {
    const place = places.get(index);
    if (place !== undefined) rows[place] = { index, embedding: embedding.slice(), style: styleOf(message) };
  }
  return {
    rows,
    embeddings: tableOf(
      rows.map(({ embedding }) => embedding),
      params.encoded.width,
    ),
    styles: tableOf(
      rows.map(({ style }) => style),
      styleNames.length,
    ),
  };
}

function tableOf(rows: readonly Float32Array[], width: number) {
  const numbers = new Float32Array(rows.length * width);
  for (const [row, values] of rows.entries()) numbers.set(values, row * width);
  return { rows: rows.length, width, numbers };
}

async function assign(params: ClusterParams, space: PointSpace, choice: ClusterChoice) {
  const clusters = new Uint8Array(params.messages);
  const distances = new Float32Array(params.messages);
  for await (const { index, message, embedding } of readEncoded(params.out, params.encoded, params.signal)) {
    const point = space.project(embedding, styleOf(message));
    const { cluster, distance } = nearestCentroid(point, choice.fit.centroids);
    clusters[index] = cluster;
    distances[index] = distance;
  }
  return { clusters, distances };
}

/** Clusters that are large enough, by size, and what number each gets; −1 for the others. */
export interface KeptClusters {
  readonly order: readonly number[];
  readonly place: (cluster: number) => number;
}

function keepLarge(clusters: Uint8Array, k: number, minimumSize: number): KeptClusters {
  const sizes = Array.from({ length: k }, () => 0);
  for (const cluster of clusters) sizes[cluster] = (sizes[cluster] ?? 0) + 1;
  const order = sizes
    .map((_, cluster) => cluster)
    .filter((cluster) => (sizes[cluster] ?? 0) >= minimumSize)
    .toSorted((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0) || a - b);
  return { order, place: (cluster) => order.indexOf(cluster) };
}

/** One file a persona and one for the rest; files of earlier clusters go first. */
async function writeClusters(
  params: ClusterParams,
  found: FoundPersonas,
  assigned: {
    readonly clusters: Uint8Array;
    readonly distances: Float32Array;
    readonly place: (cluster: number) => number;
  },
): Promise<string[]> {
  const folder = join(params.out, 'clusters');
  for (const name of await readdir(folder).catch(() => [])) {
    if (/^(?:persona_.*|unclustered)\.jsonl$|^cluster_analysis\.json$/.test(name))
      await rm(join(folder, name));
  }
  const paths = [...found.personas.map(({ id }) => clusterFile(id)), unclusteredFile];
  await using writers = new AsyncDisposableList<JsonlWriter>();
  for (const path of paths) writers.add(await JsonlWriter.open(join(params.out, path)));
  for await (const { index, message } of readEncoded(params.out, params.encoded, params.signal)) {
    const place = assigned.place(assigned.clusters[index] ?? 0);
    const writer = writers.items[place < 0 ? paths.length - 1 : place];
    const distance = Math.round((assigned.distances[index] ?? 0) * 10_000) / 10_000;
    await writer?.write({ ...message, cluster: place < 0 ? null : place, distance });
  }
  for (const writer of writers.items) await writer.publish();
  return paths;
}

class AsyncDisposableList<Item extends AsyncDisposable> implements AsyncDisposable {
  readonly items: Item[] = [];

  add(item: Item): void {
    this.items.push(item);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const item of this.items) await item[Symbol.asyncDispose]();
  }
}
