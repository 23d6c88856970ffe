import fc from 'fast-check';
import { expect, test } from 'vitest';

import { mix32 } from '../../src/lib/hash.ts';
import { isWithinBound, measureAxis } from '../../src/shard/axis-balance.ts';
import { type OrderInput, orderSplit } from '../../src/shard/order.ts';

interface Member {
  readonly persona: number;
  readonly traits: number;
  readonly source: number;
  readonly key: number;
  readonly copy: number;
}

/** Any mix: some personas and traits common, some rare. */
const anyMembers: fc.Arbitrary<Member[]> = fc
  .record({
    rows: fc.integer({ min: 1, max: 600 }),
    personas: fc.integer({ min: 1, max: 57 }),
    seed: fc.nat(),
    skew: fc.constantFrom(1, 2, 4),
  })
  .map(({ rows, personas, seed, skew }) => {
    const draw = (row: number, what: number): number =>
      (mix32(seed + row * 31 + what * 7919) >>> 0) / 2 ** 32;
    return Array.from({ length: rows }, (_, row) => ({
      persona: Math.floor(draw(row, 1) ** skew * personas),
      traits: (draw(row, 2) < 0.3 ? 1 : 0) | (draw(row, 3) < 0.1 ? 2 : 0) | (draw(row, 4) < 0.5 ? 4 : 0),
      source: Math.floor(draw(row, 5) ** 2 * 12),
      key: mix32(seed ^ (row + 1)) >>> 0,
      copy: 0,
    }));
  });

function toInput(members: readonly Member[]): OrderInput {
  return {
    personas: Uint8Array.from(members, (member) => member.persona),
    traits: Uint16Array.from(members, (member) => member.traits),
    sources: Uint16Array.from(members, (member) => member.source),
    keys: Uint32Array.from(members.flatMap((member) => [member.key >>> 4, member.key])),
    copies: Uint8Array.from(members, (member) => member.copy),
  };
}

test('every prefix has every persona within one row of its share', () => {
  fc.assert(
    fc.property(anyMembers, (members) => {
      const ordered = Array.from(orderSplit(toInput(members)), (at) => members[at]?.persona ?? -1);
      expect(worstPrefix(ordered)).toBeLessThan(1);
    }),
  );
});

test('every run of 64 has every persona within two rows of its share', () => {
  fc.assert(
    fc.property(anyMembers, (members) => {
      const ordered = Array.from(orderSplit(toInput(members)), (at) => members[at]?.persona ?? -1);
      expect(worstRun(ordered, 64)).toBeLessThan(2);
    }),
    { numRuns: 30 },
  );
});

test('traits, sources and categories stay within their bound in every prefix and batch', () => {
  fc.assert(
    fc.property(anyMembers, (members) => {
      const order = orderSplit(toInput(members));
      const at = (row: number): Member | undefined => members[order[row] ?? 0];
      const axes = [
        measureAxis({
          axis: 'trait',
          rows: members.length,
          labels: 3,
          labelsOf(row, visit) {
            for (const bit of [0, 1, 2]) if ((at(row)?.traits ?? 0) & (1 << bit)) visit(bit);
          },
        }),
        measureAxis({
          axis: 'source',
          rows: members.length,
          labels: 12,
          labelsOf: (row, visit) => visit(at(row)?.source ?? 0),
        }),
        measureAxis({
          axis: 'category',
          rows: members.length,
          labels: 9,
          labelsOf: (row, visit) => visit((at(row)?.persona ?? 0) % 9),
        }),
      ];
      expect(axes.filter((axis) => !isWithinBound(axis))).toEqual([]);
    }),
  );
});

test('the distance of a large mix does not grow with its size, on any axis', () => {
  const members = Array.from({ length: 60_000 }, (_, row) => {
    const draw = (what: number): number => (mix32(row * 31 + what * 7919) >>> 0) / 2 ** 32;
    const traits = Array.from({ length: 16 }, (__, bit) => 0.02 + 0.03 * bit).reduce(
      (mask, share, bit) => mask | (draw(bit + 9) < share ? 1 << bit : 0),
      0,
    );
    const persona = Math.floor(draw(1) ** 2 * 57);
    return { persona, traits, source: Math.floor(draw(2) ** 3 * 30), key: mix32(row + 5) >>> 0, copy: 0 };
  });
  const order = orderSplit(toInput(members));
  const shuffled = order.toSorted((a, b) => (members[a]?.key ?? 0) - (members[b]?.key ?? 0));
  for (let trait = 0; trait < 16; trait++) {
    const has = (member: number): number => ((members[member]?.traits ?? 0) >> trait) & 1;
    expect(worstPrefix(Array.from(order, has))).toBeLessThan(6); // rows; measured up to 3.9
    if (trait > 2)
      expect(worstPrefix(Array.from(order, has))).toBeLessThan(worstPrefix(Array.from(shuffled, has)) / 4);
  }
  expect(worstPrefix(Array.from(order, (member) => members[member]?.source ?? 0))).toBeLessThan(6);
});

test('the order is one of the members, each once', () => {
  fc.assert(
    fc.property(anyMembers, (members) => {
      expect([...orderSplit(toInput(members))].toSorted((a, b) => a - b)).toEqual(members.map((_, i) => i));
    }),
  );
});

test('the order of the members does not matter', () => {
  fc.assert(
    fc.property(anyMembers, fc.nat(), (members, seed) => {
      const moved = members.toSorted((a, b) => (mix32(a.key + seed) >>> 0) - (mix32(b.key + seed) >>> 0));
      const named = Array.from(orderSplit(toInput(members)), (at) => members[at]);
      expect(Array.from(orderSplit(toInput(moved)), (at) => moved[at])).toEqual(named);
    }),
  );
});

test('the copies of a row stand far apart', () => {
  const members = Array.from({ length: 400 }, (_, i) => ({
    persona: i % 4,
    traits: 0,
    key: i >> 2,
    copy: i % 4,
  })).map(({ key, copy }) => ({ persona: key % 4, traits: 0, source: 0, key, copy }));
  const last = new Map<number, number>();
  const gaps: number[] = [];
  orderSplit(toInput(members)).forEach((at, slot) => {
    const key = members[at]?.key ?? -1;
    if (last.has(key)) gaps.push(slot - (last.get(key) ?? 0));
    last.set(key, slot);
  });
  expect(gaps).toHaveLength(300);
  expect(Math.min(...gaps)).toBeGreaterThan(100 - 2 * 8 * 4); // a copy a quarter on, less what the window may move
});

test('a split without members has an empty order', () => {
  expect(orderSplit(toInput([])).length).toBe(0);
});

/** Largest distance, in rows, of the count of a class in a prefix from its share of the prefix. */
function worstPrefix(classes: readonly number[]): number {
  return worst(classes, (counts, at, value) =>
    Math.abs((counts.get(value)?.[at] ?? 0) - ((at + 1) * (counts.get(value)?.at(-1) ?? 0)) / classes.length),
  );
}

function worstRun(classes: readonly number[], rows: number): number {
  return worst(classes, (counts, at, value) => {
    if (at + 1 < rows) return 0;
    const inRun = (counts.get(value)?.[at] ?? 0) - (at < rows ? 0 : (counts.get(value)?.[at - rows] ?? 0));
    return Math.abs(inRun - (rows * (counts.get(value)?.at(-1) ?? 0)) / classes.length);
  });
}

function worst(
  classes: readonly number[],
  deviation: (counts: Map<number, number[]>, at: number, value: number) => number,
): number {
  const counts = new Map<number, number[]>();
  for (const value of new Set(classes)) {
    let count = 0;
    counts.set(
      value,
      classes.map((other) => (count += other === value ? 1 : 0)),
    );
  }
  let largest = 0;
  for (const value of counts.keys()) {
    for (let at = 0; at < classes.length; at++) largest = Math.max(largest, deviation(counts, at, value));
  }
  return largest;
}
