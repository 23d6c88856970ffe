import { expect, test } from 'vitest';

import { ConfigError, FatalError, RetryableError } from '../../src/core/errors.ts';
import { retry } from '../../src/lib/retry.ts';

function failing(times: number, retryAfterMs?: number) {
  let calls = 0;
  return () => {
    calls++;
    if (calls <= times) throw new RetryableError('x is busy', { code: 'busy', retryAfterMs });
    return Promise.resolve(calls);
  };
}

function recorder() {
  const pauses: number[] = [];
  return { pauses, sleep: (ms: number) => Promise.resolve(void pauses.push(ms)) };
}

test('pauses double, are scaled by the random number and stop growing at the limit', async () => {
  const { pauses, sleep } = recorder();
  const options = { attempts: 6, baseMs: 100, maxMs: 500, random: () => 0.5, sleep };
  expect(await retry(failing(5), options)).toBe(6);
  expect(pauses).toEqual([50, 100, 200, 250, 250]);
});

test('a pause is never shorter than what the other side asked for', async () => {
  const { pauses, sleep } = recorder();
  await retry(failing(2, 7000), { random: () => 0.9, sleep });
  expect(pauses).toEqual([7000, 7000]);
});

test('every pause is told before it begins, with its length and why', async () => {
  const { pauses, sleep } = recorder();
  const told: (readonly [number, string, number])[] = [];
  await retry(failing(2, 7000), {
    random: () => 0,
    sleep,
    onPause: (ms, error) => void told.push([ms, error.message, pauses.length]),
  });
  expect(told).toEqual([
    [7000, 'x is busy', 0],
    [7000, 'x is busy', 1],
  ]);
});

test('after the last try the error is fatal and keeps code and message', async () => {
  const { pauses, sleep } = recorder();
  const failed = retry(failing(99), { attempts: 3, sleep });
  await expect(failed).rejects.toBeInstanceOf(FatalError);
  await expect(failed).rejects.toMatchObject({ code: 'busy', message: 'x is busy (gave up after 3 tries)' });
  expect(pauses).toHaveLength(2);
});

test('an error of another class is not tried again', async () => {
  let calls = 0;
  const task = () => {
    calls++;
    return Promise.reject(new ConfigError('wrong', { code: 'wrong' }));
  };
  await expect(retry(task, { sleep: recorder().sleep })).rejects.toMatchObject({ code: 'wrong' });
  expect(calls).toBe(1);
});

test('an abort ends a pause at once', async () => {
  const abort = new AbortController();
  const task = () => {
    queueMicrotask(() => abort.abort());
    return Promise.reject(new RetryableError('busy', { code: 'busy', retryAfterMs: 60_000 }));
  };
  await expect(retry(task, { signal: abort.signal })).rejects.toMatchObject({ name: 'AbortError' });
});
