import type { FileScan } from '../../core/unit.ts';
import { openBytes } from '../../source/open-bytes.ts';
import { scanFile } from '../../source/scan-file.ts';
import type { ScanTask } from '../tasks.ts';

/** Looks at one input file; for Hub files the etag stands in for the sha256 of bytes that are not fetched as a whole. */
export function scanStep(task: ScanTask): Promise<FileScan> {
  const { location } = task.file;
  return scanFile(
    {
      file: task.file,
      options: task.options,
      fingerprint: location.kind === 'hub' ? location.etag : undefined,
    },
    { openBytes },
  );
}
