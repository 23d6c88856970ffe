import { expect, test } from 'vitest';

import { adviseOnLabels } from '../../src/evaluate/learning-curve.ts';

const rights = (right: number, rows: number): boolean[] => Array.from({ length: rows }, (_, i) => i < right);

test('a clear gain of the last doubling asks for more labels', () => {
  expect(adviseOnLabels(rights(600, 1000), rights(650, 1000))).toMatchObject({
    verdict: 'more-helps',
    gain: 0.05,
  });
});

test('no gain over many rows says that more of the same hardly helps', () => {
  const advice = adviseOnLabels(rights(8000, 10_000), rights(8001, 10_000));
  expect(advice.verdict).toBe('little-left');
  expect(advice.sentence).toMatchInlineSnapshot(
    `"More labels of the same kind would hardly help: the last doubling changed held-out accuracy by +0.0 points (standard error 0.0). Rows from other sources may."`,
  );
});

test('a noisy difference over few rows is not read as anything', () => {
  const half = Array.from({ length: 40 }, (_, i) => i % 2 === 0);
  const full = half.map((isRight, i) => (i < 20 ? !isRight : isRight));
  expect(adviseOnLabels(half, full).verdict).toBe('cannot-tell');
});

test('a handful of rows that agree is no evidence', () => {
  expect(adviseOnLabels(rights(4, 4), rights(4, 4)).verdict).toBe('cannot-tell');
});

test('a gain that the held-out rows do not rule out is no reason to stop labelling', () => {
  // 48 rows gained and 33 lost of 1,000: +1.5 points, from about −0.3 to +3.3.
  const half = [...rights(500, 500), ...rights(0, 500)];
  const full = half.map((isRight, i) => (i < 33 || i >= 952 ? !isRight : isRight));
  expect(adviseOnLabels(half, full)).toMatchObject({ gain: 0.015, verdict: 'cannot-tell' });
});
