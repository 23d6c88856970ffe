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

/** Counts what replies cost, and stops requests that could go over the budget before they are sent. */
export interface Spending {
  /**
   * Sets aside what a request may cost at most; `settle` puts what it did cost in its place.
   * @throws BudgetError when it could go over
   */
  reserve(promptTokens: number, maxTokens: number): { settle(completion: Completion | null): void };
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
    throw new ConfigError('--budget-usd needs the prices of the model, and its profile has none', {
      code: 'llm-prices-missing',
      hint: 'set prices: {prompt: …, completion: …} (US dollars for a million tokens) in the profile',
    });
  }
  const sums = { sent: emptySum(), reused: emptySum() };
  let reservedUsd = 0;
  const usd = (prompt: number, completion: number): number =>
    prices === null ? 0 : (prompt * prices.prompt + completion * prices.completion) / 1e6;
  const spentUsd = (): number =>
    usd(sums.sent.prompt + sums.reused.prompt, sums.sent.completion + sums.reused.completion);
  return {
    reserve(promptTokens, maxTokens) {
      const mostUsd = usd(promptTokens, maxTokens);
      if (budgetUsd !== null && spentUsd() + reservedUsd + mostUsd > budgetUsd) {
        throw budgetReached(budgetUsd, spentUsd());
      }
      reservedUsd += mostUsd;
      return {
        settle(completion) {
          reservedUsd -= mostUsd;
          if (completion) add(sums.sent, completion);
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

function budgetReached(budgetUsd: number, spentUsd: number): BudgetError {
  return new BudgetError(
    `the budget of $${budgetUsd} is reached: $${roundUsd(spentUsd)} are spent, and the next request could go over`,
    {
      code: 'llm-budget',
      hint: 'everything made so far is kept; run again with a larger --budget-usd and it goes on',
    },
  );
}
