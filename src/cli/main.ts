#!/usr/bin/env node
import { hideBin } from 'yargs/helpers';
import yargs from 'yargs';

import { ConfigError, describeSystemError, TagDatasetsError } from '../core/errors.ts';
import { suggestName } from '../lib/nearest.ts';
import { commandNames, loadCommands, subcommandNames } from './commands.ts';
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

async function main(): Promise<void> {
  const argv = hideBin(process.argv);
  const parser = yargs(argv)
    .scriptName('tag-datasets')
    .option('debug', { type: 'boolean', default: false, global: true, describe: 'Print stack traces' })
    .option('log-format', {
      choices: logFormats,
      default: 'text',
      global: true,
      describe: 'What stderr carries: text for people, or one JSON event a line',
    })
    .strict()
    .check((args) => refuseRepeats(args, parser) && refuseEmpty(args, parser))
    .exitProcess(false)
    .wrap(100)
    .version(packageVersion)
    .help()
    .epilogue(
      'Exit codes: 0 ok · 1 configuration or usage · 2 a check failed · 3 incomplete, run again to resume · 4 budget reached · 130 interrupted',
    )
    .fail((message, error, instance) => {
      if (error) throw error;
      const sentence = usageMessage(message, parser);
      if (isJsonLog()) throw new ConfigError(sentence, { code: 'usage' });
      instance.showHelp('error');
      process.stderr.write(`\n${sentence}\n`);
      process.exitCode = 1;
      throw new UsageShown();
    });
  for (const register of await loadCommands(argv)) register(parser);
  await parser.parseAsync();
}

/** yargs has printed what is wrong; nothing more to say. */
class UsageShown extends Error {}

function usageMessage(message: string, parser: object): string {
  const unknown = /^Unknown (?:argument|command)s?: (.+)$/.exec(message)?.[1];
  if (!unknown) return message;
  const known = [...commandNames, ...subcommandNames, ...optionsOf(parser).known];
  return unknown
    .split(', ')
    .map((name) => `unknown argument "${name}"; ${suggestName(name, known)}`)
    .join('\n');
}

/** Options of the command that was asked for, and those that take several values. The types of yargs leave out where they stand. */
function optionsOf(parser: object): { readonly known: string[]; readonly several: readonly string[] } {
  const { getOptions } = parser as { getOptions?: () => { key?: object; array?: string[] } };
  const { key = {}, array = [] } = getOptions?.call(parser) ?? {};
  return { known: Object.keys(key), several: array };
}

/** yargs makes a list of an option that stands twice; commands that want one value would take it for anything. */
function refuseRepeats(args: Readonly<Record<string, unknown>>, parser: object): true {
  const { known, several } = optionsOf(parser);
  const repeated = known.find((name) => Array.isArray(args[name]) && !several.includes(name));
  if (repeated === undefined) return true;
  throw new ConfigError(`--${repeated} is given more than once, and takes one value`, { code: 'usage' });
}

/** An option whose value was forgotten (or is that of a shell variable without one) must not pass for one that was not given. */
function refuseEmpty(args: Readonly<Record<string, unknown>>, parser: object): true {
  const isBlank = (value: unknown): boolean =>
    value === undefined || (typeof value === 'string' && value.trim() === '');
  // Of a number without a value yargs makes none, or 0.
  const isEmpty = (name: string): boolean =>
    process.argv.some((word) => word.trim() === `--${name}=`) ||
    (process.argv.includes(`--${name}`) && [args[name]].flat().some(isBlank));
  const empty = optionsOf(parser).known.find(isEmpty);
  if (empty === undefined) return true;
  throw new ConfigError(`--${empty}: no value`, { code: 'usage' });
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
// A promise that never settles lets Node leave with 0 as if all were well; whoever leaves with another code means it.
process.on('exit', (code) => {
  if (finished || code !== 0) return;
  process.stderr.write('unexpected end: the work was not finished\n');
  process.exitCode = 3;
});
main()
  .catch(report)
  .finally(() => {
    finished = true;
  });
