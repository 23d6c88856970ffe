import fc from 'fast-check';
import { encodeNestedValues } from 'hyparquet-writer/src/dremel.js';
import { schemaPathResolver } from 'hyparquet-writer/src/schema.js';
import { expect, test } from 'vitest';

import { parquetSchema } from '../../src/shard/schema.ts';
import { schemaLeaves, shredRows } from '../../src/shard/writers/shred.ts';
import { anyOutputRow, awkwardRows, storedRows } from './support/rows.ts';

const columnOfField: Readonly<Record<string, string>> = {
  messages: 'messages',
  _traits: 'traits',
  _trait_scores: 'traitScores',
};

test('nested columns have the levels and values that the general shredder gives them', () => {
  const schema = parquetSchema('messages');
  const resolve = schemaPathResolver(schema);
  fc.assert(
    fc.property(fc.array(anyOutputRow, { maxLength: 6 }), (random) => {
      const rows = storedRows([...awkwardRows, ...random]);
      const shredded = shredRows(rows, 'messages');
      for (const { path, maxDefinitionLevel } of schemaLeaves(schema)) {
        const parts = path.split('.');
        const field = columnOfField[parts[0] ?? ''];
        if (!field) continue;
        const values = rows.map((row) => Object.entries(row).find(([name]) => name === field)?.[1]);
        const oracle = encodeNestedValues(resolve(parts), values);
        const mine = shredded.get(path);
        expect(maxDefinitionLevel).toBe(oracle.maxDefinitionLevel);
        expect(mine?.definitionLevels).toEqual(oracle.definitionLevels);
        expect(mine?.repetitionLevels).toEqual(oracle.repetitionLevels);
        expect(mine?.values).toEqual(Array.from(oracle.values, (value: unknown) => value ?? null));
      }
    }),
    { numRuns: 50 },
  );
});

test.each(['messages', 'alpaca'] as const)(
  'every leaf of the %s schema is shredded, and nothing else',
  (format) => {
    const leaves = schemaLeaves(parquetSchema(format)).map((leaf) => leaf.path);
    expect([...shredRows(storedRows(awkwardRows), format).keys()]).toEqual(leaves);
  },
);
