#!/usr/bin/env node
import { hideBin } from 'yargs/helpers';
import yargs from 'yargs';

import { ConfigError, describeSystemError, TagDatasetsError } from '../core/errors.ts';
import { suggestName } from '../lib/nearest.ts';
import { benchCommand } from './commands/bench.ts';
import { checkCommand } from './commands/check.ts';
import { cardsCommand } from './commands/cards.ts';
import { configCommand } from './commands/config.ts';
import { evalCommand } from './commands/eval.ts';
import { extractCommand } from './commands/extract.ts';
import { fetchCommand } from './commands/fetch.ts';
import { reportCommand } from './commands/report.ts';
import { loraCommand } from './commands/lora.ts';
import { makeCommand } from './commands/make.ts';
import { planCommand } from './commands/plan.ts';
import { pushCommand } from './commands/push.ts';
import { runCommand } from './commands/run.ts';
import { statusCommand } from './commands/status.ts';
import { trainCommand } from './commands/train.ts';
import { verifyCommand } from './commands/verify.ts';
import { whyCommand } from './commands/why.ts';
import { tagCommand } from './commands/tag.ts';
import { askedLogFormat, logFormats, logLine } from './log-format.ts';
import { sanitize } from './render/terminal.ts';
import { packageVersion } from './tools.ts';

/** The process edge: arguments, signals, exit codes. Commands parse nothing and exit nowhere else. */
const exitCodes: Readonly<Record<string, number>> = {
  ConfigError: 1,
  ValidationError: 2,
  RetryableError: 3,
  FatalError: 3,
  BudgetError: 4,
  InterruptedError: 130,
};

const optionNames = [
  'config',
  'out',
  'set',
  'workers',
  'limit',
  'fresh',
  'dry-run',
  'offline',
  'json',
  'tagger',
  'traits',
  'threshold',
  'data',
  'clusters',
  'mode',
  'branches',
  'refresh',
  'against',
  'among',
  'encoder',
  'precision',
  'explain',
  'run',
  'repo',
  'private',
  'commercial',
  'projection',
  'compare',
  'rows',
  'schema',
  'debug',
  'log-format',
  'format',
  'seed',
  'now',
  'provider',
  'profile',
  'model',
  'base-url',
  'key-env',
  'concurrency',
  'rpm',
  'tpm',
  'budget-usd',
  'preview',
  'best-of',
  'attempts',
  'recording',
  'from-gaps',
  'rounds',
  'persona',
  'tier',
  'all',
  'held-out',
  'count',
  'batch-size',
  'redraws',
  'start-date',
  'time-zone',
  'output-dir',
  'from',
  'adapter',
  'card',
  'target',
  'level',
  'tokenizer',
  'allow-remote',
  'check-only',
  'python',
  'kind',
  'base-model',
  'template',
  'persona-type',
  'gender',
  'prompt',
  'variation',
  'locale',
  'locales',
  'categories',
  'real',
  'cards',
  'scenarios',
  'personas',
  'measures',
  'control',
  'cross',
  'answers',
  'validate-only',
  'file',
  'speaker',
  'gate',
  'review',
  'labels',
];
const commandNames = [
  'tag',
  'plan',
  'why',
  'verify',
  'eval',
  'train',
  'extract',
  'report',
  'fetch',
  'make',
  'conversations',
  'annotate',
  'meetings',
  'push',
  'status',
  'bench',
  'config',
  'cards',
  'list',
  'import',
  'export',
  'validate',
  'diversity',
  'prompts',
  'personas',
  'lora',
  'prep',
  'check',
  'script',
];

async function main(): Promise<void> {
  const parser = yargs(hideBin(process.argv))
    .scriptName('tag-datasets')
    .command(runCommand)
    .command(tagCommand)
    .command(planCommand)
    .command(evalCommand)
    .command(trainCommand)
    .command(whyCommand)
    .command(extractCommand)
    .command(verifyCommand)
    .command(checkCommand)
    .command(reportCommand)
    .command(fetchCommand)
    .command(makeCommand)
    .command(loraCommand)
    .command(pushCommand)
    .command(statusCommand)
    .command(benchCommand)
    .command(configCommand)
    .command(cardsCommand)
    .option('debug', { type: 'boolean', default: false, global: true, describe: 'Print stack traces' })
    .option('log-format', {
      choices: logFormats,
      default: 'text',
      global: true,
      describe: 'What stderr carries: text for people, or one JSON event a line',
    })
    .strict()
    .exitProcess(false)
    .wrap(100)
    .version(packageVersion)
    .help()
    .epilogue(
      'Exit codes: 0 ok · 1 configuration or usage · 2 a check failed · 3 incomplete, run again to resume · 4 budget reached · 130 interrupted',
    )
    .fail((message, error, instance) => {
      if (error) throw error;
      if (isJsonLog()) throw new ConfigError(usageMessage(message), { code: 'usage' });
      instance.showHelp('error');
      process.stderr.write(`\n${usageMessage(message)}\n`);
      process.exitCode = 1;
      throw new UsageShown();
    });
  await parser.parseAsync();
}

/** yargs has printed what is wrong; nothing more to say. */
class UsageShown extends Error {}

function usageMessage(message: string): string {
  const unknown = /^Unknown (?:argument|command)s?: (.+)$/.exec(message)?.[1];
  if (!unknown) return message;
  const names = unknown.split(', ');
  return names
    .map((name) => `unknown argument "${name}"; ${suggestName(name, [...commandNames, ...optionNames])}`)
    .join('\n');
}

/** Our own line breaks stay; what came from data is made harmless. */
function lines(message: string): string {
  return message.split('\n').map(sanitize).join('\n');
}

function isJsonLog(): boolean {
  return askedLogFormat(process.argv) === 'json';
}

function report(error: unknown): void {
  if (error instanceof UsageShown) return;
  const failure = describeFailure(error);
  process.exitCode = failure.exitCode;
  const stack = process.argv.includes('--debug') && error instanceof Error ? (error.stack ?? null) : null;
  if (isJsonLog()) {
    const { code, message, hint, exitCode } = failure;
    process.stderr.write(
      `${logLine('error', { code, message, hint, exit_code: exitCode, ...(stack === null ? {} : { stack }) })}\n`,
    );
    return;
  }
  process.stderr.write(`${lines(failure.message)}\n${failure.hint ? `→ ${sanitize(failure.hint)}\n` : ''}`);
  if (stack !== null) process.stderr.write(`${lines(stack)}\n`);
}

function describeFailure(error: unknown): {
  code: string;
  message: string;
  hint: string | null;
  exitCode: number;
} {
  if (error instanceof TagDatasetsError) {
    const { code, message, hint = null } = error;
    return { code, message, hint, exitCode: exitCodes[error.name] ?? 3 };
  }
  const system = describeSystemError(error);
  if (system) return { ...system, exitCode: 3 };
  return {
    code: 'unexpected',
    message: `unexpected error: ${error instanceof Error ? error.message : String(error)}`,
    hint: 'this is a bug; run again with --debug and report the trace',
    exitCode: 3,
  };
}

let finished = false;
// A promise that never settles lets Node leave with 0 as if all were well.
process.on('exit', () => {
  if (finished) return;
  process.stderr.write('unexpected end: the work was not finished\n');
  process.exitCode = 3;
});
main()
  .catch(report)
  .finally(() => {
    finished = true;
  });
