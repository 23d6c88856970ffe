import { join } from 'node:path';
import type { Argv } from 'yargs';

import { ConfigError } from '../../../core/errors.ts';
import { type LlmChoices, providerChoices, resolveLlm } from '../../../run/make/llm-settings.ts';
import type { MakeParams } from '../../../run/make/make-job.ts';
import { findConfig } from '../../tools.ts';

/** Options that every `make` subcommand has. */
export interface MakeArguments {
  out?: string;
  seed: number;
  now?: string;
  provider?: (typeof providerChoices)[number];
  profile?: string;
  model?: string;
  'base-url'?: string;
  'key-env'?: string;
  recording?: string;
  concurrency?: number;
  rpm?: number;
  tpm?: number;
  'price-prompt'?: number;
  'price-completion'?: number;
  'budget-usd'?: number;
  'dry-run': boolean;
  preview?: number;
  'best-of': number;
  attempts: number;
  fresh: boolean;
  json: boolean;
}

/** Adds the options that every `make` subcommand has; `makeParams` reads them. */
export function withMakeOptions<T>(yargs: Argv<T>): Argv<T & MakeArguments> {
  return yargs
    .option('out', { type: 'string', describe: 'Folder of the result (default: runs/<what is made>)' })
    .option('seed', { type: 'number', default: 42, describe: 'Decides every draw' })
    .option('now', {
      type: 'string',
      describe: 'ISO time for formats that demand one; default: the first start',
    })
    .option('provider', {
      choices: providerChoices,
      describe:
        'Who answers: an offline grammar (default), an OpenAI-compatible endpoint, a GGUF file, a recording',
    })
    .option('profile', {
      type: 'string',
      describe: 'Profile of configs/llm.yaml: endpoint, model, prices, limits',
    })
    .option('model', { type: 'string', describe: 'Model at the endpoint; for llama a GGUF file' })
    .option('base-url', { type: 'string', describe: 'Endpoint, such as http://127.0.0.1:8000/v1' })
    .option('key-env', {
      type: 'string',
      describe: 'Environment variable that holds the key of the endpoint',
    })
    .option('recording', { type: 'string', describe: 'For replay: state/llm.jsonl of an earlier job' })
    .option('concurrency', { type: 'number', describe: 'Requests in flight' })
    .option('rpm', { type: 'number', describe: 'At most so many requests in any minute' })
    .option('tpm', { type: 'number', describe: 'At most so many tokens in any minute, estimated' })
    .option('price-prompt', {
      type: 'number',
      describe: 'US dollars for a million prompt tokens; comes before the prices of the profile',
    })
    .option('price-completion', { type: 'number', describe: 'US dollars for a million completion tokens' })
    .option('budget-usd', {
      type: 'number',
      describe: 'Stop before more than this is spent (exit 4); what is made stays, a larger budget goes on',
    })
    .option('dry-run', {
      type: 'boolean',
      default: false,
      describe: 'Count requests, tokens and cost; send and write nothing',
    })
    .option('preview', {
      type: 'number',
      describe: 'Make only the first N, print their answers, publish nothing',
    })
    .option('best-of', { type: 'number', default: 1, describe: 'Answers drawn each time; the best is taken' })
    .option('attempts', {
      type: 'number',
      default: 3,
      describe: 'Answers asked for until one is accepted; each is told what was wrong with the one before',
    })
    .option('fresh', { type: 'boolean', default: false, describe: 'Forget the replies of earlier runs' })
    .option('json', { type: 'boolean', default: false, describe: 'Print JSON' }) as Argv<T & MakeArguments>; // yargs widens `choices`
}

/** @throws ConfigError for numbers out of range and for what the profile lacks */
export async function makeParams(args: MakeArguments, what: string): Promise<MakeParams> {
  const whole = (name: keyof MakeArguments, least: number): void => {
    const value = args[name];
    if (value === undefined || (Number.isInteger(value) && Number(value) >= least)) return;
    throw new ConfigError(`--${name} ${String(value)}: not a whole number of at least ${least}`, {
      code: 'usage',
    });
  };
  for (const name of ['concurrency', 'rpm', 'tpm', 'preview', 'best-of', 'attempts'] as const) whole(name, 1);
  whole('seed', 0);
  for (const name of ['price-prompt', 'price-completion', 'budget-usd'] as const) {
    const amount = args[name];
    if (amount === undefined || (Number.isFinite(amount) && amount >= 0)) continue;
    throw new ConfigError(`--${name} ${amount}: not an amount in US dollars`, { code: 'usage' });
  }
  return {
    out: args.out ?? join('runs', what),
    seed: args.seed,
    now: isoTime(args.now),
    llm: await resolveLlm(choicesOf(args)),
    preview: args.preview ?? null,
    dryRun: args['dry-run'],
    fresh: args.fresh,
  };
}

/** Options that say whom to ask, and how; those with a value of their own (attempts, best-of) are not told from it. */
export const askingOptions = [
  'provider',
  'profile',
  'model',
  'base-url',
  'key-env',
  'recording',
  'concurrency',
  'rpm',
  'tpm',
  'price-prompt',
  'price-completion',
  'budget-usd',
  'dry-run',
  'preview',
] as const;

/** The first of the options that was asked for: it has a value, and not `false`. */
export function givenOption<T extends string>(
  args: Readonly<Partial<Record<T, unknown>>>,
  names: readonly T[],
): T | undefined {
  return names.find((name) => args[name] !== undefined && args[name] !== false);
}

/** For a command that asks nobody this time. @throws ConfigError `usage` where it was told whom or how to ask */
export function refuseAskingOptions(args: MakeArguments, why: string): void {
  const given = givenOption(args, askingOptions);
  if (given !== undefined)
    throw new ConfigError(`--${given} says how a model is asked, but ${why}`, { code: 'usage' });
}

function choicesOf(args: MakeArguments): LlmChoices {
  return {
    profiles: findConfig(join('configs', 'llm.yaml')),
    profile: args.profile,
    provider: args.provider,
    model: args.model,
    baseUrl: args['base-url'],
    keyVariable: args['key-env'],
    recording: args.recording,
    pricePrompt: args['price-prompt'],
    priceCompletion: args['price-completion'],
    concurrency: args.concurrency,
    requestsPerMinute: args.rpm,
    tokensPerMinute: args.tpm,
    budgetUsd: args['budget-usd'],
    attempts: args.attempts,
    bestOf: args['best-of'],
  };
}

function isoTime(now: string | undefined): string | null {
  if (now === undefined) return null;
  const time = new Date(now);
  if (Number.isNaN(time.getTime())) {
    throw new ConfigError(`--now ${now}: not a time`, { code: 'usage', hint: 'write 2026-01-31T09:00:00Z' });
  }
  return time.toISOString();
}
