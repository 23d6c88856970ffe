import fc from 'fast-check';
import { expect, test } from 'vitest';

import { NearDuplicateFinder } from '../../src/balance/near-duplicates.ts';
import { ClusterThinner } from '../../src/balance/thin-clusters.ts';

interface Item {
  readonly hash: number;
  readonly bands: readonly (readonly [number, number])[];
}

function wordsOf(items: readonly Item[], band: number) {
  return {
    high: Uint32Array.from(items, ({ bands }) => bands[band]?.[0] ?? 0),
    low: Uint32Array.from(items, ({ bands }) => bands[band]?.[1] ?? 0),
  };
}

function cluster(items: readonly Item[], eligible = items.map(() => 1)) {
  const finder = new NearDuplicateFinder({
    hashes: Uint32Array.from(items.flatMap(({ hash }) => [hash, 1, 2, 3])),
    eligible: Uint8Array.from(eligible),
  });
  for (let band = 0; band < (items[0]?.bands.length ?? 0); band++) finder.addBand(wordsOf(items, band));
  return finder.finish();
}

const word = fc.integer({ min: 0, max: 3 });
const itemLists = fc
  .array(fc.array(fc.tuple(word, word), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 25 })
  .map((list) => list.map((bands, i): Item => ({ hash: (i * 7919) % 1009, bands })));

function shuffle(items: readonly Item[], stream: fc.Stream<number>): Item[] {
  return items
    .map((item) => ({ item, at: stream.next().value as number }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

function meet(a: Item, b: Item): boolean {
  return a.bands.some(
    ([high, low], i) => (high !== 0 || low !== 0) && b.bands[i]?.[0] === high && b.bands[i]?.[1] === low,
  );
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
  fc.assert(
    fc.property(itemLists, fc.infiniteStream(fc.nat()), (list, stream) => {
      const shuffled = shuffle(list, stream);
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

/** Content hash of the row that stands for each row, by the row's own; signatures of two bytes, of which one must agree. */
function thin(items: readonly Item[], signatures?: readonly number[][]): Map<number, number> {
  const bands = items[0]?.bands.length ?? 0;
  const hashes = Uint32Array.from(items.flatMap(({ hash }) => [hash, 1, 2, 3]));
  const minSimilarity = signatures ? 0.49 : 0;
  const thinner = new ClusterThinner({
    hashes,
    clusters: cluster(items),
    bands,
    signatureBytes: 2,
    minSimilarity,
  });
  if (signatures) thinner.addSignatures(0, Uint8Array.from(signatures.flat()));
  for (let band = 0; band < bands; band++) thinner.addBand(wordsOf(items, band));
  const { representative } = thinner.finish();
  return new Map(items.map(({ hash }, row) => [hash, items[representative[row] ?? 0]?.hash ?? -1]));
}

test('of a chain the ends stay when they do not meet', () => {
  const chain: Item[] = [
    {
      hash: 1,
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
  ];
  expect(thin(chain)).toEqual(
    new Map([
      [1, 1],
      [4, 1],
      [7, 7],
    ]),
  );
});

test('rows that meet stay both when their signatures have too little in common', () => {
  const met: Item[] = [1, 4, 7].map((hash) => ({ hash, bands: [[1, 1]] }));
  const found = thin(met, [
    [1, 2],
    [3, 4],
    [1, 4],
  ]);
  expect(found).toEqual(
    new Map([
      [1, 1],
      [4, 4],
      [7, 1],
    ]),
  );
});

test('what stays is what a walk by content hash keeps, and the same in any order of rows', () => {
  fc.assert(
    fc.property(itemLists, fc.infiniteStream(fc.nat()), (list, stream) => {
      const expected = new Map<number, number>();
      const kept: Item[] = [];
      for (const item of list.toSorted((a, b) => a.hash - b.hash)) {
        const met = kept.find((other) => meet(item, other));
        if (!met) kept.push(item);
        expected.set(item.hash, met?.hash ?? item.hash);
      }
      const byHash = (found: Map<number, number>) => [...found].toSorted((a, b) => a[0] - b[0]);
      expect(byHash(thin(list))).toEqual(byHash(expected));
      expect(byHash(thin(shuffle(list, stream)))).toEqual(byHash(expected));
    }),
  );
});

/** By repeated relabelling, as slow as it is plain. */
function componentsOf(items: readonly Item[]): Map<number, number> {
  const label = items.map(({ hash }) => hash);
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
