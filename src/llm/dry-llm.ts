import type { Answer, Ask, Llm } from './ask.ts';
import type { Journal } from './journal.ts';
import { estimateTextTokens, estimateTokens, type Provider } from './provider.ts';
import { promptHash, requestKey } from './request-key.ts';
import { readAnswer } from './read-answer.ts';
import { roundUsd, type Prices } from './spending.ts';
import { completeByTemplate } from './template-provider.ts';

/** What a job would ask for, were every first answer accepted. */
export interface LlmEstimate {
  readonly requests: number;
  /** Answers that the journal holds already; not among the requests. */
  readonly reused: number;
  readonly promptTokens: number;
  /** Told from the template's answers. */
  readonly completionTokens: number;
  /** Were every answer as long as it may be. */
  readonly completionTokensMost: number;
  /** null where the profile has no prices. */
  readonly costUsd: number | null;
  readonly costUsdMost: number | null;
}

export interface DryLlm extends Llm {
  estimate(): LlmEstimate;
}

/** Sends nothing: answers from the journal, else from the template, and counts what would be sent. */
export function createDryLlm(params: {
  readonly identity: Provider['identity'];
  readonly journal: Pick<Journal, 'find'> | null;
  readonly prices: Prices | null;
  readonly seed: number;
  readonly bestOf: number;
}): DryLlm {
  const sum = { requests: 0, reused: 0, prompt: 0, completion: 0, most: 0 };
  const cost = (completion: number): number | null =>
    params.prices &&
    roundUsd((sum.prompt * params.prices.prompt + completion * params.prices.completion) / 1e6);
  return {
    ask: (ask) => answerDry(ask, params, sum),
    estimate: () => ({
      requests: sum.requests,
      reused: sum.reused,
      promptTokens: sum.prompt,
      completionTokens: sum.completion,
      completionTokensMost: sum.most,
      costUsd: cost(sum.completion),
      costUsdMost: cost(sum.most),
    }),
  };
}

async function answerDry<T>(
  ask: Ask<T>,
  params: Parameters<typeof createDryLlm>[0],
  sum: { requests: number; reused: number; prompt: number; completion: number; most: number },
): Promise<Answer<T>> {
  const request = { ...ask, attempt: 1, sample: 0 };
  const key = requestKey(params.identity, params.seed, request);
  const known = await params.journal?.find(key);
  const completion = known ?? completeByTemplate({ ...request, key }, params.seed);
  if (known) sum.reused += params.bestOf;
  else {
    sum.requests += params.bestOf;
    sum.prompt += params.bestOf * estimateTokens(ask.messages);
    sum.completion += params.bestOf * estimateTextTokens(completion.text);
    sum.most += params.bestOf * ask.maxTokens;
  }
  const acceptance = readAnswer(ask, completion);
  const { provider, model } = { provider: params.identity.name, model: params.identity.model };
  return {
    cell: ask.cell,
    value: 'value' in acceptance ? acceptance.value : null,
    findings: acceptance.findings ?? [],
    provenance: { provider, model, prompt_hash: promptHash(ask.messages), attempt: 1 },
  };
}
