import { join } from 'node:path';

import type { Ask } from '../../src/llm/ask.ts';
import { openJournal } from '../../src/llm/journal.ts';
import { createOpenAiProvider } from '../../src/llm/openai-provider.ts';
import { type LlmOptions, type OpenLlm, openLlm } from '../../src/llm/open-llm.ts';
import { systemClock } from '../../src/llm/pace.ts';
import type { Provider } from '../../src/llm/provider.ts';
import { createSpending, type Prices, type Spending } from '../../src/llm/spending.ts';

/** An ask for `{"text": …}` that must hold `wanted`, and no letters but Latin ones. */
export function textAsk(cell: string, wanted = cell): Ask<string> {
  return {
    cell,
    messages: [
      { role: 'system', content: 'You repeat.' },
      { role: 'user', content: wanted },
    ],
    temperature: 0.5,
    maxTokens: 100,
    schema: {
      name: 'text',
      schema: {
        type: 'object',
        properties: { text: { type: 'string' } },
        required: ['text'],
        additionalProperties: false,
      },
    },
    accept(answer) {
      const text =
        typeof answer === 'object' && answer !== null && 'text' in answer ? answer.text : undefined;
      const fault = (code: string, message: string) =>
        ({ findings: [{ code, severity: 'error', place: cell, message }] }) as const;
      if (typeof text !== 'string') return fault('text-missing', 'there is no text');
      if (/[^\p{Script=Latin}\p{Script=Common}]/u.test(text)) return fault('text-language', 'not English');
      return text.includes(wanted) ? { value: text } : fault('text-wrong', `"${wanted}" is not in it`);
    },
    template: (random) => ({ text: `${wanted} ${random().toFixed(3)}` }),
  };
}

export interface TestLlm extends AsyncDisposable {
  readonly llm: OpenLlm;
  readonly spending: Spending;
}

/** The whole layer over an endpoint, with short pauses. */
export async function openTestLlm(
  params: {
    readonly baseUrl: string;
    readonly folder?: string;
    readonly key?: string;
    readonly prices?: Prices;
    readonly budgetUsd?: number;
    readonly timeoutMs?: number;
    readonly provider?: Provider;
  },
  changes: Partial<LlmOptions> = {},
): Promise<TestLlm> {
  const { baseUrl, folder, key = null, prices = null, budgetUsd = null, timeoutMs = 5000 } = params;
  const provider = params.provider ?? createOpenAiProvider({ model: 'stand-in', baseUrl, key, timeoutMs });
  const journal = folder === undefined ? null : await openJournal(join(folder, 'llm.jsonl'));
  const spending = createSpending({ prices, budgetUsd });
  const llm = openLlm({
    provider,
    journal,
    spending,
    seed: 42,
    attempts: 3,
    bestOf: 1,
    concurrency: 4,
    requestsPerMinute: null,
    tokensPerMinute: null,
    clock: systemClock,
    retry: { attempts: 3, baseMs: 2, maxMs: 5 },
    ...changes,
  });
  return {
    llm,
    spending,
    async [Symbol.asyncDispose]() {
      await llm[Symbol.asyncDispose]();
      await journal?.[Symbol.asyncDispose]();
    },
  };
}
