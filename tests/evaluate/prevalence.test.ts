import { expect, test } from 'vitest';

import { correctPrevalence } from '../../src/evaluate/prevalence.ts';
import { mix32 } from '../../src/lib/hash.ts';

const perfect = { rows: 1000, counted: 200, members: 50, found: 50, others: 150, leftOut: 150 };

test('a tagger without errors is believed', () => {
  const { share, low, high } = correctPrevalence(perfect, 0.95) ?? { share: 0, low: 0, high: 0 };
  expect(share).toBeCloseTo(0.2, 12);
  expect([low < 0.2, high > 0.2, high - low < 0.12]).toEqual([true, true, true]);
});

test('missed and false rows are taken out: (counted + specificity - 1) / (sensitivity + specificity - 1)', () => {
  const counts = { rows: 10_000, counted: 2_500, members: 100, found: 80, others: 400, leftOut: 360 };
  expect(correctPrevalence(counts, 0.95)?.share).toBeCloseTo((0.25 + 0.9 - 1) / (0.8 + 0.9 - 1), 12);
});

test('the interval agrees with a worked example of its authors’ formula', () => {
  // 20 of 1000 positive; 792 of 800 healthy and 80 of 100 diseased told right.
  const counts = { rows: 1000, counted: 20, members: 100, found: 80, others: 800, leftOut: 792 };
  const z = 1.959963984540054;
  const [p, se, sp] = [(20 + z ** 2 / 2) / (1000 + z ** 2), 81 / 102, 793 / 802];
  const share = (p + sp - 1) / (se + sp - 1);
  const shift = 2 * z ** 2 * ((share * se * (1 - se)) / 102 - ((1 - share) * sp * (1 - sp)) / 802);
  const error =
    Math.sqrt(
      (p * (1 - p)) / (1000 + z ** 2) +
        (share ** 2 * se * (1 - se)) / 102 +
        ((1 - share) ** 2 * sp * (1 - sp)) / 802,
    ) /
    (se + sp - 1);
  const found = correctPrevalence(counts, 0.95);
  expect(found?.low).toBeCloseTo(Math.max(0, share + shift - z * error), 12);
  expect(found?.high).toBeCloseTo(share + shift + z * error, 12);
});

test('nothing is said without labelled rows of a side, or of a tagger no better than chance', () => {
  expect(correctPrevalence({ ...perfect, members: 0, found: 0 }, 0.95)).toBe(null);
  expect(correctPrevalence({ ...perfect, others: 0, leftOut: 0 }, 0.95)).toBe(null);
  expect(correctPrevalence({ ...perfect, found: 10, leftOut: 120 }, 0.95)).toBe(null);
});

test('a wider level is a wider interval, and shares stay inside 0 to 1', () => {
  const counts = { rows: 5000, counted: 4, members: 20, found: 12, others: 300, leftOut: 290 };
  const widths = ([0.9, 0.95, 0.99] as const).map((level) => {
    const { share, low, high } = correctPrevalence(counts, level) ?? { share: -1, low: -1, high: -1 };
    expect([share >= 0, low >= 0, high <= 1, low <= share, share <= high]).not.toContain(false);
    return high - low;
  });
  expect(widths).toEqual(widths.toSorted((a, b) => a - b));
});

test('over 400 invented corpora the interval of 95 % holds the truth about that often', () => {
  let seed = 1;
  const draw = (): number => (mix32((seed += 0x9e3779b9)) >>> 0) / 2 ** 32;
  const binomial = (trials: number, chance: number): number => {
    let hits = 0;
    for (let i = 0; i < trials; i++) if (draw() < chance) hits++;
    return hits;
  };
  let [held, misled] = [0, 0];
  for (let run = 0; run < 400; run++) {
    const truth = 0.02 + draw() * 0.4;
    const sensitivity = 0.6 + draw() * 0.35;
    const specificity = 0.9 + draw() * 0.09;
    const members = binomial(300, truth);
    const counts = {
      rows: 20_000,
      counted: Math.round(20_000 * (truth * sensitivity + (1 - truth) * (1 - specificity))),
      members,
      found: binomial(members, sensitivity),
      others: 300 - members,
      leftOut: binomial(300 - members, specificity),
    };
    const found = correctPrevalence(counts, 0.95);
    if (found && found.low <= truth && truth <= found.high) held++;
    if (found && Math.abs(found.share - truth) > Math.abs(counts.counted / 20_000 - truth)) misled++;
  }
  expect(held / 400).toBeGreaterThan(0.92);
  expect(misled / 400).toBeLessThan(0.4);
});
