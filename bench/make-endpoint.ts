import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';

import { type ChatRequest, startLlmServer } from '../tests/support/llm-server.ts';

/**
 * `make conversations` over an endpoint on this machine that answers every request after the same time, then again:
 * `node --import ./scripts/register-ts.mjs bench/make-endpoint.ts`, after `npm run build`.
 * The endpoint gives the answers of the template provider. The ideal is the time of the answers alone, in full rows.
 */
const { values } = parseArgs({
  options: {
    'delay-ms': { type: 'string', default: '300' },
    concurrency: { type: 'string', default: '16' },
  },
});
interface Conversation {
  readonly persona_id: string;
  readonly scenario: string;
  readonly turns: readonly { readonly role: string; readonly text: string }[];
}

const delayMs = Number(values['delay-ms']);
const concurrency = Number(values.concurrency);
const execute = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), 'tag-datasets-endpoint-'));
try {
  const offline = await make('offline', []);
  const path = join(folder, 'offline', 'training_conversations.json');
  const conversations = JSON.parse(await readFile(path, 'utf8')) as Conversation[]; // written by the line before
  await using server = await startLlmServer({
    delayMs,
    answer: (request) => answerOf(request, conversations),
  });
  const endpoint = [
    '--provider=openai',
    '--model=stand-in',
    `--base-url=${server.baseUrl}`,
    `--concurrency=${concurrency}`,
  ];
  const first = await make('endpoint', endpoint);
  const { length: requests } = server.requests;
  const second = await make('endpoint', endpoint);
  const idealSeconds = (Math.ceil(conversations.length / concurrency) * delayMs) / 1000;
  const result = {
    conversations: conversations.length,
    offline,
    ideal: { seconds: idealSeconds },
    first: { ...first, requests, most_at_once: server.mostAtOnce() },
    share_of_ideal: idealSeconds / first.makeSeconds,
    second: { ...second, requests: server.requests.length - requests },
  };
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Seconds of the whole command, and of its stage alone. */
async function make(out: string, more: readonly string[]): Promise<{ seconds: number; makeSeconds: number }> {
  const started = performance.now();
  const { stderr } = await execute(process.execPath, [
    'dist/src/cli/bin.js',
    'make',
    'conversations',
    `--out=${join(folder, out)}`,
    '--log-format=json',
    ...more,
  ]);
  const seconds = (performance.now() - started) / 1000;
  const events = stderr
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as object] : []));
  const end = events.findLast(
    (event): event is { ms: number } => 'event' in event && event.event === 'stage-end' && 'ms' in event,
  );
  return { seconds, makeSeconds: (end?.ms ?? Number.NaN) / 1000 };
}

function answerOf({ messages }: ChatRequest, conversations: readonly Conversation[]): string {
  const prompt = messages.at(-1)?.content ?? '';
  const found = conversations.find(
    ({ persona_id: id, scenario }) =>
      prompt.includes(`"id": "${id}"`) && prompt.includes(`SCENARIO:\n${scenario}\n`),
  );
  return JSON.stringify({ turns: found?.turns.map(({ role, text }) => ({ role, text })) ?? [] });
}
