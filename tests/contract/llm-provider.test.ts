import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { openJournal } from '../../src/llm/journal.ts';
import { openLlamaProvider } from '../../src/llm/llama-provider.ts';
import { createOpenAiProvider } from '../../src/llm/openai-provider.ts';
import type { CompletionRequest, Provider } from '../../src/llm/provider.ts';
import { openReplayProvider } from '../../src/llm/replay-provider.ts';
import { requestKey } from '../../src/llm/request-key.ts';
import { createTemplateProvider } from '../../src/llm/template-provider.ts';
import { textAsk } from '../llm/setup.ts';
import { startLlmServer } from '../support/llm-server.ts';
import { temporaryFolder } from '../support/run-cli.ts';

/** What every provider must do, whatever answers behind it. */
interface Candidate {
  readonly name: string;
  /** Why it is not looked at here. */
  readonly skipped: string | null;
  readonly open: () => Promise<Provider & { readonly close: () => Promise<void> }>;
}

const ggufFile = process.env['TAG_DATASETS_GGUF'];
const notInstalled = 'node-llama-cpp is not installed';
const llamaMissing = await findLlama();
const candidates: readonly Candidate[] = [
  { name: 'template', skipped: null, open: async () => closing(createTemplateProvider(42)) },
  {
    name: 'openai',
    skipped: null,
    open: async () => {
      const server = await startLlmServer();
      const provider = createOpenAiProvider({
        model: 'm',
        baseUrl: server.baseUrl,
        key: null,
        timeoutMs: 5000,
      });
      return closing(provider, async () => {
        await server[Symbol.asyncDispose]();
      });
    },
  },
  { name: 'replay', skipped: null, open: async () => closing(await openReplayProvider(await record())) },
  {
    name: 'llama',
    skipped: llamaMissing,
    open: async () => closing(await openLlamaProvider({ modelFile: ggufFile ?? '', timeoutMs: 120_000 })),
  },
];

async function findLlama(): Promise<string | null> {
  const name: string = 'node-llama-cpp';
  const isInstalled = await import(name).then(
    () => true,
    () => false,
  );
  if (!isInstalled) return notInstalled;
  return ggufFile && existsSync(ggufFile) ? null : 'TAG_DATASETS_GGUF names no model file';
}

function closing(provider: Provider, also?: () => Promise<void>): Provider & { close: () => Promise<void> } {
  return {
    ...provider,
    async close() {
      await provider[Symbol.asyncDispose]();
      await also?.();
    },
  };
}

function request(provider: Pick<Provider, 'identity'>, cell: string, isProse = false): CompletionRequest {
  const ask = textAsk(cell);
  const parts = { ...ask, maxTokens: 60, schema: isProse ? null : ask.schema, attempt: 1, sample: 0 };
  const template = isProse ? () => 'some prose' : ask.template;
  return { ...parts, template, key: requestKey(provider.identity, 42, parts) };
}

async function record(): Promise<string> {
  const path = join(await temporaryFolder(), 'llm.jsonl');
  await mkdir(dirname(path), { recursive: true });
  await using journal = await openJournal(path);
  const identity = { name: 'openai', model: 'recorded' } as const;
  for (const isProse of [false, true]) {
    const { key, cell, attempt } = request({ identity }, isProse ? 'prose' : 'json', isProse);
    const text = isProse ? 'recorded prose' : '{"text":"json recorded"}';
    const completion = { text, finish: 'stop', promptTokens: 7, completionTokens: 3, mode: 'text' } as const;
    await journal.add({ key, provider: identity.name, model: identity.model, cell, attempt, completion });
  }
  return path;
}

const admit = async (): Promise<void> => undefined;

describe.each(candidates)('provider $name', ({ name, skipped, open }) => {
  test.skipIf(skipped !== null)(
    `answers a schema with JSON of it, and counts tokens${skipped ? ` (skipped: ${skipped})` : ''}`,
    async () => {
      const provider = await open();
      expect(provider.name).toBe(name);
      const completion = await provider.complete(request(provider, 'json'), admit);
      expect(
        completion.finish === 'length' ||
          typeof (JSON.parse(completion.text) as { text: unknown }).text === 'string',
      ).toBe(true);
      expect(completion.promptTokens).toBeGreaterThan(0);
      expect(completion.completionTokens).toBeGreaterThan(0);
      await provider.close();
    },
  );

  test.skipIf(skipped !== null)('answers prose where there is no schema', async () => {
    const provider = await open();
    const completion = await provider.complete(request(provider, 'prose', true), admit);
    expect(completion.text.length).toBeGreaterThan(0);
    expect(completion.mode).toBe('text');
    await provider.close();
  });

  test.skipIf(skipped !== null)('the same request asked twice at once is answered twice', async () => {
    const provider = await open();
    const asked = request(provider, 'json');
    const replies = await Promise.all([provider.complete(asked, admit), provider.complete(asked, admit)]);
    expect(replies.every(({ completionTokens }) => completionTokens > 0)).toBe(true);
    await provider.close();
  });
});

test('a request that was not recorded is a finding, never another answer', async () => {
  const provider = await openReplayProvider(await record());
  await expect(provider.complete(request(provider, 'other'), admit)).rejects.toMatchObject({
    name: 'RowError',
    code: 'llm-replay-missing',
  });
  await provider[Symbol.asyncDispose]();
  await expect(openReplayProvider('/nowhere/llm.jsonl')).rejects.toMatchObject({
    code: 'llm-replay-unreadable',
  });
});

test.skipIf(llamaMissing !== notInstalled)(
  'without node-llama-cpp the provider says how to get it',
  async () => {
    await expect(
      openLlamaProvider({ modelFile: import.meta.filename, timeoutMs: 1000 }),
    ).rejects.toMatchObject({
      name: 'ConfigError',
      code: 'llama-not-installed',
      hint: expect.stringContaining('npm install node-llama-cpp'),
    });
  },
);

test('a model file that is not there is named', async () => {
  await expect(openLlamaProvider({ modelFile: '/nowhere/m.gguf', timeoutMs: 1000 })).rejects.toMatchObject({
    code: 'llama-model-not-found',
    message: expect.stringContaining('/nowhere/m.gguf'),
  });
});
