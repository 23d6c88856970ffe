import type { CommandModule } from 'yargs';

import { loadConfig } from '../../config/load.ts';
import { loadTaxonomy } from '../../../taggers/index.ts';
import { accurateTier } from '../../config/cascade-schema.ts';
import { renderText } from '../../report/text.ts';
import { dryRun } from '../../run/dry-run.ts';
import { runAll } from '../../run/run.ts';
import type { Prepared } from '../../run/scan/prepare.ts';
import { withProcess } from '../process.ts';
import { runSummary } from '../render/summary.ts';
import { defaultOut, findConfig, loadTools, setsOf } from '../tools.ts';

interface RunArguments {
  config: string;
  out?: string;
  set?: string[];
  commercial: boolean;
  workers?: number;
  limit?: number;
  fresh: boolean;
  'dry-run': boolean;
  offline: boolean;
  json: boolean;
}

export const runCommand: CommandModule<object, RunArguments> = {
  command: '$0',
  describe: 'Read, tag, balance, write shards and report; started again it resumes',
  builder: (yargs) =>
    yargs
      .option('config', {
        type: 'string',
        demandOption: true,
        describe: 'YAML configuration; docs/configuration.md lists every key',
      })
      .option('out', { type: 'string', describe: 'Run folder; default runs/<name of the configuration>' })
      .option('set', {
        type: 'string',
        array: true,
        describe: 'Override a key, e.g. --set balance.total=100000',
      })
      .option('workers', { type: 'number', describe: 'Worker threads; default one per core' })
      .option('limit', { type: 'number', describe: 'Read at most this many rows, for a trial' })
      .option('fresh', { type: 'boolean', default: false, describe: 'Empty the run folder first' })
      .option('dry-run', { type: 'boolean', default: false, describe: 'Validate, list the inputs and stop' })
      .option('offline', { type: 'boolean', default: false, describe: 'Use only what is on this machine' })
      .option('commercial', {
        type: 'boolean',
        default: false,
        describe: 'Refuse sources whose licence bars commercial use, or is unknown',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print the result as JSON' })
      .example('$0 --config configs/quickstart.yaml', 'the shipped samples, offline')
      .example(
        '$0 --config persona_training_config.yaml --set balance.total=200000 --workers 8',
        'a corpus of 200,000 rows',
      ),
  async handler(args) {
    const taxonomy = await loadTaxonomy();
    const loaded = await loadConfig({ path: findConfig(args.config), sets: setsOf(args), taxonomy });
    const tools = await loadTools(
      { ...loaded.config.taggers, accurate: accurateTier(loaded.config.cascade) },
      taxonomy,
    );
    const out = args.out ?? defaultOut(args.config);
    const params = { loaded, out, workers: args.workers, fresh: args.fresh, tools };
    await withProcess({ json: args.json, offline: args.offline }, async (effects) => {
      if (args['dry-run']) {
        const { sources } = await dryRun(params, effects);
        return effects.print(describeDryRun(params, sources));
      }
      const result = await runAll(params, effects);
      effects.print(
        args.json
          ? runSummary(result)
          : renderText(result.report, { width: effects.width, color: effects.color }),
      );
    });
  },
};

function describeDryRun(
  { loaded, tools, out }: Parameters<typeof dryRun>[0],
  sources: Prepared['sources'],
): string {
  const inputs = sources.map((source) => ({
    source: source.name,
    files: source.files.map((file) => ({ name: file.name, bytes: file.bytes })),
  }));
  return JSON.stringify(
    {
      config: loaded.config,
      inputs,
      taggers: [
        tools.personaTagger.id,
        ...(tools.accurateTagger ? [tools.accurateTagger.id] : []),
        tools.traitTagger.id,
      ],
      out,
    },
    null,
    2,
  );
}
