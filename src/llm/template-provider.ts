import { seededRandom } from '../lib/seeded-random.ts';
import {
  type Completion,
  type CompletionRequest,
  estimateTextTokens,
  estimateTokens,
  type Provider,
} from './provider.ts';

/** Answers from the makers' own grammars: offline, free, the same for the same seed and cell. */
export function createTemplateProvider(seed: number): Provider {
  return {
    name: 'template',
    model: 'template',
    identity: { name: 'template', model: 'template' },
    isJournalled: false,
    complete: async (request) => completeByTemplate(request, seed),
    async [Symbol.asyncDispose]() {},
  };
}

export function completeByTemplate(request: CompletionRequest, seed: number): Completion {
  const { cell, attempt, sample } = request;
  const again = attempt === 1 && sample === 0 ? '' : `#${attempt}.${sample}`;
  const answer = request.template(seededRandom(`${seed}:${cell}${again}`));
  const text = request.schema ? JSON.stringify(answer) : String(answer);
  return {
    text,
    finish: 'stop',
    promptTokens: estimateTokens(request.messages),
    completionTokens: estimateTextTokens(text),
    mode: request.schema ? 'json_schema' : 'text',
  };
}
