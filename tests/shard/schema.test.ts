import { parquetSchema as toTree } from 'hyparquet';
import { expect, test } from 'vitest';

import { parquetSchema, shardColumns } from '../../src/shard/schema.ts';

test.each(['messages', 'alpaca'] as const)(
  'the %s schema is a whole tree in which everything may be null',
  (format) => {
    const schema = parquetSchema(format);
    expect(toTree({ schema }).count).toBe(schema.length);
    const types = new Set(schema.slice(1).map((element) => element.repetition_type));
    expect(types).toEqual(new Set(['OPTIONAL', 'REPEATED']));
  },
);

test('both formats carry the same labels', () => {
  const names = (format: 'messages' | 'alpaca'): string[] =>
    shardColumns(format).map((column) => column.name);
  const labels =
    '_persona _persona_score _tagged_by _traits _trait_scores _source _row_key _phase _adapter _copy _synthetic extra'.split(
      ' ',
    );
  expect(names('messages')).toEqual(['messages', 'tools', ...labels]);
  expect(names('alpaca')).toEqual(['instruction', 'input', 'output', ...labels]);
});
