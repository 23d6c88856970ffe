import type { CommandModule } from 'yargs';

import { loadTaxonomy } from '../../../taggers/index.ts';
import { explainRow } from '../../run/plan/why.ts';
import { sanitize } from '../render/terminal.ts';

interface WhyArguments {
  row: string;
  run: string;
  json: boolean;
}

export const whyCommand: CommandModule<object, WhyArguments> = {
  command: 'why <row>',
  describe: 'Explain where a row came from and why it is in or out',
  builder: (yargs) =>
    yargs
      .positional('row', {
        type: 'string',
        demandOption: true,
        describe: 'A _row_key, or FILE:ROW counted from 0',
      })
      .option('run', { type: 'string', demandOption: true, describe: 'Run folder' })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 why --run runs/my a.jsonl:17', 'scores, cell, key, phases'),
  async handler(args) {
    const why = await explainRow({ run: args.run, row: args.row, taxonomy: await loadTaxonomy() });
    process.stdout.write(
      `${args.json ? JSON.stringify(why, null, 2) : why.lines.map(sanitize).join('\n')}\n`,
    );
  },
};
