import { expect, test } from 'vitest';

import type { Message } from '../../src/core/row.ts';
import { applyControlToken, type ControlTokenOptions } from '../../src/shard/control-token.ts';

const format = '<persona:{persona_name}>';
const chat: readonly Message[] = [
  { role: 'system', content: 'Be kind.' },
  { role: 'user', content: 'Hello' },
  { role: 'assistant', content: 'Hello you' },
  { role: 'user', content: 'Bye' },
];
const withoutSystem = chat.slice(1);

function apply(messages: readonly Message[], change: Partial<ControlTokenOptions> = {}): string[] {
  const options = { persona: 'math_tutor', mode: 'prefix', format, dropped: false, ...change } as const;
  return applyControlToken(messages, options).map(({ role, content }) => `${role}: ${content}`);
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
    const options = { persona: 'math_tutor', mode, format, dropped: false };
    const once = applyControlToken(messages, options);
    expect(applyControlToken(once, options)).toEqual(once);
  }
});

test.each(['prefix', 'system', 'none'] as const)('any other token is replaced by that of %s', (mode) => {
  for (const before of ['prefix', 'system'] as const) {
    const tagged = applyControlToken(withoutSystem, {
      persona: 'code_expert',
      mode: before,
      format,
      dropped: false,
    });
    expect(apply(tagged, { mode })).toEqual(apply(withoutSystem, { mode }));
  }
});

test('a token that was doubled elsewhere is taken out whole', () => {
  const doubled: Message[] = [{ role: 'user', content: '<persona:a>\n<persona:b>\r\nHello' }];
  expect(apply(doubled)).toEqual(['user: <persona:math_tutor>\nHello']);
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

test('a format of signs that mean something in expressions works, and one without an end needs its newline', () => {
  expect(apply([{ role: 'user', content: '[(x)] Hi' }], { format: '[({persona_name})]' })).toEqual([
    'user: [(math_tutor)]\nHi',
  ]);
  const mention: Message[] = [{ role: 'user', content: '@everyone look' }];
  expect(apply(mention, { format: '@{persona_name}' })).toEqual(['user: @math_tutor\n@everyone look']);
  expect(apply([{ role: 'user', content: '@old\nlook' }], { format: '@{persona_name}' })).toEqual([
    'user: @math_tutor\nlook',
  ]);
});

test('the messages that were given are not changed', () => {
  const given = chat.map((message) => Object.freeze({ ...message }));
  apply(Object.freeze(given) as readonly Message[]);
  expect(given).toEqual(chat);
});
