import { expect, test } from 'vitest';

import { measurePrefixBalance } from '../../src/shard/prefix-balance.ts';

test('a perfect alternation is balanced in every batch and switches every row', () => {
  const personas = Uint8Array.from({ length: 640 }, (_, i) => i % 2);
  expect(measurePrefixBalance({ personas, classes: 2 })).toEqual({
    worstPrefix: expect.closeTo(0.5 / 65, 6),
    meanBatch64: expect.closeTo(0, 6),
    worstBatch64: expect.closeTo(0, 6),
    switchAdjacent: 1,
  });
});

test('a sorted split is as far off as it can be', () => {
  const personas = Uint8Array.from({ length: 640 }, (_, i) => (i < 320 ? 0 : 1));
  const { worstPrefix, worstBatch64, meanBatch64, switchAdjacent } = measurePrefixBalance({
    personas,
    classes: 2,
  });
  expect([worstPrefix, worstBatch64, meanBatch64].map((value) => Number(value.toFixed(6)))).toEqual([
    0.5, 0.5, 0.5,
  ]);
  expect(switchAdjacent).toBeCloseTo(1 / 639, 9);
});

test('a split too short for a batch, or empty, measures as nothing', () => {
  const none = { worstPrefix: 0, meanBatch64: 0, worstBatch64: 0, switchAdjacent: 0 };
  expect(measurePrefixBalance({ personas: new Uint8Array(0), classes: 3 })).toEqual(none);
  expect(measurePrefixBalance({ personas: Uint8Array.of(1, 1), classes: 3 })).toEqual(none);
});
