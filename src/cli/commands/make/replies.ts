import { join } from 'node:path';
import type { CommandModule } from 'yargs';

import { loadTaxonomy, openTagger } from '../../../../taggers/index.ts';
import { ConfigError } from '../../../core/errors.ts';
import { readExemplars, readGaps, readLibrary } from '../../../run/make/replies-sources.ts';
import { repliesMaker } from '../../../run/make/replies.ts';
import { findConfig, loadTools, recipesFolder } from '../../tools.ts';
import { type MakeArguments, withMakeOptions } from './llm-options.ts';
import { runMakeCommand } from './run-make.ts';

interface RepliesArguments extends MakeArguments {
  'from-gaps'?: string;
  tagger: string;
  rounds: number;
}

export const repliesCommand: CommandModule<object, RepliesArguments> = {
  command: ['replies', '$0'],
  describe: 'Training rows that a gap list (plan/gaps.json) says are missing',
  builder: (yargs) =>
    withMakeOptions(yargs)
      .option('from-gaps', {
        type: 'string',
        describe: 'plan/gaps.json of a run, or its folder: persona × trait cells and how many rows they lack',
      })
      .option('tagger', {
        type: 'string',
        default: 'persona-v1',
        describe: 'Persona tagger that labels the rows, blind to what was asked for',
      })
      .option('rounds', {
        type: 'number',
        default: 4,
        describe: 'Rows that the taggers do not accept are made anew, so many rounds in all',
      })
      .example(
        '$0 make --from-gaps runs/my/plan/gaps.json --dry-run',
        'rows, tokens and cost before anything is sent',
      )
      .example(
        '$0 make --from-gaps runs/my/plan/gaps.json --profile openai --budget-usd 5 --price-prompt 0.15 --price-completion 0.6 --out runs/made',
        'then add {name: made, path: runs/made/replies.jsonl, synthetic: true} to the sources',
      ),
  async handler(args) {
    const path = args['from-gaps'];
    if (path === undefined) {
      throw new ConfigError('make: say what to make: --from-gaps FILE, or a subcommand', {
        code: 'usage',
        hint: 'tag-datasets make --help lists them',
      });
    }
    if (!Number.isInteger(args.rounds) || args.rounds < 1) {
      throw new ConfigError(`--rounds ${args.rounds}: not a whole number of at least 1`, { code: 'usage' });
    }
    const taxonomy = await loadTaxonomy();
    const tools = await loadTools({ persona: args.tagger, traits: 'traits-v1' }, taxonomy);
    const maker = repliesMaker({
      gaps: await readGaps(path, taxonomy),
      taxonomy,
      library: await readLibrary(findConfig(join('configs', 'replies.yaml'))),
      exemplars: await readExemplars(join(recipesFolder, 'samples')),
      rounds: args.rounds,
      taggers: {
        ids: [tools.personaTagger.id, tools.traitTagger.id],
        async open() {
          const persona = await openTagger(tools.personaTagger.folder, taxonomy);
          const traits = await openTagger(tools.traitTagger.folder, taxonomy);
          return {
            persona,
            traits,
            taxonomy,
            async [Symbol.asyncDispose]() {
              await traits[Symbol.asyncDispose]();
              await persona[Symbol.asyncDispose]();
            },
          };
        },
      },
    });
    await runMakeCommand(args, maker);
  },
};
