import type { FileScan } from '../../core/unit.ts';
import type { IgnoredFile } from '../../source/list-files.ts';
import { formatPlural } from '../../report/format.ts';
import type { RunContext } from '../context.ts';

const shownIgnored = 5;

/** Says which files are taken for no data, so that none is missed in silence; hidden ones are nobody's rows. */
export function warnIgnored(files: readonly IgnoredFile[], context: Pick<RunContext, 'warn'>): void {
  const ignored = files.filter(({ reason }) => reason !== 'hidden');
  for (const { path, reason } of ignored.slice(0, shownIgnored))
    context.warn('file-ignored', `${path}: ${reason}`);
  if (ignored.length > shownIgnored)
    context.warn('file-ignored', `${ignored.length - shownIgnored} more files are no data by their names`);
}

/** Says which lists of JSON documents are left out although the documents are read. */
export function warnLeftOut(scans: readonly FileScan[], context: Pick<RunContext, 'warn'>): void {
  for (const { file, leftOut = [] } of scans)
    for (const { records, message } of leftOut)
      context.warn('shape-unknown', `${file.name}: ${message} (${formatPlural(records, 'record')})`);
}
