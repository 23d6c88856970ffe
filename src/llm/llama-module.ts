import { ConfigError } from '../core/errors.ts';

/** The part of node-llama-cpp 3 that we use; the package is optional, so its own types may not be there. */
export interface LlamaModule {
  getLlama(options: {
    readonly gpu: 'auto' | false;
    readonly build: 'never';
    readonly maxThreads: number;
    readonly logLevel: 'error';
    readonly progressLogs: boolean;
  }): Promise<Llama>;
  readonly LlamaChatSession: new (options: {
    readonly contextSequence: LlamaSequence;
    readonly autoDisposeSequence: boolean;
  }) => LlamaSession;
}

interface Llama {
  loadModel(options: { readonly modelPath: string }): Promise<{
    createContext(options: {
      readonly contextSize: { readonly max: number };
      readonly threads: number;
    }): Promise<{
      getSequence(): LlamaSequence;
    }>;
  }>;
  createGrammarForJsonSchema(schema: Readonly<Record<string, unknown>>): Promise<object>;
  dispose(): Promise<void>;
}

interface LlamaSequence {
  clearHistory(): Promise<void>;
  readonly tokenMeter: {
    getState(): TokenCounts;
    diff(before: TokenCounts): TokenCounts;
  };
}

interface TokenCounts {
  readonly usedInputTokens: number;
  readonly usedOutputTokens: number;
}

interface LlamaSession {
  setChatHistory(
    history: readonly (
      | { readonly type: 'system' | 'user'; readonly text: string }
      | { readonly type: 'model'; readonly response: readonly string[] }
    )[],
  ): void;
  promptWithMeta(
    prompt: string,
    options: {
      readonly temperature: number;
      readonly maxTokens: number;
      readonly seed: number;
      readonly signal: AbortSignal;
      readonly stopOnAbortSignal: true;
      readonly grammar?: object;
    },
  ): Promise<{ readonly responseText: string; readonly stopReason: string }>;
  dispose(): void;
}

/** A name that the compiler does not look up. */
const packageName: string = 'node-llama-cpp';

/** @throws ConfigError `llama-not-installed` */
export async function loadLlama(): Promise<LlamaModule> {
  try {
    return (await import(packageName)) as LlamaModule; // its documented interface, checked by the contract suite
  } catch (cause) {
    throw new ConfigError('provider llama needs the package node-llama-cpp, which is not installed', {
      code: 'llama-not-installed',
      hint: 'npm install node-llama-cpp, or use another --provider',
      cause,
    });
  }
}
