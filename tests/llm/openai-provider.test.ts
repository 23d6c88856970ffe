import { createServer } from 'node:http';
import { expect, test } from 'vitest';

import { createOpenAiProvider } from '../../src/llm/openai-provider.ts';
import type { Completion } from '../../src/llm/provider.ts';
import { textAsk } from './setup.ts';

const key = 'sk-a-key-0001';
const good = '{"text":"one"}';

/** What the provider makes of a reply with status 200 and this body. */
async function completionOf(body: unknown): Promise<Completion> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  await using provider = createOpenAiProvider({ model: 'm', baseUrl, key, timeoutMs: 5000 });
  try {
    const request = { ...textAsk('one'), attempt: 1, sample: 0, key: '' };
    return await provider.complete(request, async () => undefined);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function reply(content: unknown, usage: unknown): unknown {
  return { choices: [{ finish_reason: 'stop', message: { role: 'assistant', content } }], usage };
}

// "You repeat." and "one" are 3 and 1 tokens and 4 around each, the answer is 4: one a four bytes.
test.each([
  [undefined, 12, 4],
  [null, 12, 4],
  [{}, 12, 4],
  [{ prompt_tokens: 100, total_tokens: 100 }, 100, 4],
  [{ completion_tokens: 50 }, 12, 50],
  [{ prompt_tokens: null, completion_tokens: -1 }, 12, 4],
  ['none', 12, 4],
])('with usage %j the tokens that it does not tell are estimated', async (usage, prompt, completion) => {
  expect(await completionOf(reply(good, usage))).toMatchObject({
    text: good,
    finish: 'stop',
    promptTokens: prompt,
    completionTokens: completion,
  });
});

test('an answer in typed parts is the text ones joined', async () => {
  const parts = [
    { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
    { type: 'text', text: '{"text":' },
    { type: 'text', text: '"one"}' },
  ];
  expect((await completionOf(reply(parts, {}))).text).toBe(good);
});

test.each([[{ message: `upstream overloaded (${key})`, code: 502 }], [`upstream overloaded (${key})`]])(
  'an error in a reply with status 200 is told in the words of the endpoint: %j',
  async (error) => {
    await expect(completionOf({ error })).rejects.toMatchObject({
      name: 'RetryableError',
      code: 'llm-reply-error',
      message: expect.stringMatching(/^http:.*\/v1: upstream overloaded \(\[key\]\)$/),
    });
  },
);

test.each([[{ choices: [] }], [{ choices: [{ message: null }] }], ['a page'], [{ error: {} }]])(
  '%j is no chat completion',
  async (body) => {
    await expect(completionOf(body)).rejects.toMatchObject({ code: 'llm-reply-invalid' });
  },
);
