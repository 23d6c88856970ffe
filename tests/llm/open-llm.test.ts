import { appendFile, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { RetryableError, RowError } from '../../src/core/errors.ts';
import type { Provider } from '../../src/llm/provider.ts';
import { type LlmFault, startLlmServer } from '../support/llm-server.ts';
import { temporaryFolder } from '../support/run-cli.ts';
import { openTestLlm, textAsk } from './setup.ts';

const cells = Array.from({ length: 12 }, (_, index) => `cell-${index}`);

function codes(findings: readonly { readonly code: string }[]): string[] {
  return findings.map(({ code }) => code);
}

test('an accepted answer says where it comes from', async () => {
  await using server = await startLlmServer();
  await using session = await openTestLlm(server);
  const answer = await session.llm.ask(textAsk('one'));
  expect(answer).toEqual({
    cell: 'one',
    value: 'one',
    findings: [],
    provenance: {
      provider: 'openai',
      model: 'stand-in',
      prompt_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      attempt: 1,
    },
  });
  expect(server.requests[0]?.body).toMatchObject({
    model: 'stand-in',
    max_tokens: 100,
    temperature: 0.5,
    response_format: { type: 'json_schema', json_schema: { name: 'text', strict: true } },
  });
});

test('a second session over the same journal sends nothing and gives the same answers', async () => {
  await using server = await startLlmServer();
  const folder = await temporaryFolder();
  const runs = [];
  for (let run = 0; run < 2; run++) {
    await using session = await openTestLlm({ ...server, folder });
    runs.push(await Promise.all(cells.map((cell) => session.llm.ask(textAsk(cell)))));
    expect(session.llm.tally()).toMatchObject(
      run === 0 ? { requests: 12, reused: 0 } : { requests: 0, reused: 12 },
    );
  }
  expect(runs[1]).toEqual(runs[0]);
  expect(server.requests).toHaveLength(12);
});

test('a torn last line of the journal costs that answer only', async () => {
  await using server = await startLlmServer();
  const folder = await temporaryFolder();
  const path = join(folder, 'llm.jsonl');
  {
    await using session = await openTestLlm({ ...server, folder });
    for (const cell of cells.slice(0, 3)) await session.llm.ask(textAsk(cell));
  }
  const bytes = await readFile(path);
  await truncate(path, bytes.length - 20);
  {
    await using session = await openTestLlm({ ...server, folder });
    await Promise.all(cells.slice(0, 3).map((cell) => session.llm.ask(textAsk(cell))));
    expect(session.llm.tally()).toMatchObject({ requests: 1, reused: 2 });
  }
  await appendFile(path, 'not a line of ours\n');
  await using session = await openTestLlm({ ...server, folder });
  await Promise.all(cells.slice(0, 4).map((cell) => session.llm.ask(textAsk(cell))));
  expect(session.llm.tally()).toMatchObject({ requests: 1, reused: 3 });
});

test.each<[LlmFault['kind'], string]>([
  ['refusal', 'llm-refusal'],
  ['content-filter', 'llm-refusal'],
  ['length', 'llm-length'],
  ['prose', 'llm-prose'],
  ['empty', 'llm-empty'],
  ['wrong-language', 'text-language'],
])('%s is the finding %s, and the next attempt is told of it', async (kind, code) => {
  await using server = await startLlmServer({
    fault: (index) => (index === 0 ? ({ kind } as LlmFault) : undefined),
  });
  await using session = await openTestLlm(server);
  const answer = await session.llm.ask(textAsk('one'));
  expect(answer.value).toContain('one');
  expect(answer.provenance.attempt).toBe(2);
  expect(answer.findings.map(({ severity }) => severity)).toEqual(['warning']);
  expect(codes(answer.findings)).toEqual([code]);
  expect(server.requests[1]?.body.messages.at(-1)?.content).toContain('An earlier answer was not accepted');
});

test('an answer that is never accepted is null with the findings of its last attempt as errors', async () => {
  await using server = await startLlmServer({ fault: () => ({ kind: 'prose' }) });
  await using session = await openTestLlm(server);
  const answer = await session.llm.ask(textAsk('one'));
  expect(answer.value).toBeNull();
  expect(answer.findings.map(({ severity }) => severity)).toEqual(['warning', 'warning', 'error']);
  expect(session.llm.tally()).toMatchObject({ rejected: 1, requests: 3 });
});

test('fenced, half and badly quoted JSON are read, the repaired ones with a warning', async () => {
  const kinds = ['fenced', 'half-json', 'trailing-comma'] as const;
  await using server = await startLlmServer({
    answer: () => '{"text":"x and more words to cut away here"}',
    fault: (index) => ({ kind: kinds[index] ?? 'prose' }),
  });
  await using session = await openTestLlm(server, { attempts: 1 });
  const found = [];
  for (const kind of kinds) found.push(codes((await session.llm.ask(textAsk(kind, 'x'))).findings));
  expect(found).toEqual([[], ['llm-json-repaired'], ['llm-json-repaired']]);
});

test('what a model thinks aloud before its answer is no part of it', async () => {
  await using server = await startLlmServer({
    answer: () => '<think>{"text": 1} maybe?</think>\n{"text":"cell-0"}',
  });
  await using session = await openTestLlm(server);
  expect(await session.llm.ask(textAsk('cell-0'))).toMatchObject({ value: 'cell-0', findings: [] });
});

test('an endpoint without json_schema is asked for json_object, then in words, and this is remembered', async () => {
  for (const [formats, expected] of [
    [['json_object'], 'json_object'],
    [[], undefined],
  ] as const) {
    await using server = await startLlmServer({ formats, answer: () => '{"text":"all of cell-0 cell-1"}' });
    await using session = await openTestLlm(server);
    expect((await session.llm.ask(textAsk('cell-0'))).value).not.toBeNull();
    const before = server.requests.length;
    expect((await session.llm.ask(textAsk('cell-1'))).value).not.toBeNull();
    expect(server.requests).toHaveLength(before + 1);
    const last = server.requests.at(-1)?.body;
    expect(last?.response_format?.type).toBe(expected);
    expect(last?.messages.at(-1)?.content).toContain('JSON Schema');
  }
});

test('a parameter that the endpoint refuses is put as it wants', async () => {
  await using server = await startLlmServer({
    fault: (_index, { max_tokens, temperature }) =>
      max_tokens !== undefined
        ? { kind: 'status', status: 400, message: 'Use max_completion_tokens in place of max_tokens.' }
        : temperature !== undefined
          ? { kind: 'status', status: 400, message: 'temperature 0.5 is not supported.' }
          : undefined,
  });
  await using session = await openTestLlm(server);
  expect((await session.llm.ask(textAsk('one'))).value).toBe('one');
  expect(server.requests.at(-1)?.body).toMatchObject({
    max_completion_tokens: 100,
    response_format: { type: 'json_schema' },
  });
  expect((await session.llm.ask(textAsk('two'))).value).toBe('two');
  expect(server.requests).toHaveLength(4);
});

test('a request that is refused in every form is a finding of its cell alone', async () => {
  await using server = await startLlmServer({
    fault: (_index, { messages }) =>
      messages.at(-1)?.content.startsWith('bad')
        ? { kind: 'status', status: 400, message: 'too long' }
        : undefined,
  });
  await using session = await openTestLlm(server);
  const [bad, good] = await Promise.all([session.llm.ask(textAsk('bad')), session.llm.ask(textAsk('good'))]);
  expect(codes(bad.findings)).toEqual(['llm-http-400']);
  expect(good.value).toBe('good');
  // Nothing of it can be asked again: neither another attempt nor another run would be answered.
  expect(session.llm.tally()).toMatchObject({ accepted: 1, rejected: 1, unanswered: 0, requests: 4 });
});

test.each<[LlmFault, string]>([
  [{ kind: 'status', status: 500 }, 'llm-http-500'],
  [{ kind: 'status', status: 429 }, 'llm-http-429'],
  [{ kind: 'cut-off' }, 'llm-cut-off'],
  [{ kind: 'drop' }, 'llm-cut-off'],
  [{ kind: 'html' }, 'llm-reply-invalid'],
  [{ kind: 'hang' }, 'llm-timeout'],
])(
  '%o goes by with another try; where it stays it is the finding %s, and asked again next time',
  async (fault, code) => {
    await using server = await startLlmServer({
      fault: (index, { messages }) =>
        index === 0 || messages.at(-1)?.content.startsWith('never') ? fault : undefined,
    });
    const folder = await temporaryFolder();
    await using session = await openTestLlm({ ...server, folder, timeoutMs: 300 });
    expect(await session.llm.ask(textAsk('soon'))).toMatchObject({ value: 'soon', findings: [] });
    const never = await session.llm.ask(textAsk('never'));
    expect(never.value).toBeNull();
    expect(codes(never.findings)).toEqual([code]);
    expect(session.llm.tally()).toMatchObject({ accepted: 1, unanswered: 1, requests: 5 });
    expect(await readFile(join(folder, 'llm.jsonl'), 'utf8')).not.toContain('"never"');
  },
);

test('an endpoint that fails for everybody stops the job', async () => {
  await using server = await startLlmServer({ fault: () => ({ kind: 'status', status: 503 }) });
  await using session = await openTestLlm(server);
  await expect(Promise.all(cells.map((cell) => session.llm.ask(textAsk(cell))))).rejects.toMatchObject({
    name: 'FatalError',
    code: 'llm-http-503',
  });
});

test('nobody at the address stops the job with one sentence', async () => {
  const server = await startLlmServer();
  await server[Symbol.asyncDispose]();
  await using session = await openTestLlm(server);
  await expect(session.llm.ask(textAsk('one'))).rejects.toMatchObject({
    code: 'llm-connection',
    message: expect.stringContaining('nobody answers there (ECONNREFUSED)'),
  });
});

test('a refused key stops the job at once, is told once, and does not show', async () => {
  await using server = await startLlmServer({ key: 'sk-right-key-0001' });
  await using session = await openTestLlm({ ...server, key: 'sk-wrong-key-0002' });
  const ends = await Promise.allSettled(cells.map((cell) => session.llm.ask(textAsk(cell))));
  const errors = ends.map((end) => (end.status === 'rejected' ? (end.reason as Error) : null));
  expect(new Set(errors).size).toBe(1);
  expect(errors[0]).toMatchObject({ code: 'llm-key-refused', name: 'ConfigError' });
  expect(JSON.stringify(errors[0], Object.getOwnPropertyNames(errors[0] ?? {}))).not.toContain('wrong-key');
  expect(server.requests.length).toBeLessThanOrEqual(4);
});

test('keys do not show in messages that repeat them', async () => {
  const key = 'sk-wrong-key-0002';
  await using server = await startLlmServer({
    fault: () => ({ kind: 'status', status: 403, message: `key ${key} (sk-wro*****0002) may not` }),
  });
  await using session = await openTestLlm({ ...server, key });
  const error: unknown = await session.llm.ask(textAsk('one')).catch((cause: unknown) => cause);
  expect(error).toMatchObject({
    code: 'llm-forbidden',
    message: expect.stringContaining('[key] ([key]) may not'),
  });
});

test('no Authorization header goes out where there is no key', async () => {
  await using server = await startLlmServer();
  await using session = await openTestLlm(server);
  await session.llm.ask(textAsk('one'));
  expect(server.requests[0]?.authorization).toBeUndefined();
});

test('Retry-After holds everybody back', async () => {
  await using server = await startLlmServer({
    fault: (index) =>
      index === 0 ? { kind: 'status', status: 429, headers: { 'retry-after': '0.4' } } : undefined,
  });
  await using session = await openTestLlm(server, { concurrency: 1 });
  const started = performance.now();
  await session.llm.ask(textAsk('one'));
  expect(performance.now() - started).toBeGreaterThanOrEqual(390);
});

test('never more requests in flight than allowed', async () => {
  await using server = await startLlmServer({ delayMs: 20 });
  await using session = await openTestLlm(server, { concurrency: 3 });
  await Promise.all(cells.map((cell) => session.llm.ask(textAsk(cell))));
  expect(server.mostAtOnce()).toBe(3);
});

test('the budget stops before it is passed, keeps what was paid for, and a larger one goes on', async () => {
  await using server = await startLlmServer();
  const folder = await temporaryFolder();
  const prices = { prompt: 1000, completion: 1000 };
  // A reply costs 25 tokens = $0.025; a request sets aside up to about $0.12.
  const params = { ...server, folder, prices };
  {
    await using session = await openTestLlm({ ...params, budgetUsd: 0.2 }, { concurrency: 1 });
    await expect(Promise.all(cells.map((cell) => session.llm.ask(textAsk(cell))))).rejects.toMatchObject({
      name: 'BudgetError',
      code: 'llm-budget',
    });
    const { costUsd, replies } = session.spending.total('all');
    expect(replies).toBeGreaterThan(0);
    expect(costUsd).toBeLessThanOrEqual(0.2);
  }
  const paid = server.requests.length;
  await using session = await openTestLlm({ ...params, budgetUsd: 10 });
  await Promise.all(cells.map((cell) => session.llm.ask(textAsk(cell))));
  expect(session.llm.tally()).toMatchObject({ accepted: 12, reused: paid, requests: 12 - paid });
  expect(session.spending.total('all').costUsd).toBeCloseTo(12 * 0.025, 6);
});

test('a budget without prices is refused', async () => {
  await expect(openTestLlm({ baseUrl: 'http://127.0.0.1:9/v1', budgetUsd: 1 })).rejects.toMatchObject({
    code: 'llm-prices-missing',
  });
});

test('a stopped job awaits what is in flight and keeps it', async () => {
  await using server = await startLlmServer({ delayMs: 150 });
  const folder = await temporaryFolder();
  const controller = new AbortController();
  {
    await using session = await openTestLlm(
      { ...server, folder },
      { signal: controller.signal, concurrency: 3 },
    );
    const all = Promise.all(cells.map((cell) => session.llm.ask(textAsk(cell))));
    setTimeout(() => controller.abort(), 50);
    await expect(all).rejects.toMatchObject({ name: 'InterruptedError', code: 'interrupted' });
  }
  expect((await readFile(join(folder, 'llm.jsonl'), 'utf8')).trim().split('\n')).toHaveLength(3);
});

test('best of several: a draw that may still be answered before one that is refused', async () => {
  const provider: Provider = {
    name: 'openai',
    model: 'stand-in',
    isJournalled: false,
    identity: { name: 'openai', model: 'stand-in' },
    complete: ({ sample }) =>
      Promise.reject(
        sample === 0
          ? new RowError('refused', { code: 'llm-http-400' })
          : new RetryableError('busy', { code: 'llm-http-503' }),
      ),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  await using session = await openTestLlm({ baseUrl: '', provider }, { bestOf: 2 });
  expect(codes((await session.llm.ask(textAsk('one'))).findings)).toEqual(['llm-http-503']);
  expect(session.llm.tally()).toMatchObject({ rejected: 0, unanswered: 1 });
});

test('best of several: the accepted answer with the fewest findings', async () => {
  const answers = ["{'text': 'cell-0 repaired',}", '{"text":"cell-0 clean"}', '{"text":"off the point"}'];
  await using server = await startLlmServer({ answer: (_request, index) => answers[index] ?? '' });
  await using session = await openTestLlm(server, { bestOf: 3 });
  expect(await session.llm.ask(textAsk('cell-0'))).toMatchObject({ value: 'cell-0 clean', findings: [] });
  expect(server.requests).toHaveLength(3);
});
