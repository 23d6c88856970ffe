import type { CommandModule } from 'yargs';

import { meetingsCommand } from './make/meetings.ts';
import { personasCommand } from './make/personas.ts';
import { promptsCommand } from './make/prompts.ts';
import { annotateCommand } from './make/annotate.ts';
import { conversationsCommand } from './make/conversations.ts';
import { repliesCommand } from './make/replies.ts';

/** Rows, cards and prompts made by a language model or a grammar; one file per subcommand in make/. */
export const makeCommand: CommandModule = {
  command: 'make',
  describe: 'Make rows that are missing: with any OpenAI-compatible model, a local one, or offline',
  builder: (yargs) =>
    yargs
      .command(meetingsCommand)
      .command(personasCommand)
      .command(promptsCommand)
      .command(conversationsCommand)
      .command(annotateCommand)
      .command(repliesCommand)
      .epilogue(
        'Every subcommand keeps all replies in its --out: started again it asks only what is missing. Keys come from the environment only.',
      ),
  handler() {},
};
