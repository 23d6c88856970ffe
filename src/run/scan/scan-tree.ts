import { basename, resolve } from 'node:path';

import type { FileScan } from '../../core/unit.ts';
import { listFiles } from '../../source/list-files.ts';
import type { WorkerPool } from '../../tag/pool.ts';
import type { RunContext } from '../context.ts';
import type { ScanTask } from '../tasks.ts';
import { warnIgnored } from './scan-warnings.ts';

/**
 * Looks at every file of a file or folder, in parallel; files that cannot be used are `skipped`. Sorted by name. What is no
 * data by its name is warned of.
 * @throws ConfigError `source-not-found`
 */
export async function scanTree(
  pool: WorkerPool,
  params: { readonly input: string; readonly unitBytes: number },
  context: RunContext,
): Promise<FileScan[]> {
  const { files, ignored } = await listFiles({
    source: basename(params.input),
    paths: [resolve(params.input)],
    baseDir: '/',
  });
  warnIgnored(ignored, context);
  const scans: FileScan[] = [];
  await pool.runAll<ScanTask, FileScan>(
    files.map((file): ScanTask => ({ kind: 'scan', file, options: { unitBytes: params.unitBytes } })),
    { signal: context.signal, onResult: (scan) => void scans.push(scan) },
  );
  return scans.toSorted((a, b) => (a.file.name < b.file.name ? -1 : 1));
}
