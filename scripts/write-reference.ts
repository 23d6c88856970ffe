import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { cardFieldTable } from '../src/cards/field-table.ts';
import { cardJsonSchema } from '../src/cards/schema.ts';
import { configJsonSchema, configReference } from '../src/config/explain.ts';

/**
 * Writes docs/configuration.md, the table of docs/cards.md, configs/schema.json and configs/card.schema.json from the schemas; CI fails
 * when they differ from what is committed.
 */
const root = join(import.meta.dirname, '..');
writeFileSync(join(root, 'docs', 'configuration.md'), configReference());
writeFileSync(join(root, 'configs', 'schema.json'), `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
writeFileSync(join(root, 'configs', 'card.schema.json'), `${JSON.stringify(cardJsonSchema(), null, 2)}\n`);

const cards = join(root, 'docs', 'cards.md');
const [before = '', after = ''] = readFileSync(cards, 'utf8').split(/<!-- fields -->[^]*<!-- end -->/);
writeFileSync(cards, `${before}<!-- fields -->\n${cardFieldTable()}\n<!-- end -->${after}`);
