import fc from 'fast-check';
import { expect, test } from 'vitest';

import { evaluateLabels } from '../../src/evaluate/metrics.ts';
import { judgementsOf, personaIndex, taxonomy } from './support/judged.ts';

test('accuracy, macro-F1, category and parent accuracy of a hand-checked case', () => {
  const evaluation = evaluateLabels(
    judgementsOf([
      ['code_expert', 'code_expert', 0.9],
      ['code_expert', 'python_specialist', 0.8],
      ['poet', 'poet', 0.7],
      ['poet', 'code_expert', 0.6],
    ]),
    taxonomy,
  );
  expect(evaluation).toMatchObject({
    rows: 4,
    accuracy: 0.5,
    best_accuracy: 0.5,
    category_accuracy: 0.75,
    parent_accuracy: 0.75,
    abstention_rate: 0,
  });
  expect(evaluation.per_class['code_expert']).toEqual({
    support: 2,
    predicted: 2,
    precision: 0.5,
    recall: 0.5,
    f1: 0.5,
  });
  expect(evaluation.per_class['python_specialist']).toMatchObject({ support: 0, predicted: 1 });
  expect(evaluation.per_category['technical']).toMatchObject({ support: 2, predicted: 3, recall: 1 });
  expect(evaluation.per_parent['code_expert']).toMatchObject({ support: 2, predicted: 3, recall: 1 });
  expect(evaluation.macro_f1).toBeCloseTo((0.5 + 2 / 3) / 2, 12);
});

test('only what rolls up to the gold class is right in parent accuracy: not its parent, not a sibling', () => {
  const parentAccuracy = (gold: string, guess: string): number =>
    evaluateLabels(judgementsOf([[gold, guess, 1]]), taxonomy).parent_accuracy;
  expect(parentAccuracy('code_expert', 'python_specialist')).toBe(1);
  expect(parentAccuracy('python_specialist', 'code_expert')).toBe(0);
  expect(parentAccuracy('python_specialist', 'code_reviewer')).toBe(0);
});

test('a row below its threshold counts as general_assistant, and its best class still counts for calibration', () => {
  const evaluation = evaluateLabels(
    judgementsOf([
      ['poet', 'poet', 0.2, false],
      ['general_assistant', 'poet', 0.2, false],
    ]),
    taxonomy,
  );
  expect(evaluation).toMatchObject({ accuracy: 0.5, best_accuracy: 0.5, abstention_rate: 1 });
  expect(evaluation.confusion).toEqual({
    poet: { general_assistant: 1 },
    general_assistant: { general_assistant: 1 },
  });
  expect(evaluation.reliability.filter((bin) => bin.rows > 0)).toMatchObject([{ rows: 2, accuracy: 0.5 }]);
});

test('a perfectly calibrated and a boastful tagger differ in ECE', () => {
  const rows = (score: number): Parameters<typeof judgementsOf>[0] => [
    ...Array.from({ length: 7 }, () => ['poet', 'poet', score] as const),
    ...Array.from({ length: 3 }, () => ['poet', 'humorist', score] as const),
  ];
  expect(evaluateLabels(judgementsOf(rows(0.7)), taxonomy).ece).toBeCloseTo(0, 12);
  expect(evaluateLabels(judgementsOf(rows(1)), taxonomy).ece).toBeCloseTo(0.3, 12);
});

test('coverage at 90 % precision counts the confident rows, and equal probabilities stay together', () => {
  const rows = (wrongScore: number): Parameters<typeof judgementsOf>[0] => [
    ...Array.from({ length: 9 }, () => ['poet', 'poet', 0.9] as const),
    ['poet', 'humorist', wrongScore],
    ...Array.from({ length: 10 }, () => ['poet', 'humorist', 0.2] as const),
  ];
  const coverage = (wrongScore: number): number =>
    evaluateLabels(judgementsOf(rows(wrongScore)), taxonomy).coverage_at_90_precision;
  expect(coverage(0.8)).toBe(0.5);
  expect(coverage(0.2)).toBe(0.45);
  const tied = judgementsOf([
    ['poet', 'poet', 0.5],
    ['poet', 'humorist', 0.5],
  ]);
  expect(evaluateLabels(tied, taxonomy).coverage_at_90_precision).toBe(0);
});

test('counts are conserved: rows, supports, predictions, bins and the confusion matrix agree', () => {
  const name = fc.constantFrom('poet', 'humorist', 'code_expert', 'python_specialist', 'general_assistant');
  const row = fc.tuple(name, name, fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean());
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (rows) => {
      const evaluation = evaluateLabels(judgementsOf(rows), taxonomy);
      const classes = Object.values(evaluation.per_class);
      const cells = Object.values(evaluation.confusion).flatMap((given) => Object.values(given));
      const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
      expect(sum(classes.map((metrics) => metrics.support))).toBe(rows.length);
      expect(sum(classes.map((metrics) => metrics.predicted))).toBe(rows.length);
      expect(sum(evaluation.reliability.map((bin) => bin.rows))).toBe(rows.length);
      expect(sum(cells)).toBe(rows.length);
      const diagonal = Object.entries(evaluation.confusion).map(([gold, given]) => given[gold] ?? 0);
      expect(sum(diagonal) / rows.length).toBeCloseTo(evaluation.accuracy, 12);
      expect(evaluation.accuracy).toBeLessThanOrEqual(evaluation.parent_accuracy);
      expect(evaluation.parent_accuracy).toBeLessThanOrEqual(evaluation.category_accuracy);
    }),
  );
});

test('every persona of the taxonomy fits the index type', () => {
  expect(taxonomy.personas.length).toBeLessThan(256);
  expect(personaIndex('general_assistant')).toBeGreaterThanOrEqual(0);
});
