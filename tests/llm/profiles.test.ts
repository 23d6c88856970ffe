import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

import { loadProfile } from '../../src/llm/profiles.ts';
import { resolveLlm } from '../../src/run/make/llm-settings.ts';
import { temporaryFolder } from '../support/run-cli.ts';

const shipped = join(import.meta.dirname, '..', '..', 'configs', 'llm.yaml');
const defaults = { profiles: shipped, attempts: 3, bestOf: 1 };

async function profilesFile(text: string): Promise<string> {
  const path = join(await temporaryFolder(), 'llm.yaml');
  await writeFile(path, text);
  return path;
}

test('every shipped profile loads, and none holds a key', async () => {
  const text = await readFile(shipped, 'utf8');
  const { profiles } = parse(text) as { profiles: Record<string, unknown> };
  for (const name of Object.keys(profiles)) await loadProfile(shipped, name);
  expect(text).not.toMatch(/sk-\w/);
});

test.each([
  ['profiles: {p: {provider: openai, modle: x}}', 'p', 'unknown key "modle"; did you mean "model"?'],
  ['profiles: {p: {provider: opnai}}', 'p', 'profiles.p.provider'],
  ['profiles: {p: {provider: openai, base_url: "ftp://x/v1"}}', 'p', 'profiles.p.base_url'],
  ['profiles: {p: {provider: openai, prices: {prompt: -1, completion: 1}}}', 'p', 'profiles.p.prices.prompt'],
  ['profile: {}', 'p', 'needs the key "profiles"'],
  ['profiles: {p: [}', 'p', 'not valid YAML'],
])('%s is refused by name', async (text, name, message) => {
  await expect(loadProfile(await profilesFile(text), name)).rejects.toMatchObject({
    name: 'ConfigError',
    message: expect.stringContaining(message),
  });
});

test('a key in the place of its variable is refused without being shown', async () => {
  const path = await profilesFile('profiles: {p: {provider: openai, key_env: sk-secret-0001}}');
  const error: unknown = await loadProfile(path, 'p').catch((cause: unknown) => cause);
  expect(error).toMatchObject({ message: expect.stringContaining('names an environment variable') });
  expect(String(error)).not.toContain('sk-secret');
});

test.each(['sk-secret-0001', '$OPENAI_API_KEY', ''])(
  'a key in the place of its variable is refused on the command line, too: %j',
  async (keyVariable) => {
    const choices = { ...defaults, baseUrl: 'http://127.0.0.1:8000/v1', model: 'm', keyVariable };
    const error: unknown = await resolveLlm(choices).catch((cause: unknown) => cause);
    expect(error).toMatchObject({
      name: 'ConfigError',
      code: 'llm-key-variable',
      message: '--key-env: names an environment variable, in capitals; the key itself has no place here',
    });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secret');
  },
);

test.each([
  [{ model: 'gpt-4o-mini' }, '--model: provider template has no use for it', 'openai or llama'],
  [{ keyVariable: 'MY_KEY' }, '--key-env: provider template has no use for it', 'openai'],
  [{ recording: 'llm.jsonl' }, '--recording: provider template has no use for it', 'replay'],
  [{ pricePrompt: 1 }, '--price-prompt: provider template has no use for it', 'openai'],
  [
    { profile: 'template', baseUrl: 'http://127.0.0.1:1/v1', model: 'm' },
    '--model: provider template has no use for it',
    'openai or llama',
  ],
  [
    { provider: 'template', baseUrl: 'http://127.0.0.1:1/v1' },
    '--base-url: provider template has no use for it',
    'openai',
  ],
  [
    { provider: 'llama', model: 'm.gguf', priceCompletion: 0 },
    '--price-completion: provider llama has no use for it',
    'openai',
  ],
  [
    { provider: 'replay', recording: 'llm.jsonl', model: 'm' },
    '--model: provider replay has no use for it',
    'openai or llama',
  ],
  [
    { baseUrl: 'http://127.0.0.1:1/v1', model: 'm', recording: 'llm.jsonl' },
    '--recording: provider openai has no use for it',
    'replay',
  ],
] as const)('%o: what the provider cannot use is refused', async (choices, message, takers) => {
  await expect(resolveLlm({ ...defaults, ...choices })).rejects.toMatchObject({
    name: 'ConfigError',
    code: 'usage',
    message,
    hint: expect.stringContaining(`it is for provider ${takers}:`),
  });
});

test('prices come from the options, else from the profile, and both are known or none', async () => {
  const path = await profilesFile(
    'profiles: {p: {provider: openai, base_url: "http://h/v1", model: m, prices: {prompt: 1, completion: 2}}}',
  );
  const mine = { ...defaults, profiles: path, profile: 'p' };
  expect(await resolveLlm(mine)).toMatchObject({ prices: { prompt: 1, completion: 2 } });
  expect(await resolveLlm({ ...mine, pricePrompt: 0 })).toMatchObject({
    prices: { prompt: 0, completion: 2 },
  });
  const shippedOne = { ...defaults, profile: 'openai' };
  expect(await resolveLlm(shippedOne)).toMatchObject({ prices: null });
  expect(await resolveLlm({ ...shippedOne, pricePrompt: 0.15, priceCompletion: 0.6 })).toMatchObject({
    prices: { prompt: 0.15, completion: 0.6 },
  });
  await expect(resolveLlm({ ...shippedOne, priceCompletion: 0.6 })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('--price-completion needs --price-prompt'),
  });
});

test('an unknown profile suggests the nearest', async () => {
  await expect(resolveLlm({ ...defaults, profile: 'olama' })).rejects.toMatchObject({
    code: 'llm-profile-unknown',
    hint: 'did you mean "ollama"?',
  });
});

test('without a word the template answers; the command line comes before the profile', async () => {
  expect(await resolveLlm(defaults)).toMatchObject({
    provider: 'template',
    model: 'template',
    keyVariable: null,
  });
  expect(await resolveLlm({ ...defaults, profile: 'openai', model: 'other', concurrency: 3 })).toMatchObject({
    provider: 'openai',
    model: 'other',
    concurrency: 3,
    requestsPerMinute: 500,
    keyVariable: 'OPENAI_API_KEY',
  });
});

test('an address of one’s own gets no key unless a variable is named', async () => {
  const choices = { ...defaults, baseUrl: 'http://127.0.0.1:8000/v1/', model: 'm' };
  expect(await resolveLlm(choices)).toMatchObject({ baseUrl: 'http://127.0.0.1:8000/v1', keyVariable: null });
  expect(await resolveLlm({ ...choices, keyVariable: 'MY_KEY' })).toMatchObject({ keyVariable: 'MY_KEY' });
});

test.each([
  [{ baseUrl: 'http://user:pass@host/v1', model: 'm' }, 'llm-base-url'],
  [{ baseUrl: 'http://host/v1?key=abc', model: 'm' }, 'llm-base-url'],
  [{ baseUrl: 'host:80', model: 'm' }, 'llm-base-url'],
  [{ baseUrl: 'http://host/v1' }, 'llm-model-missing'],
  [{ provider: 'llama' }, 'llm-model-missing'],
  [{ provider: 'replay' }, 'llm-model-missing'],
  [{ provider: 'replay', profile: 'openai' }, 'usage'],
] as const)('%o is refused with %s', async (choices, code) => {
  const error: unknown = await resolveLlm({ ...defaults, ...choices }).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ name: 'ConfigError', code });
  expect(String(error)).not.toMatch(/pass|abc/);
});
