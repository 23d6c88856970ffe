import { expect, test } from 'vitest';

import { overlayCorrected, overlayRefined } from '../../src/tag/overlay.ts';
import { createTagColumns, rowFlags, type TagColumns } from '../../src/tag/sidecar.ts';

function columnsOf(rows: readonly number[], persona: number): TagColumns {
  const columns = createTagColumns(rows.length);
  rows.forEach((row, i) => {
    columns.row[i] = row;
    columns.personas.set([persona, persona + 1, persona + 2], i * 3);
    columns.personaScores.set([600, 300, 100], i * 3);
    columns.traits[i] = persona;
  });
  return columns;
}

test('personas and traits of refined rows stand over those of the fast tier; everything else stays', () => {
  const columns = columnsOf([0, 2, 3, 7], 1);
  overlayRefined(columns, columnsOf([2, 7], 20), 'x.parquet');
  expect([...columns.personas]).toEqual([1, 2, 3, 20, 21, 22, 1, 2, 3, 20, 21, 22]);
  expect([...columns.flags]).toEqual([0, rowFlags.refined, 0, rowFlags.refined]);
  expect([...columns.traits]).toEqual([1, 20, 1, 20]);
});

test('corrected rows keep their traits, and those with another best persona are counted', () => {
  const columns = columnsOf([0, 2, 3, 7], 1);
  const corrected = columnsOf([2, 3, 7], 20);
  corrected.personas[3] = 1;
  corrected.originScore.fill(9);
  expect(overlayCorrected(columns, corrected, 'x.parquet')).toBe(2);
  expect([...columns.personas]).toEqual([1, 2, 3, 20, 21, 22, 1, 21, 22, 20, 21, 22]);
  expect([...columns.flags]).toEqual([0, 32, 32, 32]);
  expect([...columns.originScore]).toEqual([0, 9, 9, 9]);
  expect([...columns.traits]).toEqual([1, 1, 1, 1]);
});

test('a refined row that its unit does not have is damage', () => {
  expect(() => overlayRefined(columnsOf([0, 1], 1), columnsOf([5], 20), 'x.parquet')).toThrow(
    expect.objectContaining({ code: 'sidecar-damaged' }),
  );
});
