import type { AnswerSchema, ChatMessage } from './ask.ts';

/** One request to a model, after findings of earlier attempts were put into the messages. */
export interface CompletionRequest {
  readonly cell: string;
  readonly messages: readonly ChatMessage[];
  readonly temperature: number;
  readonly maxTokens: number;
  readonly schema: AnswerSchema | null;
  /** From 1; a higher one repeats an ask whose answer was not accepted. */
  readonly attempt: number;
  /** From 0; best-of-k draws several answers per attempt. */
  readonly sample: number;
  /** sha256 of all the above with provider, model and seed: equal keys, equal request. */
  readonly key: string;
  /** `Ask.template`. */
  readonly template: (random: () => number) => unknown;
}

/** How the form of a structured answer is asked for, the strictest first. */
export const schemaModes = ['json_schema', 'json_object', 'text'] as const;
export type SchemaMode = (typeof schemaModes)[number];

export interface Completion {
  readonly text: string;
  /** `length`: cut at the token limit; `refusal`: the model or its filter declined, `text` holds its words. */
  readonly finish: 'stop' | 'length' | 'refusal';
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** How the form was asked for; `text` where the answer is prose. */
  readonly mode: SchemaMode;
}

/** Where completions come from. One contract suite runs over all of them. */
export interface Provider extends AsyncDisposable {
  readonly name: ProviderName;
  readonly model: string;
  /** Whose requests are looked up: its own, or for `replay` those of the recorded provider. */
  readonly identity: { readonly name: ProviderName; readonly model: string };
  /** Completions cost time or money and are kept in the journal. */
  readonly isJournalled: boolean;
  /**
   * One try, without retries; `admit` is awaited before every request that goes out. Settles even when the run is told to
   * stop: what was paid for is kept.
   * @throws RetryableError when another try may help; RowError when this request can never be answered;
   * FatalError, ConfigError when no request can
   */
  complete(request: CompletionRequest, admit: () => Promise<void>): Promise<Completion>;
}

export const providerNames = ['template', 'openai', 'llama', 'replay'] as const;
export type ProviderName = (typeof providerNames)[number];

/** Estimate where no tokenizer is at hand: four bytes of UTF-8 a token, and four tokens around each message. */
export function estimateTokens(messages: readonly ChatMessage[]): number {
  return messages.reduce((tokens, { content }) => tokens + 4 + estimateTextTokens(content), 0);
}

export function estimateTextTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4);
}
