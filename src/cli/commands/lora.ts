import type { CommandModule } from 'yargs';

import { loraCheckCommand } from './lora/check.ts';
import { loraPrepCommand } from './lora/prep.ts';
import { loraScriptCommand } from './lora/script.ts';

/** A LoRA adapter per persona: data, checks, scripts; one file per step in lora/. */
export const loraCommand: CommandModule = {
  command: 'lora',
  describe: 'Training data, checks and scripts for a LoRA adapter per persona',
  builder: (yargs) =>
    yargs
      .command(loraPrepCommand)
      .command(loraCheckCommand)
      .command(loraScriptCommand)
      .demandCommand(1, 'name one of: prep, check, script')
      .epilogue(
        'From a chat export to an adapter: extract, lora prep, lora check, lora script, then the script.',
      ),
  handler() {},
};
