import { expect, test } from 'vitest';

import { evaluateLabels, type Judged } from '../../src/evaluate/metrics.ts';
import { testTaxonomy } from '../support/taxonomy.ts';

const taxonomy = testTaxonomy();
const index = (id: string): number => taxonomy.personas.findIndex((persona) => persona.id === id);
const judged = (gold: string, predicted: string, score: number): Judged => ({
  gold: index(gold),
  predicted: index(predicted),
  best: index(predicted),
  score,
});

test('accuracy, macro-F1, category and parent accuracy of a hand-checked case', () => {
  const evaluation = evaluateLabels(
    [
      judged('code_expert', 'code_expert', 0.9),
      judged('code_expert', 'python_specialist', 0.8),
      judged('poet', 'poet', 0.7),
      judged('poet', 'code_expert', 0.6),
    ],
    taxonomy,
  );
  expect(evaluation).toMatchObject({
    rows: 4,
    accuracy: 0.5,
    category_accuracy: 0.75,
    parent_accuracy: 0.75,
    abstained: 0,
  });
  expect(evaluation.per_class['code_expert']).toMatchObject({
    rows: 2,
    predicted: 2,
    precision: 0.5,
    recall: 0.5,
  });
  expect(evaluation.macro_f1).toBeCloseTo((0.5 + 2 / 3) / 2, 12);
  expect(evaluation.confusion).toContainEqual({ gold: 'poet', predicted: 'code_expert', rows: 1 });
});

test('a perfectly calibrated and a boastful tagger differ in ECE', () => {
  const rows = (score: number): Judged[] => [
    ...Array(7).fill(judged('poet', 'poet', score)),
    ...Array(3).fill(judged('poet', 'humorist', score)),
  ];
  expect(evaluateLabels(rows(0.7), taxonomy).ece).toBeCloseTo(0, 12);
  expect(evaluateLabels(rows(1), taxonomy).ece).toBeCloseTo(0.3, 12);
});

test('coverage at 90 % precision counts the confident rows', () => {
  const rows = [
    ...Array(9).fill(judged('poet', 'poet', 0.9)),
    judged('poet', 'humorist', 0.8),
    ...Array(10).fill(judged('poet', 'humorist', 0.2)),
  ];
  expect(evaluateLabels(rows, taxonomy).coverage_at_90_precision).toBe(0.5);
});
