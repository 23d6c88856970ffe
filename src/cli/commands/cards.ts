import type { Argv, CommandModule } from 'yargs';

import { ValidationError } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import { inertJson } from '../../lib/inert-json.ts';
import { checkCards, listCards, measureCards } from '../../run/cards/card-files.ts';
import { exportCards } from '../../run/cards/export-cards.ts';
import { importCards } from '../../run/cards/import-cards.ts';
import {
  renderCardList,
  renderDiversity,
  renderExported,
  renderFindings,
  renderImported,
} from '../render/cards.ts';
import { findConfig, loadCardTools } from '../tools.ts';

type Format = 'coffee' | 'discovered' | 'oracle' | 'instance';
const formats: readonly Format[] = ['coffee', 'discovered', 'oracle', 'instance'];
const formatHelp =
  'coffee: personas.json of the coffee shop · discovered: folder of extract · oracle: meeting persona · instance: PersonaInstance';

interface PathArguments {
  paths: string[];
  json: boolean;
}

/** Persona cards: one format for all makers, and the way into and out of the formats of other tools. */
export const cardsCommand: CommandModule = {
  command: 'cards',
  describe: 'List, import, export and check persona cards',
  builder: (yargs) =>
    yargs
      .command(listCommand)
      .command(importCommand)
      .command(exportCommand)
      .command(validateCommand)
      .command(diversityCommand)
      .demandCommand(1, 'name one of: list, import, export, validate, diversity')
      .example('$0 cards list configs/cards/coffee-shop', 'the twenty that ship with the package')
      .example('$0 cards import personas.json --out cards', 'cards from the format of another tool'),
  handler() {},
};

const listCommand: CommandModule<object, PathArguments> = {
  command: 'list [paths..]',
  describe: 'Who is there: id, name, kind, type, behaviour class',
  builder: (yargs) => withPaths(yargs).example('$0 cards list my/cards', 'a folder of card files'),
  async handler({ paths, json }) {
    const cards = await listCards(paths.map(findConfig), await loadCardTools());
    print(json, json ? cards.map(({ card, place }) => ({ place, ...card })) : renderCardList(cards));
  },
};

const validateCommand: CommandModule<object, PathArguments> = {
  command: 'validate [paths..]',
  describe: 'Everything that is wrong with cards; exit 2 when something is',
  builder: (yargs) =>
    withPaths(yargs).example('$0 cards validate my/cards', 'before anything is made of them'),
  async handler({ paths, json }) {
    const checked = await checkCards(paths.map(findConfig), await loadCardTools());
    print(json, json ? checked : renderFindings(checked));
    refuseErrors(checked.findings, 'cards-invalid');
  },
};

const diversityCommand: CommandModule<object, PathArguments> = {
  command: 'diversity [paths..]',
  describe: 'How varied a set of meeting personas is: entropy in six dimensions, weighted; exit 2 below 0.85',
  builder: (yargs) =>
    withPaths(yargs).example('$0 cards diversity configs/cards/oracle', 'wanted is more than 0.85'),
  async handler({ paths, json }) {
    const diversity = await measureCards(paths.map(findConfig), await loadCardTools());
    print(json, json ? diversity : renderDiversity(diversity));
    if (diversity.score > diversity.wanted) return;
    throw new ValidationError(
      `the diversity of these cards is ${diversity.score.toFixed(3)}; more than ${diversity.wanted} is wanted`,
      { code: 'cards-too-alike', hint: 'vary the dimension with the smallest value, or add cards' },
    );
  },
};

interface ImportArguments {
  from: string;
  out: string;
  format?: Format | 'card';
  json: boolean;
}

const importCommand: CommandModule<object, ImportArguments> = {
  command: 'import <from>',
  describe: 'Make cards of the personas of another tool; nothing they hold is lost',
  builder: (yargs) =>
    yargs
      .positional('from', { type: 'string', demandOption: true, describe: 'JSON file, or a folder of them' })
      .option('out', { type: 'string', default: 'cards', describe: 'Folder for the card files' })
      .option('format', {
        choices: [...formats, 'card'] as const,
        describe: `${formatHelp} · card: card files; recognised when left out`,
      })
      .option('json', jsonOption)
      .example('$0 cards import personas.json --out cards', 'a list of coffee-shop personas')
      .example(
        '$0 cards import personas/cards',
        'what extract found and you have changed; known names stay as they are',
      ),
  async handler({ from, out, format, json }) {
    const imported = await importCards({ from, format: format ?? null, out }, await loadCardTools());
    print(json, json ? imported : renderImported(imported));
    refuseErrors(imported.findings, 'import-incomplete');
  },
};

interface ExportArguments extends PathArguments {
  format: Format;
  out: string;
}

const exportCommand: CommandModule<object, ExportArguments> = {
  command: 'export [paths..]',
  describe: 'Write cards in the format of another tool; what was imported comes back as it was',
  builder: (yargs) =>
    withPaths(yargs)
      .option('format', { choices: formats, demandOption: true, describe: formatHelp })
      .option('out', { type: 'string', demandOption: true, describe: 'File or folder' })
      .example('$0 cards export cards --format coffee --out personas.json', 'one list')
      .example('$0 cards export cards --format oracle --out personas/', 'a file a card'),
  async handler({ paths, format, out, json }) {
    const exported = await exportCards({ paths: paths.map(findConfig), format, out }, await loadCardTools());
    print(json, json ? exported : renderExported(exported));
  },
};

const jsonOption = { type: 'boolean', default: false, describe: 'Print JSON' } as const;

function withPaths<T>(yargs: Argv<T>): Argv<T & PathArguments> {
  return yargs
    .positional('paths', {
      type: 'string',
      array: true,
      default: ['configs/cards/coffee-shop'],
      describe: 'Card files or folders; what is not here is looked up in the package',
    })
    .option('json', jsonOption);
}

function print(json: boolean, result: unknown): void {
  process.stdout.write(`${json ? inertJson(JSON.stringify(result, null, 2)) : String(result)}\n`);
}

function refuseErrors(findings: readonly Finding[], code: string): void {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  const hint = 'docs/cards.md describes the card format';
  throw new ValidationError(`${errors.length} finding${errors.length === 1 ? '' : 's'}`, { code, hint });
}
