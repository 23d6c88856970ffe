import { expect, test } from 'vitest';

import type { CascadeReport } from '../../src/report/model.ts';
import { describeTiers } from '../../src/report/tiers.ts';

const cascade: CascadeReport = {
  budget: 0.05,
  maxSeconds: null,
  eligible: 4000,
  rows: 200,
  agreed: 150,
  confidence: 0.2,
  drawn: 133,
  correct: true,
  correction: { lessons: 199, agreement: { rows: 132, before: 99, after: 110 }, rows: 3800, changed: 380 },
};
const sentences = (changes: Partial<CascadeReport>): string =>
  describeTiers({ tiers: [], cascade: { ...cascade, ...changes } }).join('\n');

test('a correction is told with what it changed and how often both tiers agree', () => {
  expect(sentences({})).toContain(
    'The accurate tier was given 200 rows of 4,000, 133 of them drawn, the others those of which the fast tier was least sure (budget: 5.0% of the rows).',
  );
  expect(sentences({})).toContain('another best persona for 380 rows of the 3,800 others (10.0%)');
  expect(sentences({})).toContain('both tiers agreed on 75.0%, and agree on 83.3%');
});

test.each([
  ['asked for, but of too few rows', { correction: null, drawn: 0 }, true],
  ['not asked for', { correction: null, drawn: 0, correct: false }, false],
  ['of no use, where the accurate tier has all rows', { correction: null, drawn: 0, rows: 4000 }, false],
])('that there is no correction is told where it was %s', (_, changes, isTold) => {
  expect(sentences(changes).includes('too few, or too much alike')).toBe(isTold);
});
