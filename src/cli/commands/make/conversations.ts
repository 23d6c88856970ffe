import type { CommandModule } from 'yargs';

import { loadTaxonomy } from '../../../../taggers/index.ts';
import { conversationsMaker } from '../../../run/make/conversations.ts';
import { readGrammar, readScenarioSet } from '../../../run/make/read-scenarios.ts';
import { listCards } from '../../../run/cards/card-files.ts';
import { askedLogFormat, logLine } from '../../log-format.ts';
import { sanitize } from '../../render/terminal.ts';
import { configsFolder, findConfig } from '../../tools.ts';
import { type MakeArguments, withMakeOptions } from './llm-options.ts';
import { runMakeCommand } from './run-make.ts';

const levels = ['minimal', 'standard', 'full', 'mixed'] as const;

interface ConversationsArguments extends MakeArguments {
  cards: string[];
  scenarios: string;
  personas?: number;
  level: (typeof levels)[number];
}

export const conversationsCommand: CommandModule<object, ConversationsArguments> = {
  command: 'conversations',
  describe: 'Every persona in every scenario: conversations that keep to their personas',
  builder: (yargs) =>
    withMakeOptions(yargs)
      .option('cards', {
        type: 'string',
        array: true,
        default: ['configs/cards/coffee-shop'],
        describe: 'Cards of the personas, in order',
      })
      .option('scenarios', {
        type: 'string',
        default: 'configs/scenarios/coffee-shop.yaml',
        describe: 'Scenarios, situations and words of the domain',
      })
      .option('personas', { type: 'number', describe: 'Only the first so many, as a trial' })
      .option('level', {
        choices: levels,
        default: 'standard' as const,
        describe: 'How much the system prompts say; mixed: a third each',
      })
      .example('$0 make conversations --personas 5 --out made/', 'fifty conversations as a trial, offline')
      .example(
        '$0 make conversations --out made/ --profile vllm --model my-model',
        'all of them by a model at an endpoint (configs/llm.yaml)',
      )
      .example('$0 check made/', 'every rule, and how consistent and varied they are'),
  async handler(args) {
    const path = findConfig(args.scenarios);
    const taxonomy = await loadTaxonomy();
    const set = await readScenarioSet(path);
    const loaded = await listCards(args.cards.map(findConfig), {
      taxonomy,
      configsFolder,
    });
    const maker = conversationsMaker({
      cards: loaded.map(({ card }) => card),
      set,
      grammar: await readGrammar(path, set),
      personas: args.personas ?? null,
      level: args.level,
      ...(args['dry-run'] ? {} : { onMade: tellProgress }),
    });
    await runMakeCommand(args, maker);
  },
};

/** One line a conversation on stderr, whatever else is shown there. */
function tellProgress(line: string): void {
  const isJson = askedLogFormat(process.argv) === 'json';
  const clear = process.stderr.isTTY ? '\r\u001B[K' : '';
  process.stderr.write(
    isJson ? `${logLine('conversation', { message: line })}\n` : `${clear}${sanitize(line)}\n`,
  );
}
