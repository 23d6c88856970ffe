import { execFile } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { generateCorpus } from './generate-corpus.ts';

/** One whole run of the command line in a process of its own, so that its peak memory is its own. */
export interface RunMeasure {
  readonly workers: number;
  readonly rows: number;
  readonly seconds: number;
  readonly rows_per_second: number;
  readonly peak_rss_bytes: number;
  readonly stages: Readonly<
    Record<string, { readonly seconds: number; readonly rows: number; readonly rows_per_second: number }>
  >;
}

export interface BenchResult {
  readonly machine: string;
  readonly node: string;
  readonly rows: number;
  readonly bytes: number;
  /** What the machine can do at best, one core: reading the corpus, and reading and parsing it. */
  readonly limits: { readonly read_mb_per_second: number; readonly parse_rows_per_second: number };
  readonly runs: readonly RunMeasure[];
  /** TAG rows/s of the last run over the first, where there are several. */
  readonly tag_scaling: number | null;
}

/**
 * Generates a corpus (mean about 900 bytes a row, heavy-tailed, seeded), measures the machine's limits on it, and runs the
 * whole pipeline once per worker count with the given configuration. Everything lies in a temporary folder that is removed.
 */
export async function measureRun(params: {
  readonly rows: number;
  readonly workers: readonly number[];
  readonly config: string;
  readonly cli: readonly string[];
  readonly folder?: string;
}): Promise<BenchResult> {
  const folder = params.folder ?? (await mkdtemp(join(tmpdir(), 'tag-datasets-bench-')));
  try {
    const files = await writeCorpus(folder, params.rows);
    const limits = await measureLimits(files[0] ?? '');
    const runs: RunMeasure[] = [];
    for (const workers of params.workers) runs.push(await runOnce(folder, workers, params));
    const [first, last] = [runs[0], runs.at(-1)];
    const tag = (run: RunMeasure | undefined): number => run?.stages['tag']?.rows_per_second ?? 0;
    return {
      machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}`,
      node: process.version,
      rows: params.rows,
      bytes: (await Promise.all(files.map((file) => stat(file)))).reduce((sum, file) => sum + file.size, 0),
      limits,
      runs,
      tag_scaling: runs.length > 1 && tag(first) > 0 ? tag(last) / tag(first) : null,
    };
  } finally {
    if (params.folder === undefined) await rm(folder, { recursive: true, force: true });
  }
}

/** Eight files, so that scanning is parallel as in published corpora. */
async function writeCorpus(folder: string, rows: number): Promise<string[]> {
  await mkdir(join(folder, 'corpus'), { recursive: true });
  const count = 8;
  const files: string[] = [];
  for (let i = 0; i < count; i++) {
    const path = join(folder, 'corpus', `part-${i}.jsonl`);
    await generateCorpus({
      rows: Math.floor(rows / count) + (i < rows % count ? 1 : 0),
      seed: 42 + i,
      path,
      format: 'jsonl',
    });
    files.push(path);
  }
  return files;
}

async function measureLimits(path: string): Promise<BenchResult['limits']> {
  const { size } = await stat(path);
  readAll(path, () => undefined);
  let started = performance.now();
  readAll(path, () => undefined);
  const readSeconds = (performance.now() - started) / 1000;
  let rows = 0;
  started = performance.now();
  readAll(path, (block) => {
    let from = 0;
    for (let end = block.indexOf(10); end >= 0; end = block.indexOf(10, from)) {
      JSON.parse(block.toString('utf8', from, end));
      rows++;
      from = end + 1;
    }
    return from;
  });
  const parseSeconds = (performance.now() - started) / 1000;
  return {
    read_mb_per_second: Math.round(size / 1e6 / readSeconds),
    parse_rows_per_second: Math.round(rows / parseSeconds),
  };
}

/** Reads a file in 1 MiB blocks; `onBlock` says how many bytes it used, the rest is seen again in front of the next block. */
function readAll(path: string, onBlock: (block: Buffer) => number | undefined): void {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(2 << 20);
    let kept = 0;
    for (;;) {
      const read = readSync(file, buffer, kept, 1 << 20, null);
      if (read === 0) return;
      const filled = kept + read;
      const used = onBlock(buffer.subarray(0, filled)) ?? filled;
      buffer.copy(buffer, 0, used, filled);
      kept = filled - used;
    }
  } finally {
    closeSync(file);
  }
}

async function runOnce(
  folder: string,
  workers: number,
  params: { readonly config: string; readonly cli: readonly string[] },
): Promise<RunMeasure> {
  const out = join(folder, `run-${workers}`);
  const [command = '', ...first] = params.cli;
  const set = `sources=[{name: generated, path: ${join(folder, 'corpus')}}]`;
  const started = performance.now();
  const { stdout } = await promisify(execFile)(
    command,
    [...first, '--config', params.config, '--out', out, '--workers', String(workers), '--set', set, '--json'],
    { maxBuffer: 64 << 20 },
  );
  const wall = (performance.now() - started) / 1000;
  await writeFile(join(folder, `result-${workers}.json`), stdout);
  await rm(out, { recursive: true, force: true });
  const result = JSON.parse(stdout) as RunMeasure; // the command's own --json
  return {
    workers,
    rows: result.rows,
    seconds: Math.round(wall * 100) / 100,
    rows_per_second: Math.round(result.rows / wall),
    peak_rss_bytes: result.peak_rss_bytes,
    stages: result.stages,
  };
}
