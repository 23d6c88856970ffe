import { ConfigError } from '../core/errors.ts';

import { chooseHubFiles, type HubEntry } from './choose-files.ts';
import { type DownloadOptions, downloadFiles } from './download.ts';
import { readHubEnvironment } from './environment.ts';
import { createHubFetch } from './hub-fetch.ts';
import { checkRepoName, type HubOptions, readInfo, readTree, type RepoName } from './read-repo.ts';

export interface FetchedDataset {
  readonly repo: string;
  readonly revision: string;
  readonly files: number;
  readonly bytes: number;
  /** What went over the network; the rest lay in the cache. */
  readonly fetchedFiles: number;
  readonly fetchedBytes: number;
}

/**
 * Puts the data files of a Hub dataset into the local cache; those that are there stay, one that was cut off goes on.
 * @throws ConfigError `hub-offline`, `hub-no-data-files`, and what downloadFiles throws
 */
export async function fetchDataset(
  params: { readonly repo: string; readonly revision?: string; readonly paths?: readonly string[] },
  options: HubOptions &
    DownloadOptions & {
      /** Before the first byte; what it throws stops the fetch. */
      readonly onList?: (files: readonly HubEntry[], license: string | null) => void;
    },
): Promise<FetchedDataset> {
  checkRepoName(params.repo);
  const settings = readHubEnvironment(options.environment);
  if (settings.isOffline) {
    throw new ConfigError(`${params.repo}: offline nothing is fetched`, {
      code: 'hub-offline',
      hint: 'unset HF_HUB_OFFLINE',
    });
  }
  const repo: RepoName = { type: 'dataset', name: params.repo };
  const branch = params.revision ?? 'main';
  const hubFetch = createHubFetch({ ...settings, ...options });
  const { revision, license, gated } = await readInfo(repo, branch, settings, hubFetch);
  const entries = await readTree(repo, revision, settings, hubFetch);
  const { files } = chooseHubFiles(entries, params.paths);
  if (files.length === 0) {
    throw new ConfigError(
      `${params.repo}: no data file${params.paths ? ` matches ${params.paths.join(', ')}` : ''}`,
      {
        code: 'hub-no-data-files',
        hint: 'name the files with `files`, or choose another repository or revision',
      },
    );
  }
  options.onList?.(files, license);
  let fetchedFiles = 0;
  let fetchedBytes = 0;
  const onFile: DownloadOptions['onFile'] = (file, bytes) => {
    fetchedFiles += bytes > 0 ? 1 : 0;
    fetchedBytes += bytes;
    options.onFile?.(file, bytes);
  };
  const listing = { entries, license, gated };
  await downloadFiles({ repo, revision, branch, listing, files }, settings, { ...options, onFile });
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { repo: params.repo, revision, files: files.length, bytes, fetchedFiles, fetchedBytes };
}
