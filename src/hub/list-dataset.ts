import { ConfigError } from '../core/errors.ts';

import { listCachedFiles } from './cache.ts';
import { chooseHubFiles, type HubEntry, type HubListing } from './choose-files.ts';
import { type HubSettings, readHubEnvironment } from './environment.ts';
import { createHubFetch } from './hub-fetch.ts';
import { checkRepoName, type HubOptions, readInfo, readTree, type RepoName } from './read-repo.ts';

/**
 * The data files of a Hub dataset (Parquet, JSONL, JSON, CSV, TSV, plain, .gz or .zst) at one commit. Nothing is
 * downloaded. With HF_HUB_OFFLINE=1 only the local cache is read. Throws ConfigError `hub-gated`, `hub-not-found`,
 * `hub-no-data-files`, `hub-offline-missing`, `hub-repo-invalid`, `hub-token-invalid`; FatalError after the last retry.
 */
export async function listHubFiles(
  params: {
    readonly source: string;
    readonly repo: string;
    readonly revision?: string;
    /** Globs inside the repository; default: every data file. */
    readonly paths?: readonly string[];
  },
  options: HubOptions,
): Promise<HubListing> {
  checkRepoName(params.repo);
  const settings = readHubEnvironment(options.environment);
  if (settings.isOffline) return listCachedFiles(params, settings);
  const hubFetch = createHubFetch({ ...settings, ...options });
  const info = await readInfo(datasetName(params.repo), params.revision ?? 'main', settings, hubFetch);
  const entries = await readTree(datasetName(params.repo), info.revision, settings, hubFetch);
  const chosen = chooseHubFiles(entries, params.paths);
  if (chosen.files.length === 0) throw await noDataFiles(params, entries, settings, hubFetch);
  const files = chosen.files.map(({ path, bytes, etag }) => ({
    source: params.source,
    name: path,
    location: {
      kind: 'hub' as const,
      repo: params.repo,
      revision: info.revision,
      path,
      etag,
      endpoint: settings.endpoint,
    },
    bytes,
  }));
  return { ...info, files, ignored: chosen.ignored };
}

async function noDataFiles(
  params: { readonly repo: string; readonly paths?: readonly string[] },
  entries: readonly HubEntry[],
  settings: HubSettings,
  hubFetch: typeof fetch,
): Promise<ConfigError> {
  const names = entries.map(({ path }) => path);
  const shown = names.slice(0, 8).join(', ') + (names.length > 8 ? ` and ${names.length - 8} more` : '');
  const wanted = params.paths
    ? `no data file matches ${params.paths.join(', ')}`
    : 'no parquet, jsonl, json, csv or tsv file';
  const script = names.find((name) => name.endsWith('.py'));
  const scriptNote = script && !params.paths ? `; ${script} is a loading script, which is never run` : '';
  const hasCopy = !params.paths && (await hasParquetCopy(params.repo, settings, hubFetch));
  return new ConfigError(`${params.repo}: ${wanted}; found: ${shown || 'nothing'}${scriptNote}`, {
    code: 'hub-no-data-files',
    hint: hasCopy
      ? 'the Hub keeps a Parquet copy: set revision: refs/convert/parquet'
      : 'name the files with `paths`, or choose another repository or revision',
  });
}

async function hasParquetCopy(repo: string, settings: HubSettings, hubFetch: typeof fetch): Promise<boolean> {
  try {
    const { revision } = await readInfo(datasetName(repo), 'refs/convert/parquet', settings, hubFetch);
    return (await readTree(datasetName(repo), revision, settings, hubFetch)).some(({ path }) =>
      path.endsWith('.parquet'),
    );
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

function datasetName(name: string): RepoName {
  return { type: 'dataset', name };
}
