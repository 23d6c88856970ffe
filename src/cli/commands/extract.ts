import { availableParallelism } from 'node:os';
import type { CommandModule } from 'yargs';

import { describeEncoder, loadTaxonomy } from '../../../taggers/index.ts';
import { ConfigError } from '../../core/errors.ts';
import { createContext } from '../../run/context.ts';
import { type ExtractMode, extractModes, extractPersonas } from '../../run/extract/extract.ts';
import { withProcess } from '../process.ts';
import { renderExtract } from '../render/extract.ts';
import { configsFolder, loadTools } from '../tools.ts';

interface ExtractArguments {
  export: string;
  out: string;
  clusters: number | undefined;
  mode: ExtractMode;
  branches: 'active' | 'all';
  refresh: boolean;
  seed: number;
  encoder: string;
  workers: number;
  json: boolean;
}

const fewestClusters = 2;
const mostClusters = 8;

export const extractCommand: CommandModule<object, ExtractArguments> = {
  command: 'extract <export>',
  describe: 'Find the personas in your own chat export (ChatGPT or Claude), on this machine alone',
  builder: (yargs) =>
    yargs
      .positional('export', {
        type: 'string',
        demandOption: true,
        describe: 'conversations.json (or .jsonl), the ZIP of the export, or the folder it was unpacked to',
      })
      .option('out', {
        type: 'string',
        default: 'personas',
        describe: 'Folder for messages, clusters, prompts, cards and the report',
      })
      .option('clusters', {
        type: 'number',
        describe: `This many personas, ${fewestClusters} to ${mostClusters} (default: 3 to 6, as the messages fall apart)`,
      })
      .option('mode', {
        choices: extractModes,
        default: '16GB' as const,
        describe: 'Memory of the machine: clusters are fitted on 2,000 or 5,000 messages',
      })
      .option('branches', {
        choices: ['active', 'all'] as const,
        default: 'active' as const,
        describe: 'all: also messages on branches that were edited away',
      })
      .option('refresh', { type: 'boolean', default: false, describe: 'Compute every stage anew' })
      .option('seed', { type: 'number', default: 42, describe: 'Decides samples, starts and the map' })
      .option('encoder', {
        type: 'string',
        default: 'minilm-v1',
        describe: 'Transformer tagger whose sentence encoder reads the messages',
      })
      .option('workers', { type: 'number', default: availableParallelism(), describe: 'Worker threads' })
      .option('json', { type: 'boolean', default: false, describe: 'Print the result as JSON' })
      .example('$0 extract export.zip', 'then read personas/report.html and personas/cards/')
      .example('$0 extract conversations.json --clusters 5 --out mine', 'five personas, in mine/')
      .example('$0 cards import personas/cards', 'keep the cards after you changed them')
      .epilogue(
        'Nothing is sent anywhere. Stages that are done are reused; cards you changed are kept (as <name>.edited when made anew).',
      ),
  async handler(args) {
    checkNumbers(args);
    const taxonomy = await loadTaxonomy();
    const tools = await loadTools({ persona: args.encoder, traits: 'traits-v1' }, taxonomy);
    const encoder = await describeEncoder(tools.personaTagger.folder, taxonomy);
    await withProcess({ json: args.json }, async (effects) => {
      const { out, mode, branches, refresh, seed, workers } = args;
      const result = await extractPersonas(
        {
          path: args.export,
          out,
          clusters: args.clusters ?? null,
          mode,
          branches,
          refresh,
          seed,
          workers,
          tools,
          encoder,
          configs: configsFolder,
        },
        createContext(effects),
      );
      effects.print(args.json ? JSON.stringify(result, null, 2) : renderExtract(result, out));
    });
  },
};

function checkNumbers({ clusters, seed, workers }: ExtractArguments): void {
  const isWhole = clusters === undefined || Number.isInteger(clusters);
  if (!isWhole || (clusters !== undefined && (clusters < fewestClusters || clusters > mostClusters))) {
    throw new ConfigError(
      `--clusters ${clusters}: not a whole number from ${fewestClusters} to ${mostClusters}`,
      {
        code: 'clusters-invalid',
        hint: 'leave it out to have the number chosen',
      },
    );
  }
  if (!Number.isSafeInteger(seed)) {
    throw new ConfigError(`--seed ${seed}: not a whole number`, { code: 'seed-invalid' });
  }
  if (!Number.isInteger(workers) || workers < 1) {
    throw new ConfigError(`--workers ${workers}: not a whole number above 0`, { code: 'workers-invalid' });
  }
}
