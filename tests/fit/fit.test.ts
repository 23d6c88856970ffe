import fc from 'fast-check';
import { expect, test } from 'vitest';

import { minimise } from '../../src/fit/lbfgs.ts';
import { foldHead, logitsOf, standardise } from '../../src/fit/linear.ts';
import { bestClasses } from '../../src/fit/softmax.ts';
import { fitTemperature } from '../../src/fit/temperature.ts';
import { chooseThresholds } from '../../src/fit/thresholds.ts';

test('descent finds the bottom of a badly scaled bowl', async () => {
  const centre = Float64Array.from([1, -2, 3, 0.5]);
  const scales = [1, 100, 0.01, 10];
  const { point, iterations } = await minimise(
    (at) =>
      Promise.resolve({
        loss: at.reduce((sum, x, i) => sum + ((scales[i] ?? 1) * (x - (centre[i] ?? 0)) ** 2) / 2, 0),
        gradient: at.map((x, i) => (scales[i] ?? 1) * (x - (centre[i] ?? 0))),
      }),
    new Float64Array(4),
    { iterations: 200, tolerance: 1e-9 },
  );
  point.forEach((x, i) => expect(x).toBeCloseTo(centre[i] ?? 0, 5));
  expect(iterations).toBeLessThan(60);
});

test('descent never ends above its start', async () => {
  const row = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 3, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 8 }), row, async (rows, start) => {
      // Σ log(1 + exp(row · point)): convex, and without a bottom where all rows point one way.
      const slopeAt = (at: Float64Array) => {
        const products = rows.map((numbers) => numbers.reduce((sum, x, i) => sum + x * (at[i] ?? 0), 0));
        const gradient = Float64Array.from(at, (_, i) =>
          rows.reduce((sum, numbers, r) => sum + (numbers[i] ?? 0) / (1 + Math.exp(-(products[r] ?? 0))), 0),
        );
        return Promise.resolve({
          loss: products.reduce((sum, z) => sum + Math.log1p(Math.exp(z)), 0),
          gradient,
        });
      };
      const begun = await slopeAt(Float64Array.from(start));
      const ended = await minimise(slopeAt, Float64Array.from(start), { iterations: 20, tolerance: 1e-6 });
      expect(ended.loss).toBeLessThanOrEqual(begun.loss);
      if (Math.max(...begun.gradient.map(Math.abs)) > 1e-3) expect(ended.loss).toBeLessThan(begun.loss);
    }),
  );
});

test('descent stops where it starts when that is the bottom', async () => {
  const flat = await minimise(
    (at) => Promise.resolve({ loss: 1, gradient: at.map(() => 0) }),
    Float64Array.from([3]),
    { iterations: 5, tolerance: 1e-6 },
  );
  expect(flat).toMatchObject({ iterations: 0, loss: 1 });
});

test('temperature undoes a known overconfidence', () => {
  const rows = 4000;
  const logits = new Float64Array(rows * 2);
  // Said: 1 / (1 + e^−4) = 0.982; true: 0.75 = 1 / (1 + e^−ln 3), so the temperature is 4 / ln 3 but for the smoothing of labels.
  for (let row = 0; row < rows; row++) logits[row * 2] = 4;
  const labels = Uint8Array.from({ length: rows }, (_, row) => (row % 4 === 0 ? 1 : 0));
  expect(fitTemperature(logits, labels, 2)).toBeCloseTo(4 / Math.log(3), 2);
  expect(fitTemperature(new Float64Array(), new Uint8Array(), 2)).toBe(1);
});

test('few rows that are all right promise no certainty, many do', () => {
  const sureOf = (rows: number): number => {
    const logits = Float64Array.from({ length: rows * 2 }, (_, i) => (i % 2 === 0 ? 6 : 0));
    return 1 / (1 + Math.exp(-6 / fitTemperature(logits, new Uint8Array(rows), 2)));
  };
  // Platt's targets: (rows + 1) / (rows + 2).
  expect(sureOf(4)).toBeCloseTo(5 / 6, 4);
  expect(sureOf(400)).toBeCloseTo(401 / 402, 4);
});

test('a handful of right rows does not buy a threshold of zero', () => {
  const limitsOf = (rows: number): number[] =>
    chooseThresholds({
      labels: Uint8Array.from({ length: rows }, (_, row) => row % 2),
      best: Uint8Array.from({ length: rows }, (_, row) => row % 2),
      scores: new Float64Array(rows).fill(0.8),
      classes: 2,
      precision: 0.9,
    });
  expect(limitsOf(4)).toEqual([0.95, 0.95]);
  expect(limitsOf(40)).toEqual([0, 0]);
});

test('thresholds reach the wanted precision on the rows that chose them', () => {
  const rows = 2000;
  const scores = Float64Array.from({ length: rows }, (_, row) => (row + 0.5) / rows);
  const best = Uint8Array.from({ length: rows }, (_, row) => row % 2);
  // Class 0 is right as often as its probability says, class 1 always.
  const labels = Uint8Array.from(best, (label, row) =>
    label === 1 || ((row * 7919) % rows) / rows < (scores[row] ?? 0) ? label : 2,
  );
  const limits = chooseThresholds({ labels, best, scores, classes: 3, precision: 0.9 });
  const kept = [...scores.keys()].filter((row) => best[row] === 0 && (scores[row] ?? 0) >= (limits[0] ?? 0));
  const right = kept.filter((row) => labels[row] === 0).length / kept.length;
  expect(right).toBeGreaterThanOrEqual(0.88);
  expect(limits[0]).toBeGreaterThan(0.7);
  expect(limits[1]).toBeLessThan(0.1);
});

test('a higher wanted precision never lowers a threshold', () => {
  const row = fc.record({
    label: fc.nat(2),
    best: fc.nat(2),
    score: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
      const limits = (precision: number): number[] =>
        chooseThresholds({
          labels: Uint8Array.from(rows, ({ label }) => label),
          best: Uint8Array.from(rows, ({ best }) => best),
          scores: Float64Array.from(rows, ({ score }) => score),
          classes: 3,
          precision,
        });
      const [low, high] = [limits(0.5), limits(0.8)];
      low.forEach((limit, i) => expect(high[i]).toBeGreaterThanOrEqual(limit));
    }),
  );
});

test('a folded head gives on raw numbers what the weights give on standardised ones', () => {
  const [rows, width, classes] = [20, 4, 3];
  const raw = Float32Array.from({ length: rows * width }, (_, i) =>
    i % width === width - 1 ? 1 : 5 + 3 * Math.sin(i),
  );
  const features = raw.slice();
  const standardised = standardise(features, width);
  const mean = features.reduce((sum, value, i) => (i % width === 0 ? sum + value : sum), 0) / rows;
  expect(mean).toBeCloseTo(0, 5);
  const weights = Float64Array.from({ length: width * classes }, (_, i) => Math.cos(i));
  const wanted = logitsOf(features, weights, { width, classes, from: 0, to: rows });
  const head = foldHead(weights, classes, standardised, 2);
  for (let row = 0; row < rows; row++)
    for (let label = 0; label < classes; label++) {
      let logit = head.bias[label] ?? 0;
      for (let i = 0; i < width - 1; i++)
        logit += (raw[row * width + i] ?? 0) * (head.weights[i * classes + label] ?? 0);
      expect(logit).toBeCloseTo((wanted[row * classes + label] ?? 0) / 2, 3);
    }
});

test('the best class is the first of equals and its probability is a softmax', () => {
  const { best, scores } = bestClasses(Float64Array.from([1, 1, 0, 0, Math.log(3), 0]), 3, 1);
  expect([...best]).toEqual([0, 1]);
  expect(scores[1]).toBeCloseTo(3 / 5, 12);
});
