import type { CommandModule } from 'yargs';

import { pushRun } from '../../run/hub/push.ts';
import { withProcess } from '../process.ts';
import { pushSummary, renderPush } from '../render/push.ts';

interface PushArguments {
  run: string;
  repo: string;
  private: boolean;
  'dry-run': boolean;
  json: boolean;
}

export const pushCommand: CommandModule<object, PushArguments> = {
  command: 'push',
  describe: 'Put the dataset of a finished run on the Hugging Face Hub, in one commit',
  builder: (yargs) =>
    yargs
      .option('run', { type: 'string', demandOption: true, describe: 'Run folder' })
      .option('repo', { type: 'string', demandOption: true, describe: 'Dataset on the Hub: owner/name' })
      .option('private', { type: 'boolean', default: false, describe: 'Only where the owner can read it' })
      .option('dry-run', { type: 'boolean', default: false, describe: 'Say what would change and stop' })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 push --run runs/my --repo me/my-corpus --private', 'HF_TOKEN carries the token')
      .example('$0 push --run runs/my --repo me/my-corpus --dry-run', 'what would be uploaded and removed')
      .epilogue(
        'Files that the repository has are not sent again; a push that was cut off leaves the old revision, and goes on when started again.',
      ),
  async handler(args) {
    await withProcess({ json: args.json }, async (effects) => {
      const { run, repo } = args;
      const isTrial = args['dry-run'];
      const result = await pushRun({ run, repo, isPrivate: args.private, isTrial }, effects);
      effects.print(args.json ? pushSummary(result, isTrial) : renderPush(result, isTrial));
    });
  },
};
