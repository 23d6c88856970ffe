import type { CommandModule } from 'yargs';

import { configJsonSchema, configReference } from '../../config/explain.ts';
import { loadConfig } from '../../config/load.ts';
import { loadTaxonomy } from '../../../taggers/index.ts';
import { findConfig } from '../tools.ts';

interface ConfigArguments {
  config?: string;
  set?: string[];
  schema: boolean;
}

export const configCommand: CommandModule<object, ConfigArguments> = {
  command: 'config',
  describe: 'Print every configuration key, the JSON schema, or a configuration with its defaults',
  builder: (yargs) =>
    yargs
      .option('config', { type: 'string', describe: 'Print this configuration with all defaults filled in' })
      .option('set', { type: 'string', array: true, describe: 'Override a key' })
      .option('schema', { type: 'boolean', default: false, describe: 'Print the JSON schema for editors' })
      .example('$0 config', 'the reference')
      .example('$0 config --config my.yaml', 'what a run would use'),
  async handler(args) {
    if (args.config !== undefined) {
      const loaded = await loadConfig({
        path: findConfig(args.config),
        sets: args.set ?? [],
        taxonomy: await loadTaxonomy(),
      });
      process.stdout.write(`${JSON.stringify(loaded.config, null, 2)}\n`);
    } else {
      process.stdout.write(
        args.schema ? `${JSON.stringify(configJsonSchema(), null, 2)}\n` : configReference(),
      );
    }
  },
};
