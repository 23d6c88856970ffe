import { expect, test } from 'vitest';

import { findTemplateMark, isPlaceholder } from '../../src/lora/placeholders.ts';

test.each([
  '',
  ' … ',
  'TODO',
  'n/a',
  '[PLACEHOLDER: generate a response in the persona style]',
  '[Your response here]',
  'Sure: [insert answer]',
  '[TO BE FILLED]',
  '[RESPONSE]',
  '<your reply>',
  '{{response}}',
  'The reply goes here.',
  'Lorem ipsum dolor sit amet',
  '[EMAIL_1] [PHONE_2]',
])('nobody wrote this: %s', (text) => {
  expect(isPlaceholder(text)).toBe(true);
});

test.each([
  'No.',
  'Write to [EMAIL_1] today.',
  'See [the answer](https://example.org) there.',
  'const [response] = await all(requests);',
  'Use <output> for results of a calculation.',
  'It prints {{ user.name }} in the page.',
  'I have a to-do list.',
  'Your answer was right.',
])('somebody wrote this: %s', (text) => {
  expect(isPlaceholder(text)).toBe(false);
});

test('marks of chat templates are found, HTML and generics are not', () => {
  expect(findTemplateMark('a <|im_end|> b')).toBe('<|im_end|>');
  expect(findTemplateMark('[INST] hi [/INST]')).toBe('[INST]');
  expect(findTemplateMark('<start_of_turn>user')).toBe('<start_of_turn>');
  expect(findTemplateMark('a < b | c > d, Map<string, s>, <script>, <small>')).toBeNull();
});
