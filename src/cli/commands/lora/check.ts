import type { CommandModule } from 'yargs';

import { ConfigError, ValidationError } from '../../../core/errors.ts';
import { checkLora } from '../../../run/lora/check.ts';
import { modeChoices, type ModeChoice } from '../../../run/lora/choices.ts';
import { openTextCounter } from '../../../run/lora/text-counter.ts';
import { withProcess } from '../../process.ts';
import { renderLoraCheck } from '../../render/lora.ts';

interface CheckArguments {
  path?: string;
  persona?: string[];
  mode: ModeChoice;
  tokenizer?: string;
  python: string;
  'check-only': boolean;
  json: boolean;
}

export const loraCheckCommand: CommandModule<object, CheckArguments> = {
  command: 'check [path]',
  describe: 'Are the training files fit, and is everything installed; exit 2 with findings',
  builder: (yargs) =>
    yargs
      .positional('path', { type: 'string', describe: 'Folder of lora prep, or one of its files' })
      .option('persona', { type: 'string', array: true, describe: 'Only files of these' })
      .option('mode', {
        choices: modeChoices,
        default: '16GB' as const,
        describe: 'The mode they are trained in',
      })
      .option('tokenizer', { type: 'string', describe: 'tokenizer.json that counts tokens; else estimated' })
      .option('python', { type: 'string', default: 'python3', describe: 'Python that will train' })
      .option('check-only', {
        type: 'boolean',
        default: false,
        describe: 'Dependencies alone: python, torch, transformers, peft, trl, unsloth, bitsandbytes, CUDA',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example(
        '$0 lora check runs/extract/lora_training',
        'roles, placeholders, personal data, lengths, leakage',
      )
      .example('$0 lora check --check-only --python venv/bin/python', 'only what is installed'),
  async handler(args) {
    if (args.path === undefined && !args['check-only']) {
      throw new ConfigError('lora check: name a folder of training files, or --check-only', {
        code: 'usage',
      });
    }
    const counter = await openTextCounter(args.tokenizer ?? null);
    await withProcess({ json: args.json }, async (effects) => {
      const result = await checkLora({
        path: args['check-only'] ? null : (args.path ?? null),
        personas: args.persona ?? [],
        mode: args.mode,
        counter,
        python: args.python,
      });
      effects.print(args.json ? JSON.stringify(result, null, 2) : renderLoraCheck(result));
      const errors = result.findings.filter(({ severity }) => severity === 'error').length;
      if (errors === 0) return;
      throw new ValidationError(
        `${errors} ${errors === 1 ? 'finding' : 'findings'} to mend before training`,
        {
          code: 'lora-unfit',
          hint: 'the list above names file, line and turn',
        },
      );
    });
  },
};
