import { join } from 'node:path';

import type { InputFile } from '../core/unit.ts';
import { hashText, hashToHex } from '../lib/hash.ts';

/** The on-disk contract of a run folder; every path is built here. */
export interface RunPaths {
  readonly out: string;
  readonly runJson: string;
  readonly lock: string;
  readonly dataset: string;
  readonly manifest: string;
  readonly spill: string;
  readonly quarantine: string;
  readonly plan: string;
  readonly report: string;
  readonly tags: string;
  readonly refined: string;
  readonly corrected: string;
  readonly screen: string;
  readonly state: string;
  /** All of them: what stands in one and was not written by a run is removed. */
  readonly folders: readonly string[];
  /** Marker of a finished run. */
  readonly finished: string;
  readonly log: string;
  readonly corpus: string;
  done(stage: string, unit: string): string;
}

export function runPaths(out: string): RunPaths {
  return {
    out,
    runJson: join(out, 'run.json'),
    lock: join(out, 'run.lock'),
    dataset: join(out, 'dataset'),
    manifest: join(out, 'dataset', 'manifest.json'),
    spill: join(out, 'state', 'spill'),
    quarantine: join(out, 'quarantine'),
    plan: join(out, 'plan'),
    report: join(out, 'report'),
    tags: join(out, 'tags'),
    refined: join(out, 'refined'),
    corrected: join(out, 'corrected'),
    screen: join(out, 'screen'),
    state: join(out, 'state'),
    folders: [
      'tags',
      'refined',
      'corrected',
      'screen',
      'state',
      'plan',
      'quarantine',
      'dataset',
      'report',
    ].map((name) => join(out, name)),
    finished: join(out, 'state', 'finished.done'),
    log: join(out, 'state', 'log.jsonl'),
    corpus: join(out, 'state', 'corpus.json'),
    done: (stage, unit) => join(out, 'state', stage, `${unit}.done`),
  };
}

/** Marker of a shard by its path relative to the run folder: `dataset/phases/…`. */
export function shardMarker(paths: RunPaths, shard: string): string {
  return paths.done('shard', shard.replace(/^dataset\//, ''));
}

/** What names an input file of the run, and with its rows the row keys. */
export function fileKey({ source, name }: InputFile): string {
  return JSON.stringify([source, name]);
}

/** Folder name of an input: readable, and unique by a hash of its identity. */
function inputFolder(file: InputFile): string {
  const readable = file.name.replace(/[^A-Za-z0-9._-]+/g, '_').slice(-60);
  return `${readable}-${hashToHex(hashText(fileKey(file))).slice(0, 8)}`;
}

/** Marker of the scan of an input file. */
export function scanMarker(paths: RunPaths, file: InputFile): string {
  return paths.done('scan', inputFolder(file));
}

export function unitName(file: InputFile, index: number): string {
  return `${inputFolder(file)}/${String(index).padStart(5, '0')}`;
}
