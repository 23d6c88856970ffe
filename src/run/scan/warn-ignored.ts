import type { IgnoredFile } from '../../source/list-files.ts';
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
