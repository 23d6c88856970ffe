import { access } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';

import type { Config } from '../../config/schema.ts';
import { ConfigError } from '../../core/errors.ts';
import { openTokenCounter } from '../../tag/token-counter.ts';
import { fileSha256 } from '../checkpoint.ts';

/** The tokenizer that counts tokens, by content. */
export interface TokenizerFile {
  readonly path: string;
  /** As the reports name it. */
  readonly name: string;
  readonly sha256: string;
}

/**
 * The file that `balance.tokenizer` names, relative to the configuration, else to the working directory; null without one.
 * @throws ConfigError `tokenizer-not-found`, `tokenizer-invalid`
 */
export async function findTokenizer(config: Config, configPath: string): Promise<TokenizerFile | null> {
  const { tokenizer } = config.balance;
  if (tokenizer === undefined) return null;
  for (const path of [resolve(dirname(configPath), tokenizer), resolve(tokenizer)]) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (!isThere) continue;
    await openTokenCounter(path);
    return { path, name: basename(path), sha256: (await fileSha256(path)).sha256 };
  }
  throw new ConfigError(`balance.tokenizer: ${tokenizer} is not there`, {
    code: 'tokenizer-not-found',
    hint: 'give the path of a tokenizer.json, relative to the configuration file',
  });
}
