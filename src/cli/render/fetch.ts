import { formatBytes, formatPlural } from '../../report/format.ts';
import type { FetchedSource } from '../../run/hub/fetch-sources.ts';
import { sanitize } from './terminal.ts';

/** One line per source. */
export function renderFetch(fetched: readonly FetchedSource[]): string {
  if (fetched.length === 0) return 'no source of this configuration lies on the Hub';
  return fetched
    .map(({ source, repo, revision, files, bytes, fetchedBytes }) => {
      const what = `${formatPlural(files, 'file')}, ${formatBytes(bytes)}`;
      const over = fetchedBytes === 0 ? 'all there already' : `${formatBytes(fetchedBytes)} fetched`;
      return sanitize(`${source}: ${repo} at ${revision.slice(0, 12)}, ${what}, ${over}`);
    })
    .join('\n');
}

/** The same as JSON. */
export function fetchSummary(fetched: readonly FetchedSource[]): string {
  const sources = fetched.map(({ fetchedFiles, fetchedBytes, ...rest }) => ({
    ...rest,
    fetched_files: fetchedFiles,
    fetched_bytes: fetchedBytes,
  }));
  return JSON.stringify({ sources }, null, 2);
}
