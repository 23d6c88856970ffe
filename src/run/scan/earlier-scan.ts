import { stat } from 'node:fs/promises';

import type { FileScan } from '../../core/unit.ts';
import { checkDone, type StepKey, stepKey, writeDone } from '../checkpoint.ts';
import type { ScanTask } from '../tasks.ts';

/** Changes when the same bytes are scanned differently. */
const scanVersion = 1;

/** A file changed this shortly before a scan could change once more and keep its stamp, as git says of its index. */
const settledMs = 2000;

/**
 * Key of the scan of a local file: where it lies, how it is to be read, and the stamp that the file system changes with its
 * bytes (size, inode, time of change, in nanoseconds; that time cannot be set back). Null where no scan can stand for
 * the file later: it comes from the Hub, is gone, or was changed so recently that its stamp may not change with it.
 */
export async function scanKey(
  { file, options }: ScanTask,
  toolVersion: string,
  now: number,
): Promise<StepKey | null> {
  if (file.location.kind !== 'file') return null;
  const found = await stat(file.location.path, { bigint: true }).catch(() => null);
  if (!found || now - Number(found.ctimeMs) < settledMs) return null;
  const stamp = [found.size, found.ino, found.mtimeNs, found.ctimeNs].map(String);
  return stepKey({ file, options, stamp, 'tool version': [toolVersion, scanVersion] });
}

export async function readEarlierScan(marker: string, key: StepKey): Promise<FileScan | null> {
  const reuse = await checkDone<FileScan>(marker, key, '');
  return 'done' in reuse ? reuse.done.counts : null;
}

/** A file that was left out is looked at again by the next run. */
export async function recordScan(marker: string, key: StepKey, scan: FileScan): Promise<void> {
  if (!scan.skipped) await writeDone(marker, key, { outputs: [], counts: scan, ms: 0 });
}
