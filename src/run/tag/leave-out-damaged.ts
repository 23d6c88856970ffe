import type { RunContext } from '../context.ts';
import { fileKey } from '../paths.ts';
import type { Damage } from '../tasks.ts';
import { refuseDamaged, type ScannedFile } from '../scan/scan-pass.ts';

/**
 * The scan reads the beginning of Parquet and Hub files only; what is damaged behind it shows when the rows are read. Such
 * a file is left out whole, as one that the scan finds damaged, whichever of its units was read first.
 * @throws ValidationError `damaged-files` unless `onBadFile` is `skip`
 */
export function leaveOutDamaged(
  files: readonly ScannedFile[],
  damaged: ReadonlyMap<string, Damage>,
  { onBadFile, context }: { readonly onBadFile: 'error' | 'skip'; readonly context: RunContext },
): readonly ScannedFile[] {
  if (damaged.size === 0) return files;
  const left = files.map((entry): ScannedFile => {
    const skipped = damaged.get(fileKey(entry.scan.file));
    return skipped ? { ...entry, scan: { ...entry.scan, units: [], skipped } } : entry;
  });
  if (onBadFile === 'error') refuseDamaged(left);
  for (const { scan } of left) {
    const found = damaged.get(fileKey(scan.file));
    if (found) context.warn(found.code, `${found.message}; nothing of the file is used`);
  }
  return left;
}
