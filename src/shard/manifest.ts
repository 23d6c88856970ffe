import { canonicalJson } from '../lib/canonical-json.ts';
import { type AxisCounts, sumCounts } from './axis-counts.ts';
import type { DatasetGroup } from './dataset-group.ts';

export interface ManifestOptions {
  readonly toolVersion: string;
  /** sha256 of the canonical configuration. */
  readonly configHash: string;
  readonly seed: number;
  readonly output: {
    readonly format: 'messages' | 'alpaca';
    readonly writer: 'hyparquet' | 'parquetjs-lite';
    /** `name` of the zstd codec, or `snappy`: bytes are only comparable between equal codecs. */
    readonly codec: string;
    readonly controlToken: 'prefix' | 'system' | 'none';
    readonly tokenFormat: string;
  };
  readonly inputs: readonly ManifestInput[];
  readonly taggers: readonly { readonly id: string; readonly task: string; readonly sha256: string }[];
  readonly groups: readonly DatasetGroup[];
  readonly files: readonly ManifestFile[];
  /** Adapter to weight, as configured; carried for whoever serves the adapters. */
  readonly personaBlend?: Readonly<Record<string, number>>;
}

export interface ManifestInput {
  readonly source: string;
  readonly file: string;
  /** Commit sha of a Hub dataset. */
  readonly revision: string | null;
  readonly bytes: number;
  /** sha256 (local) or etag (Hub). */
  readonly fingerprint: string;
  readonly rows: number | null;
  readonly licence: string | null;
}

export interface ManifestFile {
  /** Relative to the dataset. */
  readonly path: string;
  readonly group: string;
  readonly split: 'train' | 'validation';
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly counts: AxisCounts;
}

/** `dataset/manifest.json`: what the dataset holds and what it was made from. */
export interface Manifest {
  readonly schema: 'tag-datasets/manifest-1';
  readonly tool: { readonly name: 'tag-datasets'; readonly version: string };
  readonly configSha256: string;
  readonly seed: number;
  readonly output: ManifestOptions['output'];
  readonly inputs: readonly ManifestInput[];
  readonly taggers: ManifestOptions['taggers'];
  readonly groups: readonly DatasetGroup[];
  readonly personaBlend?: Readonly<Record<string, number>>;
  readonly splits: readonly ManifestSplit[];
  readonly files: readonly ManifestFile[];
}

export interface ManifestSplit {
  readonly group: string;
  readonly split: 'train' | 'validation';
  readonly files: number;
  readonly rows: number;
  readonly bytes: number;
  readonly counts: AxisCounts;
}

/**
 * Inputs, files and taggers come out sorted, so the order in which they were read or written does not show. Splits are
 * summed from the files: what the manifest says of a split is what its shards hold.
 */
export function buildManifest(options: ManifestOptions): Manifest {
  const files = options.files.toSorted((a, b) => compare(a.path, b.path));
  return {
    schema: 'tag-datasets/manifest-1',
    tool: { name: 'tag-datasets', version: options.toolVersion },
    configSha256: options.configHash,
    seed: options.seed,
    output: options.output,
    inputs: options.inputs.toSorted((a, b) => compare(a.source, b.source) || compare(a.file, b.file)),
    taggers: options.taggers.toSorted((a, b) => compare(a.id, b.id)),
    groups: options.groups,
    personaBlend: options.personaBlend,
    splits: options.groups.flatMap(({ name }) => splitsOf(name, files)),
    files,
  };
}

/** The manifest as it is written: canonical, so equal datasets have equal manifests. */
export function renderManifest(manifest: Manifest): string {
  return canonicalJson(manifest);
}

function splitsOf(group: string, all: readonly ManifestFile[]): ManifestSplit[] {
  return (['train', 'validation'] as const).flatMap((split) => {
    const files = all.filter((file) => file.group === group && file.split === split);
    if (files.length === 0) return [];
    return [
      {
        group,
        split,
        files: files.length,
        rows: files.reduce((sum, file) => sum + file.rows, 0),
        bytes: files.reduce((sum, file) => sum + file.bytes, 0),
        counts: sumCounts(files.map((file) => file.counts)),
      },
    ];
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
