import { availableParallelism } from 'node:os';
import type { CommandModule } from 'yargs';

import { describeEncoder, loadTaxonomy } from '../../../taggers/index.ts';
import { ConfigError } from '../../core/errors.ts';
import { createContext } from '../../run/context.ts';
import { trainTagger } from '../../run/train/train-pass.ts';
import { renderTraining } from '../render/training.ts';
import { withProcess } from '../process.ts';
import { loadTools } from '../tools.ts';

interface TrainArguments {
  data: string;
  out: string;
  encoder: string;
  precision: number;
  workers: number;
  json: boolean;
}

export const trainCommand: CommandModule<object, TrainArguments> = {
  command: 'train',
  describe: 'Fit a persona tagger on your own labelled rows',
  builder: (yargs) =>
    yargs
      .option('data', {
        type: 'string',
        demandOption: true,
        describe: 'Labelled file or folder: {instruction, input, output, persona} or {messages, persona}',
      })
      .option('out', {
        type: 'string',
        demandOption: true,
        describe: 'Folder of the new tagger, usable at once with --tagger',
      })
      .option('encoder', {
        type: 'string',
        default: 'minilm-v1',
        describe: 'Transformer tagger whose sentence encoder carries the head',
      })
      .option('precision', {
        type: 'number',
        default: 0.7,
        describe: 'Share right that the threshold of every class is chosen for',
      })
      .option('workers', { type: 'number', default: availableParallelism(), describe: 'Worker threads' })
      .option('json', { type: 'boolean', default: false, describe: 'Print the result as JSON' })
      .example(
        '$0 train --data labelled.jsonl --out taggers/mine',
        'then: tag data/ tagged/ --tagger taggers/mine',
      )
      .example(
        '$0 eval --data other.jsonl --tagger persona-v1 --against taggers/mine',
        'is it better than the shipped one?',
      )
      .epilogue(
        'Rows may name the data set they came from in a column "origin", "_source", "source" or "dataset", as text or a number; then whole data sets are held out. A name on fewer than 5 rows is none.',
      ),
  async handler(args) {
    if (!(args.precision > 0 && args.precision < 1)) {
      throw new ConfigError(`--precision ${args.precision}: not between 0 and 1`, {
        code: 'precision-invalid',
      });
    }
    const taxonomy = await loadTaxonomy();
    const tools = await loadTools({ persona: args.encoder, traits: 'traits-v1' }, taxonomy);
    const encoder = await describeEncoder(tools.personaTagger.folder, taxonomy);
    await withProcess({ json: args.json }, async (effects) => {
      const { data, out, precision, workers } = args;
      const result = await trainTagger(
        { data, out, tools, encoder, precision, workers },
        createContext(effects),
      );
      effects.print(args.json ? JSON.stringify(result, null, 2) : renderTraining(result));
    });
  },
};
