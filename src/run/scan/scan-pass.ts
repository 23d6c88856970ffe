import { dirname } from 'node:path';

import { ValidationError } from '../../core/errors.ts';
import type { FileScan, InputFile } from '../../core/unit.ts';
import { slashPath } from '../../lib/slash-path.ts';
import type { WorkerPool } from '../../tag/pool.ts';
import { sweep } from '../checkpoint.ts';
import type { RunContext } from '../context.ts';
import { runPaths, scanMarker } from '../paths.ts';
import type { ResolvedSource } from './sources.ts';
import type { ScanTask } from '../tasks.ts';
import { readEarlierScan, recordScan, scanKey } from './earlier-scan.ts';

export interface ScannedFile {
  /** Index into the run's sources. */
  readonly source: number;
  readonly scan: FileScan;
}

export interface ScanSettings {
  /** Run folder, absolute. */
  readonly out: string;
  readonly toolVersion: string;
  readonly unitBytes: number;
  readonly onBadFile: 'error' | 'skip';
}

/**
 * Looks at every file of every source, in parallel; the result is in the order of (source, file name). A local file that
 * this run folder has a scan of, and that was not touched since, is not read again.
 * @throws ValidationError `damaged-files`, `no-readable-rows`
 */
export async function scanSources(
  pool: WorkerPool,
  sources: readonly ResolvedSource[],
  settings: ScanSettings,
  context: RunContext,
): Promise<ScannedFile[]> {
  const { unitBytes } = settings;
  const planned = await Promise.all(
    sources.flatMap((source, index) =>
      source.files.map(async (file) => {
        const task: ScanTask = { kind: 'scan', file, options: { ...source.options, unitBytes } };
        return { source: index, task, key: await scanKey(task, settings.toolVersion, context.clock()) };
      }),
    ),
  );
  const paths = runPaths(settings.out);
  const scans = new Map<InputFile, FileScan>();
  const keys = new Map(planned.map(({ task, key }) => [task.file, key]));
  for (const { task, key } of planned) {
    const earlier = key && (await readEarlierScan(scanMarker(paths, task.file), key));
    if (earlier) scans.set(task.file, earlier);
  }
  const bytes = sum(planned.map(({ task }) => task.file.bytes));
  const stage = context.stage('scan', planned.length, scans.size, bytes);
  const report = (scan: FileScan, { file }: ScanTask, reused: boolean): void => {
    const rows = scan.records ?? 0;
    stage.unitEnd({ unit: file.name, rows, bytes: file.bytes, rejected: 0, reused, ms: 0 });
  };
  const todo = planned.flatMap(({ task }) => {
    const earlier = scans.get(task.file);
    if (earlier) report(earlier, task, true);
    return earlier ? [] : [task];
  });
  await pool.runAll<ScanTask, FileScan>(todo, {
    signal: context.signal,
    onResult(scan, task) {
      scans.set(task.file, scan);
      report(scan, task, false);
      if (scan.skipped)
        context.warn(
          scan.skipped.code,
          `${skippedSentence(scan)}${scan.skipped.hint ? `; ${scan.skipped.hint}` : ''}`,
        );
    },
  });
  for (const task of todo) {
    const [key, scan] = [keys.get(task.file), scans.get(task.file)];
    if (key && scan) await recordScan(scanMarker(paths, task.file), key, scan);
  }
  const markers = planned.map(({ task }) => slashPath(settings.out, scanMarker(paths, task.file)));
  await sweep(settings.out, [dirname(paths.done('scan', 'x'))], new Set(markers));
  stage.end();
  const scanned = planned.flatMap(({ source, task }) => {
    const scan = scans.get(task.file);
    return scan ? [{ source, scan }] : [];
  });
  if (settings.onBadFile === 'error') refuseDamaged(scanned);
  refuseNothing(scanned);
  return scanned;
}

/** A corpus without a damaged file's rows would look complete. @throws ValidationError `damaged-files` */
export function refuseDamaged(files: readonly ScannedFile[]): void {
  const damaged = files.flatMap(({ scan }) =>
    scan.skipped?.code === 'corrupt' ? [skippedSentence(scan)] : [],
  );
  if (damaged.length === 0) return;
  throw new ValidationError(
    `${damaged.length === 1 ? 'a file is' : `${damaged.length} files are`} damaged\n  ${damaged.slice(0, 5).join('\n  ')}`,
    {
      code: 'damaged-files',
      hint: 'fetch it again, take it out, or go on without its rows with --set run.on_bad_file=skip',
    },
  );
}

function refuseNothing(files: readonly ScannedFile[]): void {
  if (files.some(({ scan }) => scan.units.length > 0)) return;
  const reasons = files.map(({ scan }) => skippedSentence(scan));
  throw new ValidationError(`no file holds a row that can be read\n  ${reasons.slice(0, 5).join('\n  ')}`, {
    code: 'no-readable-rows',
    hint: 'set columns: or shape: for the source; docs/configuration.md shows how',
  });
}

/** Some readers name the file themselves. */
function skippedSentence({ file, skipped }: FileScan): string {
  const message = skipped?.message ?? 'no rows';
  return message.startsWith(`${file.name}: `) ? message : `${file.name}: ${message}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
