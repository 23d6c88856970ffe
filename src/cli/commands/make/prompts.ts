import type { CommandModule } from 'yargs';

import { promptsMaker } from '../../../run/make/prompts.ts';
import { findConfig, loadCardTools } from '../../tools.ts';
import { type MakeArguments, withMakeOptions } from './llm-options.ts';
import { runMakeCommand } from './run-make.ts';

interface PromptsArguments extends MakeArguments {
  card: string[];
}

export const promptsCommand: CommandModule<object, PromptsArguments> = {
  command: 'prompts',
  describe: 'System prompts of cards at three levels; the full one by the model, rendered where it fails',
  builder: (yargs) =>
    withMakeOptions(yargs)
      .option('card', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'Card files or folders; what is not here is looked up in the package',
      })
      .example('$0 make prompts --card runs/personas/cards', 'of the personas just made'),
  async handler(args) {
    const maker = await promptsMaker({ cards: args.card.map(findConfig) }, await loadCardTools());
    await runMakeCommand(args, maker);
  },
};
