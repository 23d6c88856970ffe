import { expect, test } from 'vitest';

import { checkReply } from '../../../src/make/replies/check-reply.ts';

const long = Array.from({ length: 300 }, (_, index) => `word${index}`).join(' ');

function codes(instruction: string, answer: string, traits: string[] = []): string[] {
  return checkReply({ instruction, answer }, { persona: 'grief_companion', traits }, 'cell').map(
    ({ code }) => code,
  );
}

test('a good reply has no finding', () => {
  expect(codes('My cat died.', 'I am so sorry. Tell me about her.', ['brief'])).toEqual([]);
  expect(codes('Explain.', long, ['detailed'])).toEqual([]);
});

test.each([
  ['', 'Yes.', [], 'reply-instruction-empty'],
  ['Why?', ' ', [], 'reply-answer-empty'],
  ['Why?', 'Why?', [], 'reply-echo'],
  ['Why?', long, ['brief'], 'reply-not-brief'],
  ['Why?', 'Because.', ['detailed'], 'reply-not-detailed'],
  ['Why?', 'Dear [your name], because.', [], 'reply-placeholder'],
  ['Why?', 'Lorem ipsum dolor.', [], 'reply-placeholder'],
  ['Why?', 'As your grief_companion I say so.', [], 'reply-names-persona'],
  ['Why?', 'As an AI language model I cannot.', [], 'reply-assistant-talk'],
  ['Почему?', 'Потому что так устроен мир.', [], 'reply-language'],
])('%j answered with %.30j: %j', (instruction, answer, traits, code) => {
  expect(codes(instruction, answer, traits)).toEqual([code]);
});
