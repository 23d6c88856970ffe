import { expect, test } from 'vitest';

import { agreementOf } from '../../src/lib/agreement.ts';

function pairs(counts: readonly (readonly [string, string, number])[]): [string, string][] {
  return counts.flatMap(([left, right, count]) =>
    Array.from({ length: count }, (): [string, string] => [left, right]),
  );
}

test('the kappa of the textbook table is 0.4', () => {
  // 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: observed 0.70, by chance 0.50.
  const agreement = agreementOf(
    pairs([
      ['yes', 'yes', 20],
      ['yes', 'no', 5],
      ['no', 'yes', 10],
      ['no', 'no', 15],
    ]),
  );
  expect(agreement.kappa).toBeCloseTo(0.4, 12);
  expect(agreement.observed).toBeCloseTo(0.7, 12);
  const [low, high] = agreement.interval ?? [1, 0];
  expect(low).toBeGreaterThan(0.05);
  expect(low).toBeLessThan(0.3);
  expect(high).toBeGreaterThan(0.5);
  expect(high).toBeLessThan(0.75);
});

test('raters who agree by chance alone have a kappa of nought', () => {
  const agreement = agreementOf(
    pairs([
      ['a', 'a', 25],
      ['a', 'b', 25],
      ['b', 'a', 25],
      ['b', 'b', 25],
    ]),
  );
  expect(agreement.kappa).toBeCloseTo(0, 12);
});

test('without pairs there is no kappa, and with one name only it is one', () => {
  expect(agreementOf([])).toEqual({ pairs: 0, observed: 0, kappa: null, interval: null });
  expect(agreementOf(pairs([['a', 'a', 9]])).kappa).toBe(1);
});

test('the interval depends on the seed and on nothing else', () => {
  const same = pairs([
    ['a', 'a', 9],
    ['a', 'b', 4],
    ['b', 'b', 7],
  ]);
  expect(agreementOf(same, { seed: '7' })).toEqual(agreementOf(same, { seed: '7' }));
});
