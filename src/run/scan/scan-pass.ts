import { dirname } from 'node:path';

import { FatalError, ValidationError } from '../../core/errors.ts';
import type { FileScan, InputFile } from '../../core/unit.ts';
import { slashPath } from '../../lib/slash-path.ts';
import type { WorkerPool } from '../../tag/pool.ts';
import { type StepKey, sweep } from '../checkpoint.ts';
import type { RunContext } from '../context.ts';
import { fileKey, runPaths, scanMarker } from '../paths.ts';
import type { ResolvedSource } from './sources.ts';
import type { ScanTask } from '../tasks.ts';
import { warnLeftOut } from './scan-warnings.ts';
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
 * @throws ValidationError `damaged-files`, `no-readable-rows`; FatalError `input-name-twice`
 */
export async function scanSources(
  pool: WorkerPool,
  sources: readonly ResolvedSource[],
  settings: ScanSettings,
  context: RunContext,
): Promise<ScannedFile[]> {
  const { out } = settings;
  const paths = runPaths(out);
  refuseSameNames(sources.flatMap(({ files }) => files));
  const planned = await planScans(sources, settings, context);
  const scans = new Map<InputFile, FileScan>();
  for (const { task, key, marker } of planned) {
    const earlier = key && (await readEarlierScan(marker, key));
    if (earlier) scans.set(task.file, earlier);
  }
  const bytes = sum(planned.map(({ task }) => task.file.bytes));
  const stage = context.stage('scan', planned.length, scans.size, bytes);
  const report = (file: InputFile, scan: FileScan, reused: boolean): void => {
    const rows = scan.records ?? 0;
    stage.unitEnd({ unit: file.name, rows, bytes: file.bytes, rejected: 0, reused, ms: 0 });
  };
  for (const [file, scan] of scans) report(file, scan, true);
  const todo = planned.filter(({ task }) => !scans.has(task.file));
  await pool.runAll<ScanTask, FileScan>(
    todo.map(({ task }) => task),
    {
      signal: context.signal,
      onResult(scan, { file }) {
        scans.set(file, scan);
        report(file, scan, false);
        if (scan.skipped)
          context.warn(
            scan.skipped.code,
            `${skippedSentence(scan)}${scan.skipped.hint ? `; ${scan.skipped.hint}` : ''}`,
          );
      },
    },
  );
  for (const { task, key, marker } of todo) {
    const scan = scans.get(task.file);
    if (key && scan) await recordScan(marker, key, scan);
  }
  const markers = planned.map(({ marker }) => slashPath(out, marker));
  await sweep(out, [dirname(paths.done('scan', 'x'))], new Set(markers));
  stage.end();
  const scanned = planned.flatMap(({ source, task }) => {
    const scan = scans.get(task.file);
    return scan ? [{ source, scan }] : [];
  });
  warnLeftOut(
    scanned.map(({ scan }) => scan),
    context,
  );
  if (settings.onBadFile === 'error') refuseDamaged(scanned);
  refuseNothing(scanned);
  return scanned;
}

interface PlannedScan {
  readonly source: number;
  readonly task: ScanTask;
  readonly key: StepKey | null;
  readonly marker: string;
}

function planScans(
  sources: readonly ResolvedSource[],
  { out, toolVersion, unitBytes }: ScanSettings,
  context: RunContext,
): Promise<PlannedScan[]> {
  const paths = runPaths(out);
  return Promise.all(
    sources.flatMap(({ files, options }, source) =>
      files.map(async (file) => {
        const task: ScanTask = { kind: 'scan', file, options: { ...options, unitBytes } };
        const key = await scanKey(task, toolVersion, context.clock());
        return { source, task, key, marker: scanMarker(paths, file) };
      }),
    ),
  );
}

/** What one file leaves would overwrite what the other left: markers and sidecars go by these names. @throws FatalError `input-name-twice` */
function refuseSameNames(files: readonly InputFile[]): void {
  const seen = new Set<string>();
  for (const file of files) {
    const key = fileKey(file);
    if (seen.has(key)) {
      throw new FatalError(`two input files of source "${file.source}" are called ${file.name}`, {
        code: 'input-name-twice',
        hint: 'this is a bug; report the paths of the source',
      });
    }
    seen.add(key);
  }
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
