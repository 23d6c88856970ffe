import fc from 'fast-check';
import { expect, test } from 'vitest';

import { estimateTokens } from '../../src/lora/estimate-tokens.ts';
import { fitInput, templateTokens } from '../../src/lora/fit-row.ts';
import { loraModes, modeSettings } from '../../src/lora/lora-mode.ts';

const words = (count: number): string => Array.from({ length: count }, (_, i) => `word${i}`).join(' ');

test('a short exchange is left as it is', () => {
  const fitted = fitInput(
    { user: 'How?', assistant: 'So.', systemTokens: 10 },
    modeSettings['16GB'],
    estimateTokens,
  );
  expect(fitted).toEqual({ user: 'How?', isCut: false });
});

test('of a long input the end is kept, from a word on', () => {
  const fitted = fitInput(
    { user: words(2000), assistant: 'So.', systemTokens: 10 },
    modeSettings['16GB'],
    estimateTokens,
  );
  expect(fitted).toMatchObject({
    isCut: true,
    user: expect.stringMatching(/^… word\d+ .* word1999$/) as string,
  });
});

test('a reply is never cut, and a prompt that leaves no room is said to', () => {
  const settings = modeSettings['16GB'];
  expect(fitInput({ user: 'Hi', assistant: words(400), systemTokens: 0 }, settings, estimateTokens)).toEqual({
    reason: 'long-reply',
  });
  expect(
    fitInput({ user: words(50), assistant: words(100), systemTokens: 300 }, settings, estimateTokens),
  ).toEqual({
    reason: 'no-room',
  });
});

test('whatever goes in, a row that comes out fits the sequence in every mode', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...loraModes),
      fc.nat(3000),
      fc.nat(3000),
      fc.nat(200),
      fc.boolean(),
      (mode, inputLength, outputLength, systemTokens, hasSpaces) => {
        const settings = modeSettings[mode];
        const unit = hasSpaces ? 'ab c ' : 'äbcdé';
        const user = unit.repeat(Math.ceil(inputLength / 5)).slice(0, inputLength);
        const assistant = 'r'.repeat(outputLength);
        const fitted = fitInput({ user, assistant, systemTokens }, settings, estimateTokens);
        if ('reason' in fitted) return;
        const total = systemTokens + templateTokens + estimateTokens(fitted.user) + estimateTokens(assistant);
        expect(total).toBeLessThanOrEqual(settings.sequenceTokens);
        expect(estimateTokens(fitted.user)).toBeLessThanOrEqual(settings.inputTokens);
      },
    ),
  );
});
