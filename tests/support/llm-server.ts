import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { z } from 'zod';

const requestSchema = z.looseObject({
  model: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
  max_tokens: z.number().optional(),
  max_completion_tokens: z.number().optional(),
  temperature: z.number().optional(),
  response_format: z.looseObject({ type: z.string() }).optional(),
});
export type ChatRequest = z.infer<typeof requestSchema>;

/** What goes wrong with a request. */
export type LlmFault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly message?: string;
    }
  | {
      readonly kind:
        | 'refusal'
        | 'length'
        | 'prose'
        | 'half-json'
        | 'fenced'
        | 'trailing-comma'
        | 'empty'
        | 'wrong-language'
        | 'content-filter';
    }
  | { readonly kind: 'cut-off' | 'drop' | 'html' | 'hang' };

export interface LlmServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT/v1` */
  readonly baseUrl: string;
  readonly requests: { readonly body: ChatRequest; readonly authorization: string | undefined }[];
  /** Most requests that were open at one time. */
  readonly mostAtOnce: () => number;
}

export interface LlmServerOptions {
  /** The content of a good answer. Default: `{"text":"<last message>"}`. */
  readonly answer?: (request: ChatRequest, index: number) => string;
  /** Asked for every request, by its number from 0; undefined: all is well. */
  readonly fault?: (index: number, request: ChatRequest) => LlmFault | undefined;
  readonly delayMs?: number;
  /** Refuses response formats that are not among these with 400, as older servers do. */
  readonly formats?: readonly string[];
  /** Answers 401 to any other key, and repeats it as careless servers do. */
  readonly key?: string;
}

/** An OpenAI-compatible chat endpoint on a port of this machine, with faults. */
export async function startLlmServer(options: LlmServerOptions = {}): Promise<LlmServer> {
  const requests: LlmServer['requests'] = [];
  let [open, most] = [0, 0];
  const server = createServer((request, response) => {
    most = Math.max(most, ++open);
    response.on('close', () => open--);
    void answer(request, response, options, requests);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    mostAtOnce: () => most,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: LlmServerOptions,
  requests: LlmServer['requests'],
): Promise<void> {
  const blocks: Buffer[] = [];
  for await (const block of request) blocks.push(block as Buffer); // no encoding is set
  const fail = (status: number, message: string, headers = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ error: { message, type: 'stand_in', param: null, code: null } }));
  };
  if (!request.url?.endsWith('/chat/completions')) return fail(404, 'not found');
  const body = requestSchema.parse(JSON.parse(Buffer.concat(blocks).toString('utf8')));
  const index = requests.length;
  const { authorization } = request.headers;
  requests.push({ body, authorization });
  if (options.key !== undefined && authorization !== `Bearer ${options.key}`) {
    return fail(401, `Incorrect API key provided: ${authorization?.slice(7)}`);
  }
  const format = body.response_format?.type;
  if (options.formats && format !== undefined && !options.formats.includes(format)) {
    return fail(400, `response_format ${format} is not supported`);
  }
  const fault = options.fault?.(index, body);
  if (fault?.kind === 'status') return fail(fault.status, fault.message ?? 'a fault', fault.headers);
  await sleep(options.delayMs ?? 0);
  sendReply(response, body, fault?.kind, options.answer?.(body, index) ?? defaultAnswer(body));
}

function defaultAnswer(body: ChatRequest): string {
  return JSON.stringify({ text: body.messages.at(-1)?.content ?? '' });
}

function sendReply(
  response: ServerResponse,
  body: ChatRequest,
  fault: Exclude<LlmFault['kind'], 'status'> | undefined,
  good: string,
): void {
  if (fault === 'drop') return void response.destroy();
  if (fault === 'hang') return;
  if (fault === 'html') {
    response.writeHead(200, { 'content-type': 'text/html' });
    return void response.end('<html><body>a proxy</body></html>');
  }
  const text = JSON.stringify(completion(body, fault, good));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  if (fault !== 'cut-off') return void response.end(text);
  response.write(text.slice(0, text.length / 2), () => response.destroy());
}

function completion(body: ChatRequest, fault: LlmFault['kind'] | undefined, good: string): unknown {
  const content = contentOf(fault, good);
  const finish = fault === 'length' ? 'length' : fault === 'content-filter' ? 'content_filter' : 'stop';
  const message =
    fault === 'refusal'
      ? { role: 'assistant', content: null, refusal: 'I cannot help with that.' }
      : { role: 'assistant', content };
  return {
    id: 'stand-in',
    object: 'chat.completion',
    created: 0,
    model: body.model,
    choices: [{ index: 0, finish_reason: finish, message }],
    usage: {
      prompt_tokens: 10 * body.messages.length,
      completion_tokens: 5,
      total_tokens: 10 * body.messages.length + 5,
    },
  };
}

function contentOf(fault: LlmFault['kind'] | undefined, good: string): string {
  switch (fault) {
    case 'prose':
      return 'Sure, here is what you asked for, in my own words.';
    case 'half-json':
    case 'length':
      return good.slice(0, Math.ceil(good.length / 2));
    case 'fenced':
      return `Here it is:\n\`\`\`json\n${good}\n\`\`\`\nAnything else?`;
    case 'trailing-comma':
      return good.replace(/\}$/, ',}').replaceAll('"', "'");
    case 'empty':
      return '';
    case 'wrong-language':
      return '{"text":"Это ответ на другом языке."}';
    default:
      return good;
  }
}
