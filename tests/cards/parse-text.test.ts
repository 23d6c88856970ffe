import { expect, test } from 'vitest';

import { parseText } from '../../src/cards/parse-text.ts';

test.each([
  ['{\n\t"a": [1, "\\ud83d\\ude00"]\n}', { a: [1, '😀'] }],
  ['\uFEFF{"a": 1}', { a: 1 }],
  [`{\n"${'k'.repeat(2000)}": 1}`, { ['k'.repeat(2000)]: 1 }],
  ['a: 1\nb: [x, y]\n', { a: 1, b: ['x', 'y'] }],
  ['', null],
])('what is JSON or YAML is read', (text, value) => {
  expect(parseText(text, 'x.yaml')).toEqual({ value, problem: null });
});

test('what is neither is told with its line', () => {
  expect(parseText('{\n"a": 1, // one\n"b": 2 }', 'x.json')).toMatchObject({ problem: expect.any(String) });
  expect(parseText('{\n"a": 1 // one\n}', 'x.json')).toMatchObject({
    problem: expect.stringContaining('JSON'),
  });
  expect(parseText('a: 1\nb: [x', 'x.yaml')).toMatchObject({ problem: expect.any(String) });
});

test('references that explode are refused', () => {
  const letters = 'abcdefghi'.split('');
  const bomb = letters
    .map(
      (name, index) =>
        `${name}: &${name} [${Array(10)
          .fill(index === 0 ? 'x' : `*${letters[index - 1]}`)
          .join()}]`,
    )
    .join('\n');
  expect(parseText(bomb, 'x.yaml')).toMatchObject({ problem: expect.stringContaining('alias') });
});
