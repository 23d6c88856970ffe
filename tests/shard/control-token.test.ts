import { expect, test } from 'vitest';

import type { Message } from '../../src/core/row.ts';
import { compileControlToken, type ControlTokenUse } from '../../src/shard/control-token.ts';

const format = '<persona:{persona_name}>';
const chat: readonly Message[] = [
  { role: 'system', content: 'Be kind.' },
  { role: 'user', content: 'Hello' },
  { role: 'assistant', content: 'Hello you' },
  { role: 'user', content: 'Bye' },
];
const withoutSystem = chat.slice(1);

const personas = ['math', 'math_tutor', 'code_expert'].map((id) => ({ id, aliases: [`old.${id}`] }));
const token = compileControlToken(format, personas);

function apply(
  messages: readonly Message[],
  change: Partial<ControlTokenUse & { format: string }> = {},
): string[] {
  const use = { persona: 'math_tutor', mode: 'prefix', dropped: false, ...change } as const;
  const applied = compileControlToken(change.format ?? format, personas).apply(messages, use);
  return applied.map(({ role, content }) => `${role}: ${content}`);
}

test('prefix puts the token before the first user message', () => {
  expect(apply(chat)).toEqual([
    'system: Be kind.',
    'user: <persona:math_tutor>\nHello',
    'assistant: Hello you',
    'user: Bye',
  ]);
});

test('system puts the token into the leading system message, or makes one', () => {
  expect(apply(chat, { mode: 'system' })[0]).toBe('system: <persona:math_tutor>\nBe kind.');
  expect(apply(withoutSystem, { mode: 'system' }).slice(0, 2)).toEqual([
    'system: <persona:math_tutor>',
    'user: Hello',
  ]);
});

test.each(['prefix', 'system', 'none'] as const)('applying %s twice is the same as once', (mode) => {
  for (const messages of [chat, withoutSystem]) {
    const use = { persona: 'math_tutor', mode, dropped: false };
    const once = token.apply(messages, use);
    expect(token.apply(once, use)).toEqual(once);
  }
});

test.each(['prefix', 'system', 'none'] as const)('any other token is replaced by that of %s', (mode) => {
  for (const before of ['prefix', 'system'] as const) {
    const use = { persona: 'code_expert', mode: before, dropped: false };
    const tagged = token.apply(withoutSystem, use);
    expect(apply(tagged, { mode })).toEqual(apply(withoutSystem, { mode }));
  }
});

test('a token that was doubled elsewhere is taken out whole, be it of an id or of an alias', () => {
  const doubled: Message[] = [
    { role: 'user', content: '<persona:math>\n<persona:old.code_expert>\r\nHello' },
  ];
  expect(apply(doubled)).toEqual(['user: <persona:math_tutor>\nHello']);
  expect(token.strip(doubled)).toEqual([{ role: 'user', content: 'Hello' }]);
});

test('a dropped row and mode none carry no token', () => {
  expect(apply(chat, { dropped: true })).toEqual(apply(chat, { mode: 'none' }));
  expect(apply(chat, { mode: 'none' })).toEqual(chat.map(({ role, content }) => `${role}: ${content}`));
});

test('a row without a user message gets no prefix, but a system message', () => {
  const monologue: Message[] = [{ role: 'assistant', content: 'Once upon a time' }];
  expect(apply(monologue)).toEqual(['assistant: Once upon a time']);
  expect(apply(monologue, { mode: 'system' })[0]).toBe('system: <persona:math_tutor>');
});

test('text that only looks like the beginning of a token stays', () => {
  const words: Message[] = [{ role: 'user', content: '<persona: what is that?>' }];
  expect(apply(words)).toEqual(['user: <persona:math_tutor>\n<persona: what is that?>']);
});

test.each([
  ['[{persona_name}]', '[citation] needed'],
  ['h{persona_name}:', 'https://example.com/page - please summarise'],
  ['<persona:{persona_name}>', '<persona:nobody> Hello'],
  ['<persona:{persona_name}>', '<persona:oldXmath> Hello'],
])('with the format %s the text %j stays, as it names no known persona', (loose, content) => {
  expect(apply([{ role: 'user', content }], { format: loose, mode: 'none' })).toEqual([`user: ${content}`]);
});

test('a format of signs that mean something in expressions works', () => {
  expect(apply([{ role: 'user', content: '[(math)] Hi' }], { format: '[({persona_name})]' })).toEqual([
    'user: [(math_tutor)]\nHi',
  ]);
});

test('the messages that were given are not changed', () => {
  const given = chat.map((message) => Object.freeze({ ...message }));
  apply(Object.freeze(given) as readonly Message[]);
  expect(given).toEqual(chat);
});
