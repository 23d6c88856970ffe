import { createHash } from 'node:crypto';

import { canonicalJson } from '../lib/canonical-json.ts';
import type { ChatMessage } from './ask.ts';
import type { CompletionRequest, Provider } from './provider.ts';

/** sha256 of everything that decides an answer; the cell and the seed too, so that equal prompts are still drawn apart. */
export function requestKey(
  provider: Provider['identity'],
  seed: number,
  request: Omit<CompletionRequest, 'key' | 'template'>,
): string {
  const { cell, messages, temperature, maxTokens, schema, attempt, sample } = request;
  return sha256(
    canonicalJson({
      provider: provider.name,
      model: provider.model,
      seed,
      cell,
      messages,
      temperature,
      maxTokens,
      schema,
      attempt,
      sample,
    }),
  );
}

/** sha256 of the messages as sent. */
export function promptHash(messages: readonly ChatMessage[]): string {
  return sha256(canonicalJson(messages));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
