import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { snapshotDownload } from '@huggingface/hub';

import { ConfigError } from '../core/errors.ts';
import { type Environment, readHubEnvironment } from './environment.ts';
import { createHubFetch } from './hub-fetch.ts';

/**
 * Folder of a tagger that lies in a Hub model repository, fetched once into the Hugging Face cache
 * (tagger.json, model.onnx, tokenizer.json and what else the repository holds). Offline only the cache is read.
 * @throws ConfigError `hub-offline-missing`, and what createHubFetch throws
 */
export async function fetchTagger(
  repo: string,
  options: { readonly environment: Environment; readonly fetch?: typeof fetch },
): Promise<string> {
  const settings = readHubEnvironment(options.environment);
  if (settings.isOffline) return cachedTagger(repo, settings.cacheFolder);
  return snapshotDownload({
    repo: { type: 'model', name: repo },
    cacheDir: settings.cacheFolder,
    hubUrl: settings.endpoint,
    fetch: createHubFetch({ ...settings, fetch: options.fetch }),
  });
}

async function cachedTagger(repo: string, cacheFolder: string): Promise<string> {
  const folder = join(cacheFolder, ['models', ...repo.split('/')].join('--'));
  const revision = (await readFile(join(folder, 'refs', 'main'), 'utf8').catch(() => '')).trim();
  const snapshot = join(folder, 'snapshots', revision);
  const files = revision === '' ? [] : await readdir(snapshot).catch(() => []);
  if (files.includes('tagger.json')) return snapshot;
  throw new ConfigError(`${repo}: the tagger is not in the cache`, {
    code: 'hub-offline-missing',
    hint: 'run once without --offline, or name a local folder',
  });
}
