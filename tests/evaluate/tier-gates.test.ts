import { expect, test } from 'vitest';

import type { ImportanceLabel } from '../../src/core/meeting.ts';
import { gateTiers, type MeetingPrediction, type OracleLabel } from '../../src/evaluate/tier-gates.ts';

const names: readonly ImportanceLabel[] = ['critical', 'high', 'medium', 'low'];

function labelsOf(tier: 1 | 2 | 3, count = 100): OracleLabel[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `t${tier}-${index}`,
    persona: `tier${tier}_x`,
    tier,
    importance: names[index % 4] ?? 'low',
    prepMinutes: index % 2 === 0 ? 0 : 30,
  }));
}

/** The first `right` of a hundred are right, the others wrong. */
function predict(labels: readonly OracleLabel[], right: number): [string, MeetingPrediction][] {
  return labels.map(({ id, importance, prepMinutes }, index) => [
    id,
    index < right
      ? { importance, prepMinutes: prepMinutes + 10 }
      : { importance: importance === 'low' ? 'high' : 'low', prepMinutes: prepMinutes + 11 },
  ]);
}

function gate(right: Record<1 | 2 | 3, number>): Record<number, boolean> {
  const tiers = [1, 2, 3] as const;
  const predictions = new Map(tiers.flatMap((tier) => predict(labelsOf(tier), right[tier])));
  const { gates } = gateTiers(
    tiers.flatMap((tier) => labelsOf(tier)),
    predictions,
  );
  return Object.fromEntries(gates.map(({ tier, isUnlocked }) => [tier, isUnlocked]));
}

test.each([
  [
    { 1: 74, 2: 74, 3: 74 },
    { 3: false, 2: false, 1: false },
  ],
  [
    { 1: 75, 2: 75, 3: 75 },
    { 3: true, 2: false, 1: false },
  ],
  [
    { 1: 80, 2: 80, 3: 80 },
    { 3: true, 2: true, 1: false },
  ],
  [
    { 1: 85, 2: 85, 3: 85 },
    { 3: true, 2: true, 1: true },
  ],
  [
    { 1: 84, 2: 99, 3: 99 },
    { 3: true, 2: true, 1: false },
  ],
  [
    { 1: 99, 2: 99, 3: 74 },
    { 3: false, 2: false, 1: false },
  ],
  [
    { 1: 60, 2: 90, 3: 90 },
    { 3: true, 2: true, 1: false },
  ],
  [
    { 1: 50, 2: 85, 3: 85 },
    { 3: false, 2: false, 1: false },
  ],
])('right in %o of a hundred unlocks %o', (right, unlocked) => {
  expect(gate(right)).toEqual(unlocked);
});

test('figures: accuracy, F1 of the labels that occur, preparation within ten minutes', () => {
  const labels = labelsOf(3);
  const { overall } = gateTiers(labels, new Map(predict(labels, 100)));
  expect(overall).toMatchObject({ accuracy: 1, importanceF1: 1, prepWithinTen: 1, withoutPrediction: 0 });
  const half = gateTiers(labels, new Map(predict(labels, 50))).overall;
  expect(half.accuracy).toBe(0.5);
  expect(half.prepWithinTen).toBe(0.5);
  expect(half.importanceF1).toBeLessThan(0.6);
  expect(half.accuracyInterval[0]).toBeCloseTo(0.4038, 3);
  expect(half.accuracyInterval[1]).toBeCloseTo(0.5962, 3);
});

test('a meeting without a prediction is wrong, and a tier without personas or with few meetings stays locked', () => {
  const labels = labelsOf(3);
  const { overall } = gateTiers(labels, new Map(predict(labels, 100).slice(0, 60)));
  expect(overall).toMatchObject({ accuracy: 0.6, withoutPrediction: 40 });
  const few = labelsOf(3, 10);
  const { gates } = gateTiers(few, new Map(predict(few, 100)));
  expect(gates.map(({ isUnlocked }) => isUnlocked)).toEqual([false, false, false]);
  expect(gates.map(({ reason }) => reason)).toEqual([
    'only 10 meetings',
    'no held-out persona of this tier',
    'no held-out persona of this tier',
  ]);
});
