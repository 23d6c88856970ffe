import { ValidationError } from '../../core/errors.ts';
import type { FileScan, InputFile } from '../../core/unit.ts';
import type { WorkerPool } from '../../tag/pool.ts';
import type { RunContext } from '../context.ts';
import type { ResolvedSource } from './sources.ts';
import type { ScanTask } from '../tasks.ts';

export interface ScannedFile {
  /** Index into the run's sources. */
  readonly source: number;
  readonly scan: FileScan;
}

/**
 * Looks at every file of every source, in parallel; the result is in the order of (source, file name).
 * @throws ValidationError `damaged-files`, `no-readable-rows`
 */
export async function scanSources(
  pool: WorkerPool,
  sources: readonly ResolvedSource[],
  settings: { readonly unitBytes: number; readonly onBadFile: 'error' | 'skip' },
  context: RunContext,
): Promise<ScannedFile[]> {
  const files = sources.flatMap((source, index) =>
    source.files.map((file) => ({ file, index, options: source.options })),
  );
  const tasks = files.map(({ file, options }): ScanTask => ({
    kind: 'scan',
    file,
    options: { ...options, unitBytes: settings.unitBytes },
  }));
  const scans = new Map<InputFile, FileScan>();
  const stage = context.stage('scan', files.length, 0, sum(files.map(({ file }) => file.bytes)));
  await pool.runAll<ScanTask, FileScan>(tasks, {
    signal: context.signal,
    onResult(scan, task) {
      scans.set(task.file, scan);
      stage.unitEnd({
        unit: task.file.name,
        rows: scan.records ?? 0,
        bytes: task.file.bytes,
        rejected: 0,
        reused: false,
        ms: 0,
      });
      if (scan.skipped)
        context.warn(
          scan.skipped.code,
          `${skippedSentence(scan)}${scan.skipped.hint ? `; ${scan.skipped.hint}` : ''}`,
        );
    },
  });
  stage.end();
  const scanned = files.flatMap(({ file, index }) => {
    const scan = scans.get(file);
    return scan ? [{ source: index, scan }] : [];
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
