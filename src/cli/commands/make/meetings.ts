import { join } from 'node:path';
import type { CommandModule } from 'yargs';

import { loadTaxonomy } from '../../../../taggers/index.ts';
import type { Card } from '../../../core/card.ts';
import { ConfigError } from '../../../core/errors.ts';
import { listCards } from '../../../run/cards/card-files.ts';
import { meetingFormats, type MeetingFormat, meetingsMaker } from '../../../run/make/meetings.ts';
import { configsFolder, findConfig } from '../../tools.ts';
import { type MakeArguments, withMakeOptions } from './llm-options.ts';
import { runMakeCommand } from './run-make.ts';

interface MeetingsArguments extends MakeArguments {
  persona?: string[];
  tier?: number;
  all: boolean;
  'held-out': boolean;
  count?: number;
  format: MeetingFormat;
  'batch-size': number;
  redraws: number;
  'start-date': string;
  'time-zone': string;
  'output-dir'?: string;
}

/** Rows a card of each tier, as printed: 12 × 200, 10 × 150, 8 × 100. */
const printedCounts: Readonly<Record<number, number>> = { 1: 200, 2: 150, 3: 100 };
const usualCount = 200;
const usualFormat: MeetingFormat = 'jsonl';

export const meetingsCommand: CommandModule<object, MeetingsArguments> = {
  command: 'meetings',
  describe: 'Labelled calendars of oracle personas: planned by quota, labelled by their rules',
  builder: (yargs) =>
    withMakeOptions(yargs)
      .option('persona', { type: 'string', array: true, describe: 'Card file or folder; may be repeated' })
      .option('tier', { type: 'number', choices: [1, 2, 3], describe: 'The shipped cards of one tier' })
      .option('all', { type: 'boolean', default: false, describe: 'All 30 shipped cards, a folder per tier' })
      .option('held-out', {
        type: 'boolean',
        default: false,
        describe: 'The shipped cards kept out of training, with tasks and labels to test a model on',
      })
      .option('count', {
        type: 'number',
        describe: 'Rows a card (default 200; with --all 200, 150 and 100 by tier)',
      })
      .option('format', {
        choices: meetingFormats,
        default: usualFormat,
        describe: 'Of the rows',
      })
      .option('batch-size', { type: 'number', default: 20, describe: 'Meetings asked for at once' })
      .option('redraws', {
        type: 'number',
        default: 6,
        describe: 'Times a meeting is asked for again whose label is another than planned',
      })
      .option('start-date', { type: 'string', default: '2025-11-17', describe: 'A day of the first week' })
      .option('time-zone', { type: 'string', default: 'Asia/Shanghai', describe: 'One IANA zone for all' })
      .option('output-dir', { type: 'string', describe: 'The same as --out' })
      .example('$0 make meetings --all --out runs/meetings', '4,700 labelled meetings, offline')
      .example('$0 make meetings --tier 1 --count 200 --profile openai', 'twelve personas, worded by a model')
      .example('$0 make meetings --persona my/card.yaml --count 50', 'a card of your own')
      .example('$0 make meetings --held-out --count 100', 'personas and tasks to test a model with'),
  async handler(args) {
    const { cards, byTier } = await chosenCards(args);
    for (const name of ['count', 'batch-size'] as const) atLeast(args, name, 1);
    atLeast(args, 'redraws', 0);
    const maker = meetingsMaker({
      cards,
      count: (card) =>
        args.count ?? (byTier ? (printedCounts[card.rules.oracle?.tier ?? 1] ?? usualCount) : usualCount),
      format: args.format,
      batchSize: args['batch-size'],
      redraws: args.redraws,
      startDate: args['start-date'],
      timeZone: args['time-zone'],
      perTierFolders: byTier,
      isHeldOut: args['held-out'],
    });
    await runMakeCommand({ ...args, out: args.out ?? args['output-dir'] }, maker);
  },
};

/** Exactly one of the four ways to name cards. @throws ConfigError */
async function chosenCards(args: MeetingsArguments): Promise<{ cards: Card[]; byTier: boolean }> {
  const ways = [args.persona !== undefined, args.tier !== undefined, args.all, args['held-out']];
  if (ways.filter(Boolean).length !== 1) {
    throw new ConfigError('say for whom: one of --persona FILE, --tier N, --all, --held-out', {
      code: 'usage',
      hint: 'tag-datasets make meetings --tier 1 --count 200',
    });
  }
  const folder = join(configsFolder, 'cards', args['held-out'] ? 'oracle-held-out' : 'oracle');
  const paths = args.persona?.map(findConfig) ?? [folder];
  const taxonomy = await loadTaxonomy();
  const listed = (await listCards(paths, { taxonomy, configsFolder })).map(({ card }) => card);
  const cards =
    args.tier === undefined ? listed : listed.filter(({ rules }) => rules.oracle?.tier === args.tier);
  return { cards, byTier: args.all };
}

function atLeast(args: MeetingsArguments, name: 'count' | 'batch-size' | 'redraws', least: number): void {
  const value = args[name];
  if (value === undefined || (Number.isInteger(value) && value >= least)) return;
  throw new ConfigError(`--${name} ${value}: not a whole number of at least ${least}`, { code: 'usage' });
}
