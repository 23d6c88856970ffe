import { expect, test } from 'vitest';

import { measureStyle } from '../../../src/evaluate/persona/style.ts';
import { wantedTraits } from '../../../src/evaluate/persona/wanted-traits.ts';

const traits = ['formal', 'brief', 'technical', 'direct', 'supportive', 'vivid', 'methodical', 'nuanced'];

test('a description becomes traits, and what no trait stands for is named', () => {
  expect(wantedTraits(['technical, precise, concise'], traits)).toEqual({
    traits: ['technical', 'direct', 'brief'],
    unmatched: [],
  });
  expect(wantedTraits(['logical, step-by-step, clear'], traits)).toEqual({
    traits: ['methodical'],
    unmatched: ['logical', 'clear'],
  });
  expect(wantedTraits(['supportive', 'warm and understanding'], traits).traits).toEqual(['supportive']);
});

test('agreement is the share of wanted traits that hold, beside what others have of them', () => {
  const brief = 1 << 1;
  const technical = 1 << 2;
  const answers = [
    { persona: 0, traits: brief | technical },
    { persona: 0, traits: brief },
    { persona: 1, traits: 0 },
    { persona: 1, traits: brief },
  ];
  const [first, second] = measureStyle(answers, [{ wanted: ['brief', 'technical'] }, { wanted: [] }], traits);
  expect(first).toMatchObject({ agreement: 0.75, others: 0.25, consistency: 7 / 8 });
  expect(second).toMatchObject({ agreement: null, others: null, consistency: 7 / 8 });
});

test('one answer alone is neither consistent nor inconsistent', () => {
  const [only] = measureStyle([{ persona: 0, traits: 1 }], [{ wanted: ['formal'] }], traits);
  expect(only).toMatchObject({ agreement: 1, others: null, consistency: null });
});
