import OpenAI from 'openai';
import { z } from 'zod';

import { RetryableError, RowError } from '../core/errors.ts';
import type { AnswerSchema, ChatMessage } from './ask.ts';
import { errorInReply, failureOf, isRefusedRequest } from './openai-failure.ts';
import {
  type Completion,
  type CompletionRequest,
  estimateTextTokens,
  estimateTokens,
  type Provider,
  type SchemaMode,
  schemaModes,
} from './provider.ts';

export interface OpenAiSettings {
  readonly model: string;
  /** `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  /** null: the endpoint wants none. */
  readonly key: string | null;
  readonly timeoutMs: number;
}

/**
 * Any endpoint that speaks OpenAI's chat completions, through the official client with its own retries off. Where it refuses
 * a way to ask for the form of an answer, or a parameter, the next one is tried and what worked is kept for the session.
 */
export function createOpenAiProvider(settings: OpenAiSettings): Provider {
  const { model, baseUrl, key } = settings;
  const client = new OpenAI({
    apiKey: key ?? 'none',
    baseURL: baseUrl,
    // Whatever else the environment holds for this client (organisation, log level) is not ours to send or print.
    organization: null,
    project: null,
    logLevel: 'off',
    maxRetries: 0,
    timeout: settings.timeoutMs,
    ...(key === null ? { defaultHeaders: { Authorization: null } } : {}),
  });
  const habits: Habits = { mode: 0, isNewTokenLimit: false, isTemperatureSent: true };
  return {
    name: 'openai',
    model,
    identity: { name: 'openai', model },
    isJournalled: true,
    complete: (request, admit) => completeInSteps({ client, settings, habits }, request, admit),
    async [Symbol.asyncDispose]() {},
  };
}

/** What this endpoint was found to take. */
interface Habits {
  /** Index into schemaModes. */
  mode: number;
  /** `max_completion_tokens` in place of `max_tokens`. */
  isNewTokenLimit: boolean;
  isTemperatureSent: boolean;
}

interface Endpoint {
  readonly client: OpenAI;
  readonly settings: OpenAiSettings;
  readonly habits: Habits;
}

async function completeInSteps(
  endpoint: Endpoint,
  request: CompletionRequest,
  admit: () => Promise<void>,
): Promise<Completion> {
  const tried = { ...endpoint.habits };
  for (;;) {
    await admit();
    try {
      const completion = await send(endpoint, request, tried);
      Object.assign(endpoint.habits, { ...tried, mode: Math.max(tried.mode, endpoint.habits.mode) });
      return completion;
    } catch (error) {
      if (!isRefusedRequest(error)) throw failureOf(error, endpoint.settings);
      if (!stepDown(tried, error, request.schema !== null)) throw refused(error, endpoint.settings);
    }
  }
}

/** Changes the one thing that the endpoint names, else the form of the answer; false when nothing is left to change. */
function stepDown(tried: Habits, error: Error, hasSchema: boolean): boolean {
  if (/max_completion_tokens/.test(error.message) && !tried.isNewTokenLimit) {
    tried.isNewTokenLimit = true;
    return true;
  }
  if (/temperature/.test(error.message) && tried.isTemperatureSent) {
    tried.isTemperatureSent = false;
    return true;
  }
  if (!hasSchema || tried.mode >= schemaModes.length - 1) return false;
  tried.mode++;
  return true;
}

function refused(error: unknown, settings: OpenAiSettings): RowError {
  const { message } = failureOf(error, settings);
  return new RowError(message, { code: 'llm-http-400', cause: error });
}

async function send(endpoint: Endpoint, request: CompletionRequest, tried: Habits): Promise<Completion> {
  const { client, settings } = endpoint;
  const mode: SchemaMode = request.schema ? (schemaModes[tried.mode] ?? 'text') : 'text';
  const messages = messagesOf(request, mode);
  // The client's own time limit ends when the headers are there; a body may hang too.
  const signal = AbortSignal.timeout(settings.timeoutMs);
  const reply: unknown = await client.chat.completions.create(
    {
      model: settings.model,
      messages: messages.map(({ role, content }) => ({ role, content })),
      ...(tried.isTemperatureSent ? { temperature: request.temperature } : {}),
      [tried.isNewTokenLimit ? 'max_completion_tokens' : 'max_tokens']: request.maxTokens,
      ...formatOf(request.schema, mode),
    },
    { signal },
  );
  return readReply(reply, { messages, mode, settings });
}

function formatOf(
  schema: AnswerSchema | null,
  mode: SchemaMode,
): Pick<OpenAI.ChatCompletionCreateParams, 'response_format'> {
  if (!schema || mode === 'text') return {};
  if (mode === 'json_object') return { response_format: { type: 'json_object' } };
  const { name } = schema;
  return {
    response_format: {
      type: 'json_schema',
      json_schema: { name, strict: true, schema: { ...schema.schema } },
    },
  };
}

/** Below json_schema the form is told in words. */
function messagesOf({ schema, messages }: CompletionRequest, mode: SchemaMode): readonly ChatMessage[] {
  const last = messages.at(-1);
  if (!schema || mode === 'json_schema' || !last) return messages;
  const words = `Answer with JSON only, nothing before or after it, that fits this JSON Schema:\n${JSON.stringify(schema.schema)}`;
  return [...messages.slice(0, -1), { ...last, content: `${last.content}\n\n${words}` }];
}

/** A count that is missing, or is none, is estimated: the answer was paid for either way. */
const count = z.number().int().nonnegative().nullish().catch(null);
/** Of an answer in typed parts, what is no text (thoughts, pictures) is no part of it. */
const partSchema = z.union([
  z.object({ type: z.literal('text'), text: z.string() }).transform(({ text }) => text),
  z.unknown().transform(() => ''),
]);
const contentSchema = z.union([z.string(), z.array(partSchema).transform((texts) => texts.join(''))]);
const replySchema = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({ content: contentSchema.nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: count, completion_tokens: count }).nullish().catch(null),
});

/**
 * @throws RetryableError `llm-reply-error` for an error with status 200 (gateways pass on those of others so),
 * `llm-reply-invalid` for what is no chat completion (a proxy's page with status 200)
 */
function readReply(
  reply: unknown,
  sent: {
    readonly messages: readonly ChatMessage[];
    readonly mode: SchemaMode;
    readonly settings: OpenAiSettings;
  },
): Completion {
  const { messages, mode, settings } = sent;
  const parsed = replySchema.safeParse(reply);
  const choice = parsed.data?.choices[0];
  if (!parsed.success || !choice) {
    const error = errorInReply(reply, settings);
    if (error) throw error;
    throw new RetryableError('the endpoint answered with something that is no chat completion', {
      code: 'llm-reply-invalid',
      hint: 'check --base-url: it usually ends with /v1',
    });
  }
  const { content, refusal } = choice.message;
  const text = refusal ?? content ?? '';
  const isRefusal = Boolean(refusal) || choice.finish_reason === 'content_filter';
  return {
    text,
    finish: isRefusal ? 'refusal' : choice.finish_reason === 'length' ? 'length' : 'stop',
    promptTokens: parsed.data.usage?.prompt_tokens ?? estimateTokens(messages),
    completionTokens: parsed.data.usage?.completion_tokens ?? estimateTextTokens(text),
    mode,
  };
}
