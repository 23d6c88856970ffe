import type { CommandModule } from 'yargs';

import { loadTaxonomy, openTagger } from '../../../taggers/index.ts';
import { evaluateTagger } from '../../run/eval-pass.ts';
import { renderEvaluation } from '../render/evaluation.ts';
import { withProcess } from '../process.ts';
import { loadTools } from '../tools.ts';

interface EvalArguments {
  data: string;
  tagger: string;
  json: boolean;
}

export const evalCommand: CommandModule<object, EvalArguments> = {
  command: 'eval',
  describe: 'Score a persona tagger on labelled rows',
  builder: (yargs) =>
    yargs
      .option('data', {
        type: 'string',
        demandOption: true,
        describe: 'Labelled file or folder: {instruction, input, output, persona} or {messages, persona}',
      })
      .option('tagger', {
        type: 'string',
        default: 'persona-v1',
        describe: 'Name in taggers/, a folder, or hub:owner/name',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 eval --data labelled.jsonl', 'accuracy, macro-F1, calibration, confusion'),
  async handler(args) {
    const taxonomy = await loadTaxonomy();
    const { personaTagger } = await loadTools({ persona: args.tagger, traits: 'traits-v1' }, taxonomy);
    await withProcess({ json: args.json }, async (effects) => {
      await using tagger = await openTagger(personaTagger.folder, taxonomy);
      const evaluation = await evaluateTagger({ data: args.data, tagger, taxonomy }, effects);
      effects.print(args.json ? JSON.stringify(evaluation, null, 2) : renderEvaluation(evaluation));
    });
  },
};
