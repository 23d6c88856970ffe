import type { CommandModule } from 'yargs';

import { inertJson } from '../../lib/inert-json.ts';
import { readStatus } from '../../run/inspect/status.ts';
import { renderStatus } from '../render/status.ts';

interface StatusArguments {
  run: string;
  json: boolean;
}

export const statusCommand: CommandModule<object, StatusArguments> = {
  command: 'status',
  describe: 'Say what of a run is done, running or failed, and how long it takes still',
  builder: (yargs) =>
    yargs
      .option('run', { type: 'string', demandOption: true, describe: 'Run folder' })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 status --run runs/my', 'from another terminal, or after the run died')
      .example('watch -n 5 $0 status --run runs/my', 'to follow it'),
  async handler(args) {
    const status = await readStatus(args.run, Date.now());
    process.stdout.write(
      `${args.json ? inertJson(JSON.stringify(status, null, 2)) : renderStatus(status)}\n`,
    );
  },
};
