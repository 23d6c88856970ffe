import { afterEach, beforeEach, expect, test } from 'vitest';

import { createHubFetch } from '../../src/hub/hub-fetch.ts';
import { type HubServer, startHubServer } from '../support/hub-server.ts';

let server: HubServer;
const pauses: number[] = [];
beforeEach(async () => {
  pauses.length = 0;
  server = await startHubServer({
    repos: { 'a/b': { files: { 'x.jsonl': '{"n":1}\n', 'y.jsonl': 'y'.repeat(500) } } },
  });
});
afterEach(() => server[Symbol.asyncDispose]());

const hubFetch = (now?: () => number) =>
  createHubFetch({
    endpoint: server.endpoint,
    token: 'hf_abc',
    now,
    retry: { random: () => 0.5, sleep: (ms) => Promise.resolve(void pauses.push(ms)) },
  });
const address = (path = 'x.jsonl') => `${server.endpoint}/datasets/a/b/resolve/main/${path}?download=1`;
const range = { headers: { range: 'bytes=2-4' } };

test.each([408, 425, 429, 500, 502, 503, 504])('status %i is tried again', async (status) => {
  server.addFault({ kind: 'status', status, times: 2 });
  const reply = await hubFetch()(address(), range);
  expect(await reply.text()).toBe('n":');
  expect(pauses).toEqual([250, 500]);
});

test('after six tries the failure is fatal and names address and status, without the query', async () => {
  server.addFault({ kind: 'status', status: 503, times: 99 });
  await expect(hubFetch()(address(), range)).rejects.toMatchObject({
    name: 'FatalError',
    code: 'hub-status',
    message: `${server.endpoint}/datasets/a/b/resolve/main/x.jsonl: status 503 (gave up after 6 tries)`,
  });
  expect(server.requests).toHaveLength(6);
});

test('Retry-After in seconds and as a date sets the pause', async () => {
  const date = 'Wed, 21 Oct 2015 07:28:00 GMT';
  server.addFault({ kind: 'status', status: 429, headers: { 'retry-after': '7' } });
  server.addFault({
    kind: 'status',
    status: 429,
    headers: { 'retry-after': date, date: 'Wed, 21 Oct 2015 07:27:00 GMT' },
  });
  server.addFault({ kind: 'status', status: 429, headers: { 'retry-after': date, date: 'never' } });
  await hubFetch(() => Date.parse(date) - 9000)(address(), range);
  expect(pauses).toEqual([7000, 60_000, 9000]);
});

test('a refused connection and one dropped in the middle of a body are tried again', async () => {
  server.addFault({ kind: 'refuse' });
  server.addFault({ kind: 'drop', on: 'cdn' });
  const reply = await hubFetch()(address('y.jsonl'), { headers: { range: 'bytes=0-399' } });
  expect(await reply.text()).toBe('y'.repeat(400));
  expect(pauses).toHaveLength(2);
});

test('a host that cannot be reached is fatal after the last try and says so', async () => {
  await server[Symbol.asyncDispose]();
  const failed = hubFetch()(address(), range);
  await expect(failed).rejects.toMatchObject({
    code: 'hub-network',
    message: expect.stringContaining('ECONNREFUSED'),
  });
  server = await startHubServer({ repos: {} });
});

test('other statuses are not tried again', async () => {
  server.addFault({ kind: 'status', status: 400 });
  await expect(hubFetch()(address(), range)).rejects.toMatchObject({
    name: 'FatalError',
    code: 'hub-status',
  });
  expect(server.requests).toHaveLength(1);
});

test('a caller that names the authorization header itself cannot send it to another host', async () => {
  const headers = { range: 'bytes=0-9', authorization: 'Bearer hf_other' };
  await hubFetch()(address('y.jsonl'), { headers });
  expect(server.requests.map(({ authorization }) => authorization)).toEqual(['Bearer hf_abc', undefined]);
});

test('endless redirects end', async () => {
  const loop = { kind: 'status', status: 302, headers: { location: address() }, times: 99 } as const;
  server.addFault(loop);
  await expect(hubFetch()(address(), range)).rejects.toMatchObject({
    code: 'hub-status',
    message: expect.stringContaining('redirects'),
  });
});

test('a range that ends behind the file gives what there is', async () => {
  const reply = await hubFetch()(address(), { headers: { range: 'bytes=2-999' } });
  expect(await reply.text()).toBe('n":1}\n');
});

test.each([
  ['GET', {}],
  ['POST', {}],
  ['GET', { 'x-error-code': 'RepoNotFound' }],
])(
  'a token that the Hub does not know is named as that, not as a gated repository: %s %j',
  async (method, more) => {
    const headers = { 'x-error-message': 'Invalid credentials in Authorization header', ...more };
    server.addFault({ kind: 'status', status: 401, headers });
    await expect(hubFetch()(address(), { method })).rejects.toMatchObject({
      name: 'ConfigError',
      code: 'hub-token-refused',
      message: `${server.endpoint} refused HF_TOKEN: it is expired, revoked or mistyped`,
      hint: expect.stringContaining('unset HF_TOKEN'),
    });
  },
);
