import { expect, test } from 'vitest';

import type { Message } from '../../src/core/row.ts';
import { toAlpaca } from '../../src/shard/alpaca.ts';
import { decodeText } from '../../src/shard/record.ts';
import { outputRow, storedRows } from './support/rows.ts';

function alpaca(...messages: Message[]): { instruction: string; input: string; output: string } {
  const [row] = storedRows([outputRow({ messages })]);
  if (!row) throw new Error('one row in, one row out');
  const { instruction, input, output } = toAlpaca(row);
  return { instruction: decodeText(instruction), input: decodeText(input), output: decodeText(output) };
}

test('a single turn has an empty input', () => {
  expect(alpaca({ role: 'user', content: 'Add 2 and 3.' }, { role: 'assistant', content: '5' })).toEqual({
    instruction: 'Add 2 and 3.',
    input: '',
    output: '5',
  });
});

test('earlier messages become lines of the input, the last question the instruction', () => {
  expect(
    alpaca(
      { role: 'system', content: 'You are brief.' },
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello' },
      { role: 'user', content: 'What is\nrain?' },
      { role: 'assistant', content: 'Falling water.' },
      { role: 'user', content: 'Thanks' },
    ),
  ).toEqual({
    instruction: 'What is\nrain?',
    input: 'System: You are brief.\nUser: Hi\nAssistant: Hello',
    output: 'Falling water.',
  });
});

test('tool calls and their results stay with the input, a call that is the answer is the output', () => {
  const ask: Message = { role: 'user', content: 'Weather?' };
  const call: Message = {
    role: 'assistant',
    content: '',
    toolCalls: [{ id: 'a', name: 'weather', arguments: '{"at":"sea"}' }],
  };
  expect(alpaca(ask, call).output).toBe('{"name":"weather","arguments":{"at":"sea"}}');
  expect(
    alpaca(ask, call, { role: 'tool', content: 'wet' }, { role: 'assistant', content: 'Take a coat.' }),
  ).toEqual({
    instruction: 'Weather?',
    input: 'Assistant: {"name":"weather","arguments":{"at":"sea"}}\nTool: wet',
    output: 'Take a coat.',
  });
});

test('rows without an answer, without a question, or without anything keep what they have', () => {
  expect(alpaca({ role: 'user', content: 'Anyone?' })).toEqual({
    instruction: 'Anyone?',
    input: '',
    output: '',
  });
  expect(alpaca({ role: 'assistant', content: 'A poem' })).toEqual({
    instruction: '',
    input: '',
    output: 'A poem',
  });
  expect(alpaca()).toEqual({ instruction: '', input: '', output: '' });
});
