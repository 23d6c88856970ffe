import { expect, test } from 'vitest';

import { arrangeRows } from '../../src/run/train/training-rows.ts';
import type { LabelledData } from '../../src/run/evaluate/labelled-data.ts';
import { loadTaxonomy } from '../../taggers/index.ts';

const taxonomy = await loadTaxonomy();
const indexOf = (id: string): number => taxonomy.personas.findIndex((persona) => persona.id === id);

/** One row a text number, of one unit. */
function dataOf(rows: readonly (readonly [persona: string, text: number])[]): LabelledData {
  const labels = {
    gold: Uint8Array.from(rows, ([persona]) => indexOf(persona)),
    origins: new Uint32Array(rows.length),
    contentHash: Uint32Array.from(rows.flatMap(([, text]) => [text, 0, 0, 0])),
    unreadable: 0,
  };
  return { units: [{ unit: {} as never, labels, firstRow: 0 }], rows: rows.length, unreadable: 0 };
}

test('a class whose texts are all held out under another label is named', () => {
  const code = Array.from({ length: 100 }, (_, text) => ['code_expert', text] as const);
  const shared = Array.from({ length: 5 }, (_, text) => ['poet', text] as const);
  expect(() => arrangeRows(dataOf([...code, ...shared]), taxonomy)).toThrow(
    'nothing left to learn from for: poet',
  );
  const own = Array.from({ length: 5 }, (_, text) => ['poet', 200 + text] as const);
  const { split } = arrangeRows(dataOf([...code, ...own]), taxonomy);
  expect([split.training.length, split.heldOut.length]).toEqual([84, 21]);
});
