import { expect, test } from 'vitest';

import { overlayRefined } from '../../src/tag/overlay.ts';
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

test('a refined row that its unit does not have is damage', () => {
  expect(() => overlayRefined(columnsOf([0, 1], 1), columnsOf([5], 20), 'x.parquet')).toThrow(
    expect.objectContaining({ code: 'sidecar-damaged' }),
  );
});
