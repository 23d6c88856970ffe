import { expect, test } from 'vitest';

import { compileCorrection } from '../../src/fit/correction.ts';
import { fitCorrection, type Lessons } from '../../src/fit/fit-correction.ts';

const labels = 6;
const doubt = 0.12;

/** A repeatable draw from [0, 1). */
function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Rows of a corpus on which the fast tier takes label 1 for label 0, most of the time, and is right of the others; the
 * accurate tier knows. What is left of the truth is in the log-odds of an unlikely label.
 */
function corpus(rows: number, seed: number): { lessons: Lessons; truth: number[] } {
  const random = draws(seed);
  const truth: number[] = [];
  const fast = new Float32Array(rows * labels);
  const accurate = new Float32Array(rows * labels);
  for (let row = 0; row < rows; row++) {
    const label = Math.floor(random() * labels);
    truth.push(label);
    const seen = label === 1 ? 0 : label;
    const logits = Array.from({ length: labels }, (_, j) => (j === seen ? 3 : 0) + 2 * random());
    if (label === 1) logits[5] = -6;
    const masses = logits.map(Math.exp);
    const sum = masses.reduce((all, mass) => all + mass, 0);
    for (let j = 0; j < labels; j++) {
      fast[row * labels + j] = ((1 - doubt) * (masses[j] ?? 0)) / sum + doubt / labels;
      accurate[row * labels + j] = j === label ? 0.85 : 0.03;
    }
  }
  return { lessons: { labels, fast, accurate, drawn: new Uint8Array(rows).fill(1) }, truth };
}

function rightOf(scores: Float32Array, truth: readonly number[]): number {
  const right = truth.filter((label, row) => {
    const own = scores.subarray(row * labels, (row + 1) * labels);
    return own.indexOf(Math.max(...own)) === label;
  });
  return right.length / truth.length;
}

test('what the accurate tier says of some rows mends the same mistake on others, and their confidence', () => {
  const correction = fitCorrection(corpus(150, 1).lessons, doubt);
  const { lessons, truth } = corpus(600, 2);
  const scores = Float32Array.from(lessons.fast);
  const before = rightOf(scores, truth);
  compileCorrection(correction)(scores);
  expect(before).toBeLessThan(0.85);
  expect(rightOf(scores, truth)).toBeGreaterThan(0.97);
  const sure = truth.map((_, row) => Math.max(...scores.subarray(row * labels, (row + 1) * labels)));
  expect(sure.reduce((sum, one) => sum + one, 0) / sure.length).toBeCloseTo(0.85, 1);
  for (let row = 0; row < truth.length; row++) {
    const own = scores.subarray(row * labels, (row + 1) * labels);
    expect(own.reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 5);
  }
});

test('agreement is told of drawn rows alone, before and as the others teach each of them', () => {
  const { lessons, truth } = corpus(200, 3);
  const drawn = Uint8Array.from(truth, (_, row) => (row < 120 ? 1 : 0));
  const { agreement } = fitCorrection({ ...lessons, drawn }, doubt);
  expect(agreement.rows).toBe(120);
  expect(agreement.before).toBe(
    Math.round(rightOf(lessons.fast.subarray(0, 120 * labels), truth.slice(0, 120)) * 120),
  );
  expect(agreement.after).toBeGreaterThan(agreement.before);
});

test('held-out agreement is that of a fit without the row', () => {
  const { lessons } = corpus(140, 4);
  const rows = lessons.drawn.length;
  let agreed = 0;
  // The centres stay those of the first 128 rows, so only rows behind them can be left out one by one.
  const behind = Array.from({ length: rows - 128 }, (_, i) => 128 + i);
  const drawn = new Uint8Array(rows);
  for (const row of behind) drawn[row] = 1;
  for (const row of behind) {
    const keep = (values: Float32Array): Float32Array =>
      Float32Array.from([...values.subarray(0, row * labels), ...values.subarray((row + 1) * labels)]);
    const rest = {
      labels,
      fast: keep(lessons.fast),
      accurate: keep(lessons.accurate),
      drawn: drawn.slice(1),
    };
    const own = lessons.fast.slice(row * labels, (row + 1) * labels);
    compileCorrection(fitCorrection(rest, doubt))(own);
    const wanted = lessons.accurate.subarray(row * labels, (row + 1) * labels);
    if (own.indexOf(Math.max(...own)) === wanted.indexOf(Math.max(...wanted))) agreed++;
  }
  expect(fitCorrection({ ...lessons, drawn }, doubt).agreement.after).toBe(agreed);
});

test('with doubt a 0 is a rule and stays; the correction survives JSON', () => {
  const correction = fitCorrection(corpus(150, 5).lessons, doubt);
  const scores = Float32Array.of(0.7, 0, 0.1, 0.1, 0.1, 0, 0.2, 0.2, 0.2, 0.2, 0.1, 0.1);
  const again = Float32Array.from(scores);
  compileCorrection(correction)(scores);
  compileCorrection(JSON.parse(JSON.stringify(correction)))(again);
  expect([scores[1], scores[5]]).toEqual([0, 0]);
  expect([...again]).toEqual([...scores]);
});

test('without doubt a 0 is a rounded score and can rise; a row keeps its sum, and one of zeros stays', () => {
  const { lessons } = corpus(150, 6);
  const fast = lessons.fast.map((score) => (score < 0.05 ? 0 : score));
  const correct = compileCorrection(fitCorrection({ ...lessons, fast }, 0));
  const scores = Float32Array.of(1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  correct(scores);
  expect(scores[1]).toBeGreaterThan(0);
  const sums = [0, 6, 12].map((at) => scores.subarray(at, at + 6).reduce((sum, score) => sum + score, 0));
  sums.forEach((sum, i) => expect(sum).toBeCloseTo(i === 2 ? 0 : i + 1, 5));
});
