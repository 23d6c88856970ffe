import { BudgetError, ConfigError } from '../core/errors.ts';
import type { Completion } from './provider.ts';

/** US dollars for a million tokens. */
export interface Prices {
  readonly prompt: number;
  readonly completion: number;
}

export interface Spent {
  readonly replies: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** null where no prices are known. */
  readonly costUsd: number | null;
}

/** Of a request in flight; always settled, or those that wait for it wait for ever. */
export interface Reservation {
  /** Puts what the reply did cost in its place; null: there was none. */
  settle(completion: Completion | null): void;
}

/** Counts what replies cost, and stops requests that could go over the budget before they are sent. */
export interface Spending {
  /**
   * Sets aside what a request may cost at most. Where only those in flight stand in its way it waits for them: most cost far
   * less than they may.
   * @throws BudgetError when it could go over with none in flight
   */
  reserve(promptTokens: number, maxTokens: number): Promise<Reservation>;
  /** A reply of an earlier run: paid for, and part of the job's total. */
  addReused(completion: Completion): void;
  /** All replies of the job, or only those paid for now. */
  total(which: 'all' | 'sent'): Spent;
}

/** @throws ConfigError `llm-prices-missing` when a budget has no prices to be told by */
export function createSpending(params: {
  readonly prices: Prices | null;
  readonly budgetUsd: number | null;
}): Spending {
  const { prices, budgetUsd } = params;
  if (budgetUsd !== null && prices === null) {
    throw new ConfigError('--budget-usd needs the prices of the model, and none are known', {
      code: 'llm-prices-missing',
      hint: 'add --price-prompt and --price-completion (US dollars for a million tokens), or prices: {prompt: …, completion: …} to the profile in configs/llm.yaml',
    });
  }
  const sums = { sent: emptySum(), reused: emptySum() };
  const limitUsd = budgetUsd ?? Infinity;
  const inFlight = { requests: 0, prompt: 0, completion: 0 };
  const waiting: (() => void)[] = [];
  const usd = (prompt: number, completion: number): number =>
    prices === null ? 0 : (prompt * prices.prompt + completion * prices.completion) / 1e6;
  const spentUsd = (): number =>
    usd(sums.sent.prompt + sums.reused.prompt, sums.sent.completion + sums.reused.completion);
  return {
    async reserve(promptTokens, maxTokens) {
      const isTooMuch = (): boolean =>
        spentUsd() + usd(inFlight.prompt + promptTokens, inFlight.completion + maxTokens) > limitUsd;
      while (isTooMuch()) {
        if (inFlight.requests === 0) {
          throw budgetReached({ limitUsd, spentUsd: spentUsd(), nextUsd: usd(promptTokens, maxTokens) });
        }
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
      const enter = (sign: 1 | -1): void => {
        inFlight.requests += sign;
        inFlight.prompt += sign * promptTokens;
        inFlight.completion += sign * maxTokens;
      };
      enter(1);
      return {
        settle(completion) {
          enter(-1);
          if (completion) add(sums.sent, completion);
          for (const wake of waiting.splice(0)) wake();
        },
      };
    },
    addReused: (completion) => add(sums.reused, completion),
    total(which) {
      const parts = which === 'all' ? [sums.sent, sums.reused] : [sums.sent];
      const sum = (key: keyof Sum): number => parts.reduce((all, part) => all + part[key], 0);
      const [prompt, completion] = [sum('prompt'), sum('completion')];
      return {
        replies: sum('replies'),
        promptTokens: prompt,
        completionTokens: completion,
        costUsd: prices === null ? null : roundUsd(usd(prompt, completion)),
      };
    },
  };
}

interface Sum {
  replies: number;
  prompt: number;
  completion: number;
}

function emptySum(): Sum {
  return { replies: 0, prompt: 0, completion: 0 };
}

function add(sum: Sum, completion: Completion): void {
  sum.replies++;
  sum.prompt += completion.promptTokens;
  sum.completion += completion.completionTokens;
}

/** Millionths of a dollar: sums of floats must not show in files. */
export function roundUsd(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

function budgetReached(amounts: {
  readonly limitUsd: number;
  readonly spentUsd: number;
  readonly nextUsd: number;
}): BudgetError {
  const { limitUsd, spentUsd, nextUsd } = amounts;
  return new BudgetError(
    `the budget of $${limitUsd} is reached: $${roundUsd(spentUsd)} are spent, and the next request could cost $${roundUsd(nextUsd)}`,
    {
      code: 'llm-budget',
      hint: 'everything made so far is kept; run again with a larger --budget-usd and it goes on',
    },
  );
}
