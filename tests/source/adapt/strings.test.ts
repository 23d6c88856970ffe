import { expect, test } from 'vitest';

import { detectShape } from '../../../src/source/adapt/detect-shape.ts';
import { compileShape } from '../../../src/source/adapt/compile-shape.ts';

const records = [
  { id: 7, stem: 'What is it?', choices: { text: ['one', ' ', 'two'] }, deep: [[{ x: 'three' }]] },
];

test('the shape strings takes every text of a record, whatever its columns, and is never guessed', () => {
  const found = detectShape(records, { shape: 'strings' });
  const row = 'plan' in found ? compileShape(found.plan, false)(records[0]) : undefined;
  expect(row && 'messages' in row && row.messages.map(({ content }) => content)).toEqual([
    'What is it?',
    'one',
    'two',
    'three',
  ]);
  const guessed = detectShape(records, {});
  expect('plan' in guessed && guessed.plan.kind).not.toBe('strings');
});

test('a record without any text is rejected, and nesting without end does not break it', () => {
  let nested: unknown = 'at the bottom';
  for (let i = 0; i < 5000; i++) nested = [nested];
  const adapt = compileShape({ kind: 'strings', columns: {} }, false);
  expect(adapt({ id: 1 })).toMatchObject({ code: 'no-text' });
  expect(adapt({ nested })).toMatchObject({ code: 'no-text' });
});
