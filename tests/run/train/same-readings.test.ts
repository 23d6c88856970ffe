import { expect, test } from 'vitest';

import { uniteSameReadings } from '../../../src/run/train/same-readings.ts';

test('rows of equal numbers get the least of their content hashes, in any order; others keep theirs', () => {
  const [low, high, other] = [
    [1, 0, 0, 9],
    [1, 0, 1, 0],
    [0, 0, 0, 5],
  ] as const;
  const read = [0.5, -1];
  for (const [rows, expected] of [
    [
      [high, other, low],
      [low, other, low],
    ],
    [
      [low, other, high],
      [low, other, low],
    ],
  ]) {
    const contentHash = Uint32Array.from(rows?.flat() ?? []);
    uniteSameReadings(contentHash, { features: Float32Array.from([...read, 0.5, -2, ...read]), width: 2 });
    expect([...contentHash]).toEqual(expected?.flat());
  }
});
