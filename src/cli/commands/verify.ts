import type { CommandModule } from 'yargs';

import { loadTaxonomy } from '../../../taggers/index.ts';
import { ValidationError } from '../../core/errors.ts';
import { inertJson } from '../../lib/inert-json.ts';
import { verifyRun } from '../../run/inspect/verify.ts';
import { sanitize } from '../render/terminal.ts';

interface VerifyArguments {
  run: string;
  json: boolean;
}

export const verifyCommand: CommandModule<object, VerifyArguments> = {
  command: 'verify',
  describe:
    'Recompute checksums, counts, margins and splits from the shards, check sidecars; exit 2 with findings',
  builder: (yargs) =>
    yargs
      .option('run', { type: 'string', demandOption: true, describe: 'Run folder' })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 verify --run runs/my', 'before you push or train'),
  async handler(args) {
    const result = await verifyRun({ run: args.run, taxonomy: await loadTaxonomy() });
    const text = [
      `${result.files} files, ${result.rows} rows`,
      ...result.findings.map((finding) => sanitize(`${finding.code}  ${finding.place}: ${finding.message}`)),
    ];
    process.stdout.write(`${args.json ? inertJson(JSON.stringify(result, null, 2)) : text.join('\n')}\n`);
    if (result.findings.length > 0) {
      throw new ValidationError(`${result.findings.length} findings`, {
        code: 'verify-failed',
        hint: 'run tag-datasets again on that folder; it makes anew what was changed',
      });
    }
  },
};
