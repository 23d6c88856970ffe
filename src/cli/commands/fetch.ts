import type { CommandModule } from 'yargs';

import { loadTaxonomy } from '../../../taggers/index.ts';
import { accurateTier } from '../../config/cascade-schema.ts';
import { loadConfig } from '../../config/load.ts';
import { createContext } from '../../run/context.ts';
import { fetchSources } from '../../run/hub/fetch-sources.ts';
import { withProcess } from '../process.ts';
import { fetchSummary, renderFetch } from '../render/fetch.ts';
import { findConfig, loadTools, setsOf } from '../tools.ts';

interface FetchArguments {
  config: string;
  set?: string[];
  commercial: boolean;
  json: boolean;
}

export const fetchCommand: CommandModule<object, FetchArguments> = {
  command: 'fetch',
  describe: 'Put the Hub datasets and taggers of a configuration into the local cache, for --offline',
  builder: (yargs) =>
    yargs
      .option('config', { type: 'string', demandOption: true, describe: 'YAML configuration' })
      .option('set', { type: 'string', array: true, describe: 'Override a key' })
      .option('commercial', {
        type: 'boolean',
        default: false,
        describe: 'Refuse sources whose licence bars commercial use, or is unknown',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 fetch --config my.yaml', 'then: $0 --config my.yaml --offline')
      .epilogue(
        'Finished files are not fetched again; one that was cut off goes on where it stopped. The cache is that of huggingface_hub (HF_HOME).',
      ),
  async handler(args) {
    const taxonomy = await loadTaxonomy();
    const { config } = await loadConfig({ path: findConfig(args.config), sets: setsOf(args), taxonomy });
    const { recipesFolder } = await loadTools(
      { ...config.taggers, accurate: accurateTier(config.cascade) },
      taxonomy,
    );
    await withProcess({ json: args.json }, async (effects) => {
      const fetched = await fetchSources({ config, recipesFolder }, effects, createContext(effects));
      effects.print(args.json ? fetchSummary(fetched) : renderFetch(fetched));
    });
  },
};
