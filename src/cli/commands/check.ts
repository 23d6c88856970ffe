import type { CommandModule } from 'yargs';

import { loadTaxonomy, rosterUrl } from '../../../taggers/index.ts';
import { ValidationError } from '../../core/errors.ts';
import { inertJson } from '../../lib/inert-json.ts';
import { checkKinds, checkPath } from '../../run/check/check-pass.ts';
import { createEmbedder } from '../../run/check/embed-texts.ts';
import { withProcess } from '../process.ts';
import { renderCheck } from '../render/check.ts';
import { configsFolder, findConfig, shippedTagger } from '../tools.ts';

interface CheckArguments {
  path: string;
  kind: string;
  real?: string;
  review?: string;
  cards: string[];
  scenarios: string;
  out?: string;
  encoder: string;
  measures: boolean;
  json: boolean;
}

export const checkCommand: CommandModule<object, CheckArguments> = {
  command: 'check <path>',
  describe: 'Check what was made, or any rows, by the rules of their kind; exit 2 with findings',
  builder: (yargs) =>
    yargs
      .positional('path', { type: 'string', demandOption: true, describe: 'File or folder' })
      .option('kind', {
        choices: checkKinds,
        default: 'auto',
        describe: 'What lies there; recognised when left out',
      })
      .option('real', {
        type: 'string',
        describe: 'Real rows, or a real calendar export, that what was made is held against',
      })
      .option('review', {
        type: 'string',
        describe: 'The review sheet of meetings, filled in: pass rate, agreement and kappa',
      })
      .option('cards', {
        type: 'string',
        array: true,
        default: ['configs/cards/coffee-shop'],
        describe: 'Cards of the personas that speak',
      })
      .option('scenarios', {
        type: 'string',
        default: 'configs/scenarios/coffee-shop.yaml',
        describe: 'Scenarios that every persona must have, and the words of the domain',
      })
      .option('out', {
        type: 'string',
        describe: 'Folder for findings.jsonl; default: check/ inside, or NAME.check beside',
      })
      .option('measures', {
        type: 'boolean',
        default: true,
        describe: 'Measure consistency and diversity as well',
      })
      .option('encoder', {
        type: 'string',
        default: 'minilm-v1',
        describe: 'Transformer tagger whose sentence encoder the Vendi score is computed with',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 check made/', 'what make has written')
      .example('$0 check training_conversations.json --kind conversations --json', 'one file, for machines')
      .example('$0 check made/ --real support-chats/', 'nothing that nearly repeats a real row')
      .example(
        '$0 check runs/meetings --real my_calendar_events_complete_attendees.json',
        'bands, labels against rules, fields against a real export; writes check/review.csv',
      )
      .example('$0 check runs/meetings --review check/review.csv', 'what a person said of 100 rows')
      .example('$0 check rows.jsonl', 'refusals, placeholders and blank answers in any rows'),
  async handler(args) {
    const taxonomy = await loadTaxonomy();
    const embedder = createEmbedder({ rosterUrl, folder: shippedTagger(args.encoder), taxonomy });
    await using _embedder = { [Symbol.asyncDispose]: embedder.close };
    await withProcess({ json: args.json }, async (effects) => {
      const checked = await checkPath(
        { path: args.path, kind: args.kind, out: args.out ?? null },
        {
          real: args.real ?? null,
          review: args.review ?? null,
          cards: args.cards.map(findConfig),
          scenarios: findConfig(args.scenarios),
          taxonomy,
          configsFolder,
          measures: args.measures,
          embed: embedder.embed,
          signal: effects.signal,
        },
      );
      effects.print(args.json ? inertJson(JSON.stringify(checked, null, 2)) : renderCheck(checked));
      if (checked.errors > 0)
        throw new ValidationError(
          `${checked.errors} error${checked.errors === 1 ? '' : 's'} in ${args.path}`,
          {
            code: 'check-failed',
            hint: `${checked.findings_file} lists them all`,
          },
        );
    });
  },
};
