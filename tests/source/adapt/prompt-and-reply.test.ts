import { expect, test } from 'vitest';

import { compileShape } from '../../../src/source/adapt/compile-shape.ts';
import { detectShape } from '../../../src/source/adapt/detect-shape.ts';

const system = { role: 'system', content: 's' };
const user = { role: 'user', content: 'q' };
const reply = { role: 'assistant', content: 'good' };
const other = { role: 'assistant', content: 'bad' };

/** `u: text` for each message of the row. */
function messagesOf(record: unknown): string[] {
  const detected = detectShape([record], {});
  const row = 'plan' in detected ? compileShape(detected.plan, false)(record) : undefined;
  if (!row || !('messages' in row)) return [row ? row.code : 'unknown'];
  return row.messages.map(({ role, content }) => `${role[0]}: ${content}`);
}

const whole = ['u: q', 'a: good'];
const cases: readonly (readonly [title: string, record: unknown, expected: readonly string[]])[] = [
  ['prompt and completion as messages', { prompt: [user], completion: [reply] }, whole],
  ['prompt as messages, completion as text', { prompt: [user], completion: 'good' }, whole],
  ['prompt as text, completion as messages', { prompt: 'q', completion: [reply] }, whole],
  ['a labelled completion', { prompt: [user], completion: [reply], label: true }, whole],
  ['question and answer', { question: [system, user], answer: 'good' }, ['s: s', ...whole]],
  ['prompt and response as JSON text', { prompt: JSON.stringify([user]), response: 'good' }, whole],
  ['a completion that repeats its prompt', { prompt: [user], completion: [user, reply] }, whole],
  ['a prompt without an answer', { prompt: [user], completion: [] }, ['u: q']],
  ['prompt, chosen and rejected', { prompt: [user], chosen: [reply], rejected: [other] }, whole],
  [
    'system, question, chosen and rejected',
    { system: 's', question: 'q', chosen: 'good', rejected: 'bad' },
    ['s: s', ...whole],
  ],
  ['chosen as text', { prompt: [user], chosen: 'good', rejected: 'bad' }, whole],
  ['prompt as text', { prompt: 'q', chosen: [reply], rejected: [other] }, whole],
  [
    'chosen that begins with its prompt',
    { prompt: [user], chosen: [user, reply], rejected: [user, other] },
    whole,
  ],
  [
    'the same with the prompt as text',
    { prompt: 'q', chosen: [user, reply], rejected: [user, other] },
    whole,
  ],
  [
    'a system message in the prompt alone',
    { prompt: [system, user], chosen: [user, reply], rejected: [user, other] },
    ['s: s', ...whole],
  ],
  [
    'a conversation as prompt',
    { prompt: [user, reply, { role: 'user', content: 'more' }], chosen: [reply], rejected: [other] },
    [...whole, 'u: more', 'a: good'],
  ],
  [
    'messages beside a question are not answered by another column',
    { messages: [user, reply], question: 'q', answer: 'else' },
    whole,
  ],
];

test.each(cases)('prompt and reply: %s', (_, record, expected) => {
  expect(messagesOf(record)).toEqual(expected);
});

test('a reply of an unknown role is rejected, not taken for a text', () => {
  const adapt = compileShape(
    { kind: 'messages', columns: { messages: 'prompt', reply: 'completion' } },
    false,
  );
  expect(adapt({ prompt: [user], completion: [{ role: 'narrator', content: 'x' }] })).toMatchObject({
    code: 'role-unknown',
  });
});

test('a conversation of very many messages is read', () => {
  const adapt = compileShape({ kind: 'messages', columns: { messages: 'messages' } }, false);
  const row = adapt({ messages: Array.from({ length: 300_000 }, () => user) });
  expect('messages' in row && row.messages.length).toBe(300_000);
});
