import { expect, test } from 'vitest';

import { checkAccounting } from '../../src/report/accounting.ts';
import { sampleModel } from './support/sample-model.ts';

test.each([{}, { feasible: true }, { personas: 1, sources: 1 }, { sources: 79 }, { rows: 0 }])(
  'the sums of a coherent model come out: %o',
  (options) => {
    expect(checkAccounting(sampleModel(options))).toEqual([]);
  },
);

test('an input row that is nowhere is named with all parts of the sum', () => {
  const model = sampleModel({ feasible: true, rows: 3000 });
  const lost = { ...model, accounting: { ...model.accounting, input: model.accounting.input + 1 } };
  expect(checkAccounting(lost)).toMatchInlineSnapshot(`
    [
      "input rows 34366 are not quarantined 118 + filtered 9514 + duplicates 21733 + not selected 2016 + selected 984 = 34365",
    ]
  `);
});

test('a corpus, a quarantine and an axis that do not add up are each named', () => {
  const model = sampleModel({ rows: 3000 });
  const broken = {
    ...model,
    accounting: { ...model.accounting, copies: model.accounting.copies + 2 },
    quarantine: model.quarantine.slice(1),
    axes: { ...model.axes, source: model.axes.source.slice(1) },
  };
  const findings = checkAccounting(broken);
  expect(findings).toHaveLength(5);
  expect(findings[0]).toMatch(/^corpus rows /);
  expect(findings[1]).toMatch(/^quarantine reasons add up to 21 rows/);
  expect(findings[2]).toMatch(/^source rows before /);
  expect(findings[3]).toMatch(/^source rows after /);
  expect(findings[4]).toMatch(/^source rows placed /);
});

test('synthetic rows are among the selected ones, rows without a place among the corpus', () => {
  const model = sampleModel({ rows: 3000 });
  const accounting = { ...model.accounting, synthetic: 40, unplaced: 5 };
  expect(checkAccounting({ ...model, accounting })).toEqual(
    ['category', 'persona', 'source'].map(
      (axis) =>
        `${axis} rows placed add up to ${model.run.after.rows}, the dataset has ${model.run.after.rows - 5}`,
    ),
  );
});
