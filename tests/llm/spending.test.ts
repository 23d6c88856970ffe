import { expect, test } from 'vitest';

import { createSpending } from '../../src/llm/spending.ts';
import type { Completion } from '../../src/llm/provider.ts';
import { startLlmServer } from '../support/llm-server.ts';
import { openTestLlm, textAsk } from './setup.ts';

/** A dollar a token. */
const prices = { prompt: 1e6, completion: 1e6 };

function reply(tokens: number): Completion {
  return { text: '', finish: 'stop', promptTokens: tokens, completionTokens: 0, mode: 'text' };
}

test('a request waits while only those in flight stand in its way', async () => {
  const spending = createSpending({ prices, budgetUsd: 10 });
  const [first, second] = [await spending.reserve(2, 3), await spending.reserve(2, 3)];
  const order: string[] = [];
  const third = spending.reserve(2, 3).then((reserved) => {
    order.push('third');
    return reserved;
  });
  await new Promise((resolve) => setImmediate(resolve));
  order.push('first');
  first.settle(reply(1));
  await new Promise((resolve) => setImmediate(resolve));
  expect(order).toEqual(['first']); // 1 is spent, 5 are set aside, 5 are wanted
  order.push('second');
  second.settle(null);
  (await third).settle(reply(1));
  expect(order).toEqual(['first', 'second', 'third']);
  expect(spending.total('sent')).toMatchObject({ replies: 2, costUsd: 2 });
});

test('what could go over when nothing is in flight is refused, with what was spent', async () => {
  const spending = createSpending({ prices, budgetUsd: 10 });
  const first = await spending.reserve(2, 6);
  const next = spending.reserve(2, 3);
  first.settle(reply(7));
  await expect(next).rejects.toMatchObject({
    name: 'BudgetError',
    code: 'llm-budget',
    message: 'the budget of $10 is reached: $7 are spent, and the next request could cost $5',
  });
  (await spending.reserve(1, 2)).settle(null);
});

test('without a budget nobody waits', async () => {
  const spending = createSpending({ prices: null, budgetUsd: null });
  await Promise.all([spending.reserve(1e9, 1e9), spending.reserve(1e9, 1e9)]);
});

test('a job of several requests at once spends its budget', async () => {
  await using server = await startLlmServer({ delayMs: 20 });
  // A reply costs 25 tokens = $0.025; a request sets aside up to about $0.12.
  const paid = { ...server, prices: { prompt: 1000, completion: 1000 }, budgetUsd: 0.2 };
  await using session = await openTestLlm(paid, { concurrency: 3 });
  const asks = Array.from({ length: 12 }, (_, index) => session.llm.ask(textAsk(`cell-${index}`)));
  const error: unknown = await Promise.all(asks).catch((cause: unknown) => cause);
  expect(server.requests).toHaveLength(4);
  expect(error).toMatchObject({
    code: 'llm-budget',
    message: expect.stringContaining('the budget of $0.2 is reached: $0.1 are spent'),
  });
});
