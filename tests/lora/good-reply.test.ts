import { expect, test } from 'vitest';

import { disputesReply, replyFault } from '../../src/lora/good-reply.ts';

const good = 'Sort the list first, then walk it once from both ends.';
const signals = { finish: null, rating: null, isDisputed: false } as const;

test('what the export states counts first', () => {
  expect(replyFault(good, signals)).toBeNull();
  expect(replyFault(good, { ...signals, rating: 'up', finish: 'stop' })).toBeNull();
  expect(replyFault(good, { ...signals, rating: 'down' })).toBe('rated-down');
  expect(replyFault(good, { ...signals, isDisputed: true })).toBe('disputed');
  expect(replyFault(good, { ...signals, finish: 'length' })).toBe('truncated');
  expect(replyFault(good, { ...signals, finish: 'interrupted' })).toBe('interrupted');
});

test.each([
  ['I’m sorry, but I can’t help with that kind of request.', 'refusal'],
  ['As an AI language model, I have no opinions on this.', 'refusal'],
  ['Something went wrong. If this issue persists please contact us.', 'error-message'],
  ['Yes.', 'short'],
  ['Here is the function:\n```python\ndef add(a, b):\n    return a', 'truncated'],
  ['The first thing to do when the index grows is to look at the order in which the', 'truncated'],
])('%s: %s', (text, fault) => {
  expect(replyFault(text, undefined)).toBe(fault);
});

test.each([
  'I am sorry you had such a day. Do you want to talk about it?',
  '- sort the list by its first column and keep the order of equal rows\n- walk it once',
  'Run this:\n```sh\nnpm test\n```',
  'https://example.org/a/very/long/address/that/ends/in/a/word/and/has/no/full/stop/at/all',
])('a whole reply is no fault: %s', (text) => {
  expect(replyFault(text, undefined)).toBeNull();
});

test('a next turn that disputes is told from one that goes on', () => {
  for (const text of [
    "No, that's not it",
    'That is wrong',
    "that's not what I asked",
    'Still not working',
    'doesn’t work',
  ])
    expect(disputesReply(text)).toBe(true);
  for (const text of [
    'Now add a test',
    'No problem, thanks',
    'Wrongly sorted lists are rare',
    'Thanks, works',
  ])
    expect(disputesReply(text)).toBe(false);
});
