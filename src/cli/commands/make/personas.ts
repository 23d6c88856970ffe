import type { CommandModule } from 'yargs';

import { ConfigError } from '../../../core/errors.ts';
import { type PersonaMode, personasMaker } from '../../../run/make/personas.ts';
import { loadCardTools } from '../../tools.ts';
import { type MakeArguments, withMakeOptions } from './llm-options.ts';
import { runMakeCommand } from './run-make.ts';

const modes = ['assess', 'learn', 'try'] as const;

interface PersonasArguments extends MakeArguments {
  template: string;
  count: number;
  mode: (typeof modes)[number];
  'persona-type'?: string;
  gender?: string;
  prompt?: string;
  variation: number;
  locale: string;
  categories?: string;
  locales?: string;
}

export const personasCommand: CommandModule<object, PersonasArguments> = {
  command: 'personas',
  describe: 'Training personas of a scenario: the model picks detail categories and fills them',
  builder: (yargs) =>
    withMakeOptions(yargs)
      .option('template', {
        type: 'string',
        demandOption: true,
        describe: 'Scenario: a name in configs/scenarios (pharma_sales, …) or a YAML or JSON file',
      })
      .option('count', { type: 'number', default: 1, describe: 'Personas to make' })
      .option('mode', {
        choices: modes,
        default: modes[0],
        describe: 'Persona of which mode of the scenario',
      })
      .option('persona-type', { type: 'string', describe: "One of the scenario's persona types" })
      .option('gender', { type: 'string', describe: 'Gender of all of them; drawn when left out' })
      .option('prompt', { type: 'string', describe: 'Instructions of your own for the details' })
      .option('variation', {
        type: 'number',
        default: 0,
        describe:
          'Number of the first one: 0 is the person that the scenario names, each other number another one',
      })
      .option('locale', {
        type: 'string',
        default: 'en-IN',
        describe: 'Names, places and money of configs/locales.yaml',
      })
      .option('locales', { type: 'string', describe: 'A file of locales of your own' })
      .option('categories', { type: 'string', describe: 'A file of detail categories of your own' })
      .example('$0 make personas --template pharma_sales --count 5', 'offline, from a grammar')
      .example(
        '$0 make personas --template my.yaml --profile ollama --model llama3.2 --count 20',
        'your scenario, your endpoint',
      ),
  async handler(args) {
    for (const name of ['count', 'variation'] as const) {
      if (Number.isInteger(args[name]) && args[name] >= (name === 'count' ? 1 : 0)) continue;
      throw new ConfigError(`--${name} ${args[name]}: not a whole number that makes sense`, {
        code: 'usage',
      });
    }
    const mode: PersonaMode = `${args.mode}_mode`;
    const maker = await personasMaker(
      {
        template: args.template,
        mode,
        count: args.count,
        personaType: args['persona-type'] ?? null,
        gender: args.gender ?? null,
        prompt: args.prompt ?? null,
        variation: args.variation,
        locale: args.locale,
        categories: args.categories ?? null,
        locales: args.locales ?? null,
      },
      await loadCardTools(),
    );
    await runMakeCommand(args, maker);
  },
};
