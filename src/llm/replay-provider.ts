import { ConfigError, RowError } from '../core/errors.ts';
import { readJournal } from './journal.ts';
import type { Provider } from './provider.ts';

/**
 * Answers from a recorded journal (`state/llm.jsonl` of an earlier job) and from nothing else: a request that was not
 * recorded is the finding `llm-replay-missing`. @throws ConfigError where there is no recording
 */
export async function openReplayProvider(path: string): Promise<Provider> {
  const recording = await readJournal(path).catch((cause: unknown) => {
    throw new ConfigError(`${path}: cannot read the recording`, {
      code: 'llm-replay-unreadable',
      hint: 'name the state/llm.jsonl of an earlier job with --recording',
      cause,
    });
  });
  const { identity } = recording;
  if (!identity) {
    await recording[Symbol.asyncDispose]();
    throw new ConfigError(`${path}: holds no reply`, { code: 'llm-replay-empty' });
  }
  return {
    name: 'replay',
    model: identity.model,
    identity,
    isJournalled: false,
    async complete(request) {
      const completion = await recording.find(request.key);
      if (completion) return completion;
      throw new RowError(`${path} holds no reply to attempt ${request.attempt} of this ask`, {
        code: 'llm-replay-missing',
      });
    },
    [Symbol.asyncDispose]: () => recording[Symbol.asyncDispose](),
  };
}
