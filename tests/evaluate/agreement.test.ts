import { expect, test } from 'vitest';

import { cohenKappa } from '../../src/evaluate/agreement.ts';

function pairs(table: readonly (readonly [string, string, number])[]): [string, string][] {
  return table.flatMap(([a, b, count]) => Array.from({ length: count }, (): [string, string] => [a, b]));
}

test('the printed example of Cohen 1960 has kappa 0.4', () => {
  // 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no.
  const found = cohenKappa(
    pairs([
      ['y', 'y', 20],
      ['y', 'n', 5],
      ['n', 'y', 10],
      ['n', 'n', 15],
    ]),
  );
  expect(found?.observed).toBeCloseTo(0.7, 12);
  expect(found?.kappa).toBeCloseTo(0.4, 12);
});

test('full agreement is 1, chance is 0, nothing labelled is null', () => {
  expect(
    cohenKappa(
      pairs([
        ['a', 'a', 3],
        ['b', 'b', 2],
      ]),
    )?.kappa,
  ).toBe(1);
  expect(cohenKappa(pairs([['a', 'a', 4]]))?.kappa).toBe(1);
  expect(
    cohenKappa(
      pairs([
        ['a', 'a', 1],
        ['a', 'b', 1],
        ['b', 'a', 1],
        ['b', 'b', 1],
      ]),
    )?.kappa,
  ).toBe(0);
  expect(cohenKappa([])).toBeNull();
});
