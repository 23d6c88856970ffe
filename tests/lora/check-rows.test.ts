import { expect, test } from 'vitest';

import { checkRows } from '../../src/lora/check-rows.ts';
import { estimateTokens } from '../../src/lora/estimate-tokens.ts';

const system = { role: 'system', content: 'You are the builder.' };
const user = { role: 'user', content: 'How would you cut this plan into parts?' };
const assistant = { role: 'assistant', content: 'By what can fail on its own, smallest first.' };

function codes(train: readonly unknown[], validation: readonly unknown[] = []): string[] {
  const files = [
    { name: 'x_train.jsonl', set: 'x', split: 'train' as const, lines: train },
    ...(validation.length > 0
      ? [{ name: 'x_val.jsonl', set: 'x', split: 'validation' as const, lines: validation }]
      : []),
  ];
  return checkRows(files, { sequenceTokens: 512, count: estimateTokens }).map(
    ({ code, place }) => `${code} @ ${place}`,
  );
}

const row = (...messages: readonly unknown[]): unknown => ({ messages });

test('a good file has no findings', () => {
  expect(codes([row(system, user, assistant), row(user, { ...assistant, content: 'By size.' })])).toEqual([]);
});

test.each([
  ['no JSON', null, 'row-invalid'],
  ['no messages', { text: 'x' }, 'row-invalid'],
  ['a turn without content', row(user, { role: 'assistant' }), 'row-invalid'],
  ['two user turns', row(user, user, assistant), 'row-invalid'],
  ['no reply at the end', row(system, user), 'row-invalid'],
  ['an unknown role', row({ ...user, role: 'human' }, assistant), 'row-invalid'],
])('%s is a finding', (_, line, code) => {
  expect(codes([line])).toEqual([`${code} @ x_train.jsonl line 1`]);
});

test('placeholders, empty turns, template marks and personal data are found where they stand', () => {
  expect(codes([row(system, user, { ...assistant, content: '[Your response]' })])).toEqual([
    'placeholder @ x_train.jsonl line 1 turn 3',
  ]);
  expect(codes([row(system, { ...user, content: ' ' }, assistant)])).toEqual([
    'turn-empty @ x_train.jsonl line 1 turn 2',
  ]);
  expect(codes([row(user, { ...assistant, content: 'ends <|eot_id|>' })])).toEqual([
    'template-token @ x_train.jsonl line 1 turn 2',
  ]);
  expect(codes([row(user, { ...assistant, content: 'Ask jane@mail.org or bob@mail.org.' })])).toEqual([
    'pii-email @ x_train.jsonl line 1 turn 2',
  ]);
});

test('a row that the trainer would cut is an error, a repeated one a warning', () => {
  expect(codes([row(user, { ...assistant, content: 'long '.repeat(600) })])).toEqual([
    'row-too-long @ x_train.jsonl line 1',
  ]);
  expect(codes([row(user, assistant), row(user, assistant)])).toEqual(['duplicate @ x_train.jsonl line 2']);
});

test('a text on both sides of the split leaks, a short one does not', () => {
  expect(
    codes(
      [row(user, assistant)],
      [row(user, { ...assistant, content: 'Another answer altogether, at length.' })],
    ),
  ).toEqual(['validation-leak @ x_val.jsonl line 1']);
  const thanks = { role: 'user', content: 'thanks!' };
  expect(
    codes(
      [row(thanks, assistant)],
      [row(thanks, { ...assistant, content: 'You are welcome, any time of day.' })],
    ),
  ).toEqual([]);
});

test('no finding repeats a text', () => {
  const findings = checkRows(
    [
      {
        name: 'a',
        set: 'a',
        split: 'train',
        lines: [row(user, { ...assistant, content: 'mail jane@mail.org' })],
      },
    ],
    { sequenceTokens: 512, count: estimateTokens },
  );
  expect(JSON.stringify(findings)).not.toContain('jane');
});
