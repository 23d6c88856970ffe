import { expect, test } from 'vitest';

import { estimateTokens } from '../../src/lora/estimate-tokens.ts';
import { chooseSystemPrompt } from '../../src/lora/system-prompt.ts';

const params = { level: null, settings: { sequenceTokens: 512 }, count: estimateTokens };
const long = 'word '.repeat(400);

test('the richest prompt that leaves half of the sequence is taken', () => {
  expect(
    chooseSystemPrompt('p', { minimal: 'Short.', standard: 'A little more.', full: long }, params).level,
  ).toBe('standard');
  expect(chooseSystemPrompt('p', { minimal: 'Short.', standard: long, full: long }, params).level).toBe(
    'minimal',
  );
});

test('a level that was asked for is taken or refused, never exchanged', () => {
  const prompts = { minimal: 'Short.', standard: long, full: null };
  expect(() => chooseSystemPrompt('p', prompts, { ...params, level: 'standard' })).toThrow(
    expect.objectContaining({ code: 'system-too-long' }) as Error,
  );
  expect(() => chooseSystemPrompt('p', prompts, { ...params, level: 'full' })).toThrow(
    expect.objectContaining({ code: 'system-missing' }) as Error,
  );
});
