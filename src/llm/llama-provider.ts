import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';

import pLimit from 'p-limit';

import { ConfigError, RowError, TagDatasetsError } from '../core/errors.ts';
import type { ChatMessage } from './ask.ts';
import { type LlamaModule, loadLlama } from './llama-module.ts';
import type { Completion, CompletionRequest, Provider } from './provider.ts';

/**
 * A GGUF model in this process, through the optional package node-llama-cpp. One request at a time; where an ask has a
 * schema, a grammar made of it keeps the model to that form.
 * @throws ConfigError when the package is not installed, or the file is no model
 */
export async function openLlamaProvider(settings: {
  readonly modelFile: string;
  readonly timeoutMs: number;
}): Promise<Provider> {
  const { modelFile } = settings;
  const file = await stat(modelFile).catch((cause: unknown) => {
    throw new ConfigError(`${modelFile}: no such model file`, {
      code: 'llama-model-not-found',
      hint: 'name a GGUF file with --model',
      cause,
    });
  });
  const module = await loadLlama();
  const runtime = await startRuntime(module, modelFile);
  const model = `${basename(modelFile)}@${file.size}`;
  const oneAtATime = pLimit(1);
  return {
    name: 'llama',
    model,
    identity: { name: 'llama', model },
    isJournalled: true,
    complete: (request, admit) =>
      oneAtATime(async () => {
        await admit();
        return await complete(runtime, request, settings.timeoutMs);
      }),
    [Symbol.asyncDispose]: () => runtime.llama.dispose(),
  };
}

async function startRuntime(module: LlamaModule, modelFile: string) {
  try {
    // Never builds from source or downloads: the package brings its binaries.
    const llama = await module.getLlama({
      gpu: 'auto',
      build: 'never',
      // Its own guess counts processors that this process may not use, and waits for them at every token.
      maxThreads: availableParallelism(),
      logLevel: 'error',
      progressLogs: false,
    });
    const model = await llama.loadModel({ modelPath: modelFile });
    const context = await model.createContext({
      contextSize: { max: longestContext },
      threads: availableParallelism(),
    });
    return { module, llama, sequence: context.getSequence() };
  } catch (cause) {
    if (cause instanceof TagDatasetsError) throw cause;
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new ConfigError(`${modelFile}: cannot be loaded: ${reason}`, {
      code: 'llama-model-invalid',
      hint: 'the file must be a GGUF model that fits into memory',
      cause,
    });
  }
}

/** Tokens of prompt and answer; makers ask far less, and memory grows with it. */
const longestContext = 8192;

async function complete(
  { module, llama, sequence }: Awaited<ReturnType<typeof startRuntime>>,
  request: CompletionRequest,
  timeoutMs: number,
): Promise<Completion> {
  await sequence.clearHistory();
  const session = new module.LlamaChatSession({ contextSequence: sequence, autoDisposeSequence: false });
  const prompt = request.messages.at(-1)?.content ?? '';
  session.setChatHistory(request.messages.slice(0, -1).map(historyItem));
  const before = sequence.tokenMeter.getState();
  const grammar = request.schema ? await llama.createGrammarForJsonSchema(request.schema.schema) : undefined;
  const { responseText, stopReason } = await session.promptWithMeta(prompt, {
    temperature: request.temperature,
    maxTokens: request.maxTokens,
    seed: Number.parseInt(request.key.slice(0, 8), 16) & 0x7fffffff,
    signal: AbortSignal.timeout(timeoutMs),
    stopOnAbortSignal: true,
    ...(grammar ? { grammar } : {}),
  });
  const used = sequence.tokenMeter.diff(before);
  session.dispose();
  if (stopReason === 'abort') {
    throw new RowError(`the model did not come to an end within ${timeoutMs / 1000} s`, {
      code: 'llm-timeout',
      hint: 'raise timeout_seconds in a profile of provider llama',
    });
  }
  return {
    text: responseText,
    finish: stopReason === 'maxTokens' ? 'length' : 'stop',
    promptTokens: used.usedInputTokens,
    completionTokens: used.usedOutputTokens,
    mode: request.schema ? 'json_schema' : 'text',
  };
}

function historyItem({ role, content }: ChatMessage) {
  return role === 'assistant'
    ? ({ type: 'model', response: [content] } as const)
    : ({ type: role, text: content } as const);
}
