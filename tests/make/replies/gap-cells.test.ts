import { expect, test } from 'vitest';

import { gapCells } from '../../../src/make/replies/gap-cells.ts';
import { loadTaxonomy } from '../../../taggers/index.ts';

const taxonomy = await loadTaxonomy();

test('gaps of one persona and one set of traits become one cell, in code-unit order', () => {
  const gaps = [
    {
      persona: 'poet',
      category: 'creative',
      traits: ['vivid', 'brief'],
      rows: 3,
      cause: 'supply',
      curable: true,
    },
    {
      persona: 'poet',
      category: 'creative',
      traits: ['brief', 'vivid'],
      rows: 4,
      cause: 'abstention',
      curable: true,
    },
    { persona: 'architect', category: 'technical', traits: [], rows: 2, cause: 'supply', curable: true },
    { persona: 'architect', category: 'technical', traits: [], rows: 0, cause: 'supply', curable: true },
  ];
  expect(gapCells(gaps, taxonomy, 'gaps.json')).toEqual({
    cells: [
      { persona: 'architect', traits: [], rows: 2 },
      { persona: 'poet', traits: ['brief', 'vivid'], rows: 7 },
    ],
    findings: [],
  });
});

test('a gap of a category is shared out over its personas without a row lost', () => {
  const { cells } = gapCells(
    [{ persona: null, category: 'creative', traits: ['vivid'], rows: 100 }],
    taxonomy,
    'g',
  );
  const creative = taxonomy.personas.filter(({ category }) => category === 'creative');
  expect(cells.reduce((sum, { rows }) => sum + rows, 0)).toBe(100);
  expect(cells.map(({ persona }) => persona)).toEqual(creative.map(({ id }) => id).toSorted());
});

test('gaps that no made row can fill are findings', () => {
  const gaps = [
    { persona: 'poet', traits: [], rows: 3, curable: false },
    { persona: 'poet', traits: [], rows: 4, curable: true, synthetic: false },
    { persona: 'multi_turn', traits: [], rows: 5, curable: true },
  ];
  const { cells, findings } = gapCells(gaps, taxonomy, 'gaps.json');
  expect(cells).toEqual([]);
  expect(findings.map(({ code, place }) => [code, place])).toEqual([
    ['gap-not-curable', 'gaps.json gap 0'],
    ['gap-not-synthetic', 'gaps.json gap 1'],
    ['gap-needs-turns', 'gaps.json gap 2'],
  ]);
});

test.each([
  [[{ persona: 'poett', traits: [], rows: 1 }], 'persona "poett" does not exist', 'did you mean "poet"?'],
  [
    [{ persona: 'poet', traits: ['vividd'], rows: 1 }],
    'trait "vividd" does not exist',
    'did you mean "vivid"?',
  ],
  [[{ persona: 'poet', traits: [], rows: -1 }], '0.rows', 'plan/gaps.json'],
  [{ gaps: [] }, 'gaps.json', 'plan/gaps.json'],
])('%o is refused by name', (gaps, message, hint) => {
  expect(() => gapCells(gaps, taxonomy, 'gaps.json')).toThrow(
    expect.objectContaining({
      code: 'gaps-invalid',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    }) as Error,
  );
});
