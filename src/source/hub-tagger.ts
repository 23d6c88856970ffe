import { snapshotDownload } from '@huggingface/hub';

import { type Environment, readHubEnvironment } from './hub-environment.ts';
import { createHubFetch } from './range-fetch.ts';

/**
 * Folder of a tagger that lies in a Hub model repository, fetched once into the Hugging Face cache
 * (tagger.json, model.onnx, tokenizer.json and what else the repository holds).
 * @throws ConfigError, FatalError as createHubFetch says
 */
export function fetchTagger(repo: string, options: { readonly environment: Environment; readonly fetch?: typeof fetch }): Promise<string> {
  const settings = readHubEnvironment(options.environment);
  return snapshotDownload({
    repo: { type: 'model', name: repo },
    cacheDir: settings.cacheFolder,
    hubUrl: settings.endpoint,
    fetch: createHubFetch({ ...settings, fetch: options.fetch }),
  });
}
