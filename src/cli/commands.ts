import type { Argv, CommandModule } from 'yargs';

import { ConfigError } from '../core/errors.ts';
import { suggestName } from '../lib/nearest.ts';

/** Adds a command to the parser. */
type Register = (parser: Argv) => void;

function adder<T>(command: CommandModule<object, T>): Register {
  return (parser) => void parser.command(command);
}

/** The command that stands without a name: `tag-datasets --config FILE`. */
const wholeRun = async (): Promise<Register> => adder((await import('./commands/run.ts')).runCommand);

/** Every command with its code behind an import, in the order of the help: one that is not asked for costs no start-up. */
const commands: Readonly<Record<string, () => Promise<Register>>> = {
  tag: async () => adder((await import('./commands/tag.ts')).tagCommand),
  plan: async () => adder((await import('./commands/plan.ts')).planCommand),
  eval: async () => adder((await import('./commands/eval.ts')).evalCommand),
  train: async () => adder((await import('./commands/train.ts')).trainCommand),
  why: async () => adder((await import('./commands/why.ts')).whyCommand),
  extract: async () => adder((await import('./commands/extract.ts')).extractCommand),
  verify: async () => adder((await import('./commands/verify.ts')).verifyCommand),
  check: async () => adder((await import('./commands/check.ts')).checkCommand),
  report: async () => adder((await import('./commands/report.ts')).reportCommand),
  fetch: async () => adder((await import('./commands/fetch.ts')).fetchCommand),
  make: async () => adder((await import('./commands/make.ts')).makeCommand),
  lora: async () => adder((await import('./commands/lora.ts')).loraCommand),
  push: async () => adder((await import('./commands/push.ts')).pushCommand),
  status: async () => adder((await import('./commands/status.ts')).statusCommand),
  bench: async () => adder((await import('./commands/bench.ts')).benchCommand),
  config: async () => adder((await import('./commands/config.ts')).configCommand),
  cards: async () => adder((await import('./commands/cards.ts')).cardsCommand),
};

export const commandNames: readonly string[] = Object.keys(commands);

/** Of `make`, `cards` and `lora`, for suggestions. */
export const subcommandNames: readonly string[] =
  'conversations annotate meetings personas prompts replies list import export validate diversity prep script'.split(
    ' ',
  );

/**
 * The commands that these arguments can mean: the one that they begin with; the whole run where they name none; all of them
 * where only the parser can tell, or the help lists them.
 * @throws ConfigError `command-unknown`
 */
export async function loadCommands(argv: readonly string[]): Promise<Register[]> {
  const first = argv[0] ?? '';
  const asked = commands[first];
  if (asked) return [await asked()];
  if (/^[a-z]/.test(first)) {
    throw new ConfigError(`unknown command "${first}"`, {
      code: 'command-unknown',
      hint: suggestName(first, commandNames),
    });
  }
  const isPlainRun = argv.includes('--config') && !argv.some((word) => word === '--help' || word in commands);
  if (isPlainRun) return [await wholeRun()];
  return await Promise.all([wholeRun(), ...Object.values(commands).map((load) => load())]);
}
