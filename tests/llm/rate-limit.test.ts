import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createRateLimit, type LimitClock } from '../../src/llm/rate-limit.ts';

/** A clock that only sleeping moves. */
function fakeClock(): LimitClock {
  let time = 0;
  return {
    now: () => time,
    async sleep(ms) {
      time += Math.max(1, ms);
    },
  };
}

test('no 60 seconds have more than is allowed, and everybody gets through in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 60 }),
      async (perMinute, wanted) => {
        const amounts = wanted.map((amount) => Math.min(amount, perMinute));
        const clock = fakeClock();
        const limit = createRateLimit(perMinute, clock);
        const taken: { at: number; amount: number; index: number }[] = [];
        await Promise.all(
          amounts.map(async (amount, index) => {
            await limit.take(amount);
            taken.push({ at: clock.now(), amount, index });
          }),
        );
        expect(taken.map(({ index }) => index)).toEqual(amounts.map((_, index) => index));
        for (const { at: from } of taken) {
          const inWindow = taken.filter(({ at }) => at >= from && at < from + 60_000);
          expect(inWindow.reduce((sum, { amount }) => sum + amount, 0)).toBeLessThanOrEqual(perMinute);
        }
      },
    ),
  );
});

test('what is larger than a whole minute waits for an empty one', async () => {
  const clock = fakeClock();
  const limit = createRateLimit(10, clock);
  await limit.take(5);
  await limit.take(100);
  expect(clock.now()).toBe(60_000);
});

test('a stopped wait throws and lets the next one through', async () => {
  const clock = fakeClock();
  const limit = createRateLimit(1, clock);
  const stopped = AbortSignal.abort(new Error('stopped'));
  await expect(limit.take(1, stopped)).rejects.toThrow('stopped');
  await limit.take(1);
  expect(clock.now()).toBe(0);
});
