import type { ProviderName } from './provider.ts';
import type { Prices } from './spending.ts';

/** Which model answers, and how hard it may be asked; resolved from profile and command line. Holds no key. */
export interface LlmSettings {
  readonly provider: ProviderName;
  /** Name at the endpoint; for `llama` the GGUF file, for `replay` the recording. */
  readonly model: string;
  /** Only `openai`. */
  readonly baseUrl: string | null;
  /** Environment variable that holds the key; null: none is sent. */
  readonly keyVariable: string | null;
  readonly timeoutMs: number;
  /** null: none known; zero for what runs here. */
  readonly prices: Prices | null;
  readonly budgetUsd: number | null;
  readonly concurrency: number;
  readonly requestsPerMinute: number | null;
  readonly tokensPerMinute: number | null;
  readonly attempts: number;
  readonly bestOf: number;
}
