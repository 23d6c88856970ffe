import type { FileScan, InputFile } from '../core/unit.ts';
import type { WorkerPool } from '../tag/pool.ts';
import type { RunContext } from './context.ts';
import type { ResolvedSource } from './sources.ts';
import type { ScanTask } from './tasks.ts';

export interface ScannedFile {
  /** Index into the run's sources. */
  readonly source: number;
  readonly scan: FileScan;
}

/** Looks at every file of every source, in parallel; the result is in the order of (source, file name). */
export async function scanSources(
  pool: WorkerPool,
  sources: readonly ResolvedSource[],
  unitBytes: number,
  context: RunContext,
): Promise<ScannedFile[]> {
  const files = sources.flatMap((source, index) =>
    source.files.map((file) => ({ file, index, options: source.options })),
  );
  const tasks = files.map(({ file, options }): ScanTask => ({
    kind: 'scan',
    file,
    options: { ...options, unitBytes },
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
          `${task.file.name}: ${scan.skipped.message}${scan.skipped.hint ? `; ${scan.skipped.hint}` : ''}`,
        );
    },
  });
  stage.end();
  return files.flatMap(({ file, index }) => {
    const scan = scans.get(file);
    return scan ? [{ source: index, scan }] : [];
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
