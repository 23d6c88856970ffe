import type { CommandModule } from 'yargs';

import { loadTaxonomy } from '../../../taggers/index.ts';
import { ConfigError } from '../../core/errors.ts';
import { pushRun } from '../../run/hub/push.ts';
import { checkBeforePush, pushFile } from '../../run/hub/push-file.ts';
import type { CheckOptions } from '../../run/check/check-kind.ts';
import { type CommandEffects, withProcess } from '../process.ts';
import { pushSummary, renderPush } from '../render/push.ts';
import { renderCheck } from '../render/check.ts';
import { configsFolder, findConfig } from '../tools.ts';

interface PushArguments {
  run?: string;
  file?: string;
  repo?: string;
  cards: string[];
  scenarios: string;
  private: boolean;
  'dry-run': boolean;
  'validate-only': boolean;
  json: boolean;
}

export const pushCommand: CommandModule<object, PushArguments> = {
  command: 'push',
  describe: 'Put the dataset of a finished run, or a file that make wrote, on the Hugging Face Hub',
  builder: (yargs) =>
    yargs
      .option('run', { type: 'string', describe: 'Run folder' })
      .option('file', {
        type: 'string',
        describe: 'One made file, such as training_conversations.json; checked first',
      })
      .option('repo', { type: 'string', describe: 'Dataset on the Hub: owner/name' })
      .option('private', { type: 'boolean', default: false, describe: 'Only where the owner can read it' })
      .option('dry-run', { type: 'boolean', default: false, describe: 'Say what would change and stop' })
      .option('validate-only', {
        type: 'boolean',
        default: false,
        describe: 'With --file: check it and stop; exit 0, or 2 with findings',
      })
      .option('cards', {
        type: 'string',
        array: true,
        default: ['configs/cards/coffee-shop'],
        describe: 'With --file: cards that it is checked against',
      })
      .option('scenarios', {
        type: 'string',
        default: 'configs/scenarios/coffee-shop.yaml',
        describe: 'With --file: scenarios that it is checked against',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .conflicts('run', 'file')
      .example('$0 push --run runs/my --repo me/my-corpus --private', 'HF_TOKEN carries the token')
      .example('$0 push --run runs/my --repo me/my-corpus --dry-run', 'what would be uploaded and removed')
      .example(
        '$0 push --file made/training_conversations.json --repo me/talks',
        'refused where check finds an error',
      )
      .epilogue(
        'Files that the repository has are not sent again; a push that was cut off leaves the old revision, and goes on when started again.',
      ),
  async handler(args) {
    const { run, file, repo } = args;
    if (run === undefined && file === undefined) throw missing('--run or --file', 'what to push');
    if (repo === undefined && !args['validate-only'])
      throw missing('--repo', 'a dataset on the Hub: owner/name');
    if (args['validate-only'] && file === undefined) throw missing('--file', 'the file to check');
    await withProcess({ json: args.json }, async (effects) => {
      if (file === undefined) await pushWhole({ ...args, run: run ?? '', repo: repo ?? '' }, effects);
      else await pushOne({ ...args, file }, effects);
    });
  },
};

async function pushWhole(
  args: PushArguments & { readonly run: string; readonly repo: string },
  effects: CommandEffects,
): Promise<void> {
  const isTrial = args['dry-run'];
  const { run, repo } = args;
  const result = await pushRun({ run, repo, isPrivate: args.private, isTrial }, effects);
  effects.print(args.json ? pushSummary(result, isTrial) : renderPush(result, isTrial));
}

async function pushOne(
  args: PushArguments & { readonly file: string },
  effects: CommandEffects,
): Promise<void> {
  const options: CheckOptions = {
    real: null,
    cards: args.cards.map(findConfig),
    scenarios: findConfig(args.scenarios),
    taxonomy: await loadTaxonomy(),
    configsFolder,
    measures: false,
    embed: null,
    signal: effects.signal,
  };
  if (args['validate-only']) {
    const checked = await checkBeforePush(args.file, options);
    effects.print(args.json ? JSON.stringify(checked, null, 2) : renderCheck(checked));
    return;
  }
  const isTrial = args['dry-run'];
  const { file, repo = '' } = args;
  const result = await pushFile({ file, repo, isPrivate: args.private, isTrial }, options, effects);
  effects.print(args.json ? pushSummary(result, isTrial) : renderPush(result, isTrial));
}

function missing(option: string, what: string): ConfigError {
  return new ConfigError(`push needs ${option}: ${what}`, {
    code: 'usage',
    hint: 'tag-datasets push --help has examples',
  });
}
