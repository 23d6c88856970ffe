import fc from 'fast-check';
import { expect, test } from 'vitest';

import { NearDuplicateFinder } from '../../src/balance/near-duplicates.ts';

interface Item {
  readonly hash: number;
  readonly bands: readonly (readonly [number, number])[];
}

function cluster(items: readonly Item[], eligible = items.map(() => 1)) {
  const finder = new NearDuplicateFinder({
    hashes: Uint32Array.from(items.flatMap(({ hash }) => [hash, 1, 2, 3])),
    eligible: Uint8Array.from(eligible),
  });
  for (let band = 0; band < (items[0]?.bands.length ?? 0); band++)
    finder.addBand(
      Uint32Array.from(items, ({ bands }) => bands[band]?.[0] ?? 0),
      Uint32Array.from(items, ({ bands }) => bands[band]?.[1] ?? 0),
    );
  return finder.finish();
}

test('rows that meet in any band are one cluster, chained ones too, and the smallest hash stands for it', () => {
  const found = cluster([
    {
      hash: 9,
      bands: [
        [1, 1],
        [5, 5],
      ],
    },
    {
      hash: 4,
      bands: [
        [2, 1],
        [5, 5],
      ],
    },
    {
      hash: 7,
      bands: [
        [2, 1],
        [6, 6],
      ],
    },
    {
      hash: 1,
      bands: [
        [3, 1],
        [7, 7],
      ],
    },
  ]);
  expect([...found.representative]).toEqual([1, 1, 1, 3]);
  expect(found).toMatchObject({ clusters: 1, members: 3 });
});

test('half a band hash is no meeting, rows without words and rows out of the supply meet nobody', () => {
  const found = cluster(
    [
      { hash: 1, bands: [[8, 1]] },
      { hash: 2, bands: [[8, 2]] },
      { hash: 3, bands: [[0, 0]] },
      { hash: 4, bands: [[0, 0]] },
      { hash: 5, bands: [[8, 1]] },
    ],
    [1, 1, 1, 1, 0],
  );
  expect([...found.representative]).toEqual([0, 1, 2, 3, 4]);
  expect(found.clusters).toBe(0);
});

test('clusters are the connected components, and the same in any order of rows', () => {
  const value = fc.integer({ min: 0, max: 3 });
  const items = fc
    .array(fc.array(fc.tuple(value, value), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 25 })
    .map((list) => list.map((bands, i): Item => ({ hash: (i * 7919) % 1009, bands })));
  fc.assert(
    fc.property(items, fc.infiniteStream(fc.nat()), (list, stream) => {
      const shuffled = list
        .map((item) => ({ item, at: stream.next().value as number }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ item }) => item);
      const byHash = (order: readonly Item[]): Map<number, number> => {
        const { representative } = cluster(order);
        return new Map(order.map(({ hash }, row) => [hash, order[representative[row] ?? 0]?.hash ?? -1]));
      };
      const found = byHash(list);
      expect(new Map([...byHash(shuffled)].toSorted((a, b) => a[0] - b[0]))).toEqual(
        new Map([...found].toSorted((a, b) => a[0] - b[0])),
      );
      expect(found).toEqual(componentsOf(list));
    }),
  );
});

/** By repeated relabelling, as slow as it is plain. */
function componentsOf(items: readonly Item[]): Map<number, number> {
  const label = items.map(({ hash }) => hash);
  const meet = (a: Item, b: Item): boolean =>
    a.bands.some(
      ([high, low], i) => (high !== 0 || low !== 0) && b.bands[i]?.[0] === high && b.bands[i]?.[1] === low,
    );
  for (let changed = true; changed;) {
    changed = false;
    items.forEach((a, i) =>
      items.forEach((b, j) => {
        const [x = 0, y = 0] = [label[i], label[j]];
        if (x >= y || !meet(a, b)) return;
        label[j] = x;
        changed = true;
      }),
    );
  }
  return new Map(items.map(({ hash }, i) => [hash, label[i] ?? -1]));
}
