import { cachedModel } from './cache.ts';
import { type DownloadOptions, downloadFiles } from './download.ts';
import { type Environment, readHubEnvironment } from './environment.ts';
import { createHubFetch } from './hub-fetch.ts';
import { readInfo, readTree, type RepoName } from './read-repo.ts';

/**
 * Folder of a tagger that lies in a Hub model repository, fetched once into the Hugging Face cache
 * (tagger.json, model.onnx, tokenizer.json and what else the repository holds). Offline only the cache is read.
 * @throws ConfigError `hub-offline-missing`, and what downloadFiles throws
 */
export async function fetchTagger(
  name: string,
  options: DownloadOptions & { readonly environment: Environment },
): Promise<string> {
  const settings = readHubEnvironment(options.environment);
  if (settings.isOffline) return cachedModel(name, settings);
  const repo: RepoName = { type: 'model', name };
  const hubFetch = createHubFetch({ ...settings, ...options });
  const { revision, license, gated } = await readInfo(repo, 'main', settings, hubFetch);
  const entries = await readTree(repo, revision, settings, hubFetch);
  const listing = { entries, license, gated };
  return downloadFiles({ repo, revision, branch: 'main', listing, files: entries }, settings, options);
}
