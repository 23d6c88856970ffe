import { expect, test } from 'vitest';

import { openProvider } from '../../src/llm/open-provider.ts';
import type { LlmSettings } from '../../src/llm/settings.ts';

const settings: LlmSettings = {
  provider: 'openai',
  model: 'm',
  baseUrl: 'http://127.0.0.1:9/v1',
  keyVariable: 'MY_KEY',
  timeoutMs: 1000,
  prices: null,
  budgetUsd: null,
  concurrency: 1,
  requestsPerMinute: null,
  tokensPerMinute: null,
  attempts: 1,
  bestOf: 1,
};

test.each([['“sk-secret-0001”'], ['sk-secret 0001'], ['sk-secret\n0001'], ['sk-secrét-0001']])(
  'a key that no header may carry (%j) is refused before anything is sent, and not shown',
  async (key) => {
    const error: unknown = await openProvider(settings, 42, { MY_KEY: key }).catch((cause: unknown) => cause);
    expect(error).toMatchObject({
      name: 'ConfigError',
      code: 'llm-key-invalid',
      message: 'the key in MY_KEY holds characters that no header may carry',
    });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secr');
  },
);

test('white space around a key is no part of it', async () => {
  await using provider = await openProvider(settings, 42, { MY_KEY: ' sk-secret-0001\n' });
  expect(provider.name).toBe('openai');
});
