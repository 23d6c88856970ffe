import { join } from 'node:path';
import type { CommandModule } from 'yargs';

import { ConfigError } from '../../../core/errors.ts';
import { modeChoices, type ModeChoice } from '../../../run/lora/choices.ts';
import { fileStem } from '../../../run/lora/open-source.ts';
import { type ScriptKind, scriptKinds, type ScriptSubject, writeScripts } from '../../../run/lora/script.ts';
import { withProcess } from '../../process.ts';
import { renderScripts } from '../../render/lora.ts';
import { checkSeed } from './check-seed.ts';

interface ScriptArguments {
  persona?: string;
  data: string;
  run?: string;
  adapter?: string;
  kind?: ScriptKind[];
  mode: ModeChoice;
  'base-model'?: string;
  out: string;
  seed: number;
  json: boolean;
}

export const loraScriptCommand: CommandModule<object, ScriptArguments> = {
  command: 'script',
  describe: 'Training scripts for unsloth, TRL with PEFT, and axolotl, filled in',
  builder: (yargs) =>
    yargs
      .option('persona', { type: 'string', describe: 'Any persona or card; its files lie in --data' })
      .option('data', { type: 'string', default: 'lora_training', describe: 'Folder of lora prep' })
      .option('run', { type: 'string', describe: 'Folder of a finished run, instead of --data' })
      .option('adapter', {
        type: 'string',
        describe: 'Adapter group of --run; its rank and modules are taken',
      })
      .option('kind', { choices: scriptKinds, array: true, describe: 'Only these; default: all three' })
      .option('mode', {
        choices: modeChoices,
        default: '16GB' as const,
        describe: 'Rank, batch and sequence',
      })
      .option('base-model', { type: 'string', describe: 'Model on the Hub, or a folder' })
      .option('out', {
        type: 'string',
        default: '.',
        describe: 'Folder of the scripts; they can be moved with their data',
      })
      .option('seed', { type: 'number', default: 42, describe: 'Seed of the training' })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 lora script --persona architect --data runs/extract/lora_training', 'three scripts here')
      .example(
        '$0 lora script --run runs/mine --adapter tech_expert --mode 24GB --kind trl',
        'an adapter group',
      )
      .example('python train_architect_trl.py --tiny --max-steps 10', 'dry run of a script'),
  async handler(args) {
    const subject = subjectOf(args);
    checkSeed(args.seed);
    await withProcess({ json: args.json }, async (effects) => {
      const result = await writeScripts({
        subject,
        kinds: args.kind ?? scriptKinds,
        mode: args.mode,
        baseModel: args['base-model'] ?? null,
        out: args.out,
        seed: args.seed,
      });
      effects.print(args.json ? JSON.stringify(result, null, 2) : renderScripts(result));
    });
  },
};

function subjectOf({ persona, data, run, adapter }: ScriptArguments): ScriptSubject {
  if (run !== undefined && adapter !== undefined) return { kind: 'adapter', name: adapter, run };
  if (run === undefined && adapter === undefined && persona !== undefined) {
    return { kind: 'persona', name: fileStem(persona), data: join(data) };
  }
  throw new ConfigError('lora script: name --persona with --data, or --run with --adapter', {
    code: 'usage',
  });
}
