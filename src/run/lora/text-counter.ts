import { basename } from 'node:path';

import { estimateName, estimateTokens } from '../../lora/estimate-tokens.ts';
import type { CountTokens } from '../../lora/lora-row.ts';
import { openTokenCounter } from '../../tag/token-counter.ts';
import { fileSha256 } from '../checkpoint.ts';

export interface TextCounter {
  readonly count: CountTokens;
  /** As summaries name it: the tokenizer's file, or the estimate. */
  readonly name: string;
  /** Changes when counts may change. */
  readonly identity: string;
}

/** Counts with a tokenizer.json, or by the stated estimate where none is named. @throws ConfigError `tokenizer-invalid` */
export async function openTextCounter(path: string | null): Promise<TextCounter> {
  if (path === null) return { count: estimateTokens, name: estimateName, identity: estimateName };
  const counter = await openTokenCounter(path);
  const count: CountTokens = (text) => counter({ messages: [{ role: 'user', content: text }] }).all;
  return { count, name: basename(path), identity: (await fileSha256(path)).sha256 };
}
