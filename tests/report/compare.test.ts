import { expect, test } from 'vitest';

import { compareReports, renderComparison, renderComparisonMarkdown } from '../../src/report/compare.ts';
import { sampleModel } from './support/sample-model.ts';

const from = sampleModel({ personas: 3, sources: 2, rows: 900, feasible: true });
const to = sampleModel({ personas: 4, sources: 2, rows: 1200, feasible: true });

test('a run compared with itself has no difference, even when it took longer', () => {
  const slower = { ...from, timings: from.timings.map((one) => ({ ...one, seconds: one.seconds * 2 })) };
  const comparison = compareReports(from, slower);
  expect(comparison.identical).toBe(true);
  expect(renderComparison(comparison)).toBe('No difference: same facts, same counts, same shares.');
});

test('what changed is told, the largest change first', () => {
  const comparison = compareReports(from, to);
  const personas = comparison.axes.find(({ axis }) => axis === 'persona')?.changes ?? [];
  expect(personas.find(({ name }) => name === 'code_reviewer')?.from).toBeNull();
  const sizes = personas.map(({ change }) => Math.abs(change));
  expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  const withoutTraits = { ...comparison, axes: comparison.axes.filter(({ axis }) => axis === 'persona') };
  expect(renderComparison(withoutTraits)).toMatchInlineSnapshot(`
    "Counts
      count                from      to   change
      input rows         32,265  32,565     +300
      not selected          605     806     +201
      selected              295     394      +99
      copies                  5       6       +1
      corpus rows           300     400     +100
      corpus tokens      63,600  84,800  +21,200
      supervised tokens  44,100  58,800  +14,700

    Shares per persona
      persona              rows from  rows to  share from  share to  points
      code_reviewer                –       29           –      7.2%   +7.25
      code_expert                190      235       63.3%     58.8%   −4.58
      problem_solver              63       78       21.0%     19.5%   −1.50
      debugging_assistant         47       58       15.7%     14.5%   −1.17"
  `);
});

test('a comparison in Markdown keeps hostile names inert', () => {
  const hostile = sampleModel({
    personas: 4,
    sources: 2,
    rows: 1200,
    feasible: true,
    hostile: '<b>|\u001b[31m',
  });
  const markdown = renderComparisonMarkdown(compareReports(from, hostile));
  expect(markdown).toContain('| code_expert\\<b\\>\\|␛\\[31m |');
  expect(renderComparison(compareReports(from, hostile))).not.toContain('\u001b');
});
