import { expect, test } from 'vitest';

import { diversityOf } from '../../src/cards/diversity.ts';
import type { Card } from '../../src/core/card.ts';
import { sampleCard } from './support.ts';

const card = (index: number, kinds: number): Card => {
  const kind = `k${index % kinds}`;
  const base = sampleCard({ id: `c${index}` });
  return {
    ...base,
    identity: { ...base.identity, demographics: { level: kind, function: kind, industry: kind } },
    context: {
      work_style: `${kind} (a remark of ${index})`,
      career_stage: kind,
      weekly_hours: [(index % kinds) * 10, (index % kinds) * 10 + 4],
    },
  };
};
const set = (size: number, kinds: number): Card[] =>
  Array.from({ length: size }, (_, index) => card(index, kinds));

test('cards that are evenly spread over enough classes have full diversity', () => {
  const result = diversityOf(set(20, 5));
  expect(result.dimensions.map(({ dimension, weight }) => [dimension, weight])).toEqual([
    ['level', 0.2],
    ['function', 0.2],
    ['load', 0.15],
    ['work_style', 0.15],
    ['career', 0.15],
    ['context', 0.15],
  ]);
  for (const { dimension, diversity } of result.dimensions)
    if (dimension !== 'load') expect(diversity).toBeCloseTo(1, 10);
  expect(result.score).toBeGreaterThan(result.wanted);
});

test('cards that are all alike have none, and neither has an empty set', () => {
  expect(diversityOf(set(20, 1)).score).toBe(0);
  expect(diversityOf([]).score).toBe(0);
});

test('two classes evenly used are not taken for full diversity', () => {
  const level = diversityOf(set(20, 2)).dimensions[0];
  expect(level?.diversity).toBeCloseTo(0.5, 10);
});

test('a skewed dimension is worth its entropy over ln k', () => {
  const cards = [...set(5, 5), ...set(15, 1)];
  const level = diversityOf(cards).dimensions[0];
  const shares = [16, 1, 1, 1, 1].map((count) => count / 20);
  const entropy = shares.reduce((sum, share) => sum - share * Math.log(share), 0);
  expect(level?.diversity).toBeCloseTo(entropy / Math.log(5), 10);
  expect(level?.classes[0]).toEqual({ name: 'k0', cards: 16 });
});

test('what a card does not say counts as one class and is told', () => {
  const silent = sampleCard();
  const result = diversityOf([silent, silent, ...set(2, 2)]);
  expect(result.dimensions[0]).toMatchObject({
    unknown: 2,
    diversity: expect.closeTo(1.0397 / Math.log(4), 3),
  });
});
