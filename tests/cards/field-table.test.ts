import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { cardFieldTable } from '../../src/cards/field-table.ts';
import { cardJsonSchema } from '../../src/cards/schema.ts';

const root = join(import.meta.dirname, '../..');

test('the reference and the editor schema are those of the code (npm run docs)', () => {
  expect(readFileSync(join(root, 'docs/cards.md'), 'utf8')).toContain(cardFieldTable());
  expect(JSON.parse(readFileSync(join(root, 'configs/card.schema.json'), 'utf8'))).toEqual(cardJsonSchema());
});

test('every field has a description', () => {
  const bare = cardFieldTable()
    .split('\n')
    .slice(2)
    .filter((row) => /\|\s*\|$/.test(row));
  expect(bare).toEqual([]);
});
