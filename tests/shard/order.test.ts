import fc from 'fast-check';
import { expect, test } from 'vitest';

import { mix32 } from '../../src/lib/hash.ts';
import { type OrderInput, orderSplit } from '../../src/shard/order.ts';

interface Member {
  readonly persona: number;
  readonly traits: number;
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
      key: mix32(seed ^ (row + 1)) >>> 0,
      copy: 0,
    }));
  });

function toInput(members: readonly Member[], cellOf: (member: Member) => number = defaultCell): OrderInput {
  const cells = Uint32Array.from(members, cellOf);
  const count = Math.max(-1, ...cells) + 1;
  const cellPersona = new Uint16Array(count);
  const cellTraits = new Uint32Array(count);
  members.forEach((member, i) => {
    cellPersona[cells[i] ?? 0] = member.persona;
    cellTraits[cells[i] ?? 0] = member.traits;
  });
  const keys = Uint32Array.from(members.flatMap((member) => [member.key >>> 4, member.key]));
  return { cells, keys, copies: Uint8Array.from(members, (member) => member.copy), cellPersona, cellTraits };
}

const defaultCell = (member: Member): number => member.persona * 8 + member.traits;

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

test('traits of a large mix stay close in every prefix, closer than in a shuffle', () => {
  const members = Array.from({ length: 20_000 }, (_, row) => {
    const draw = (what: number): number => (mix32(row * 31 + what * 7919) >>> 0) / 2 ** 32;
    const traits = [0.15, 0.2, 0.3, 0.35, 0.25, 0.2, 0.05].reduce(
      (mask, share, bit) => mask | (draw(bit + 9) < share ? 1 << bit : 0),
      0,
    );
    return { persona: Math.floor(draw(1) ** 2 * 40), traits, key: mix32(row + 5) >>> 0, copy: 0 };
  });
  const order = orderSplit(toInput(members, ({ persona, traits }) => persona * 128 + traits));
  const shuffled = Uint32Array.from(order).toSorted(
    (a, b) => (members[a]?.key ?? 0) - (members[b]?.key ?? 0),
  );
  for (let trait = 0; trait < 7; trait++) {
    const has = (at: number): number => ((members[at]?.traits ?? 0) >> trait) & 1;
    const ordered = worstPrefix(Array.from(order, has));
    expect(ordered).toBeLessThan(6); // rows; measured 1.8 to 3.8, 13 to 36 without the window
    expect(ordered).toBeLessThan(worstPrefix(Array.from(shuffled, has)) / 4);
  }
});

test('the order is one of the members, each once', () => {
  fc.assert(
    fc.property(anyMembers, (members) => {
      expect([...orderSplit(toInput(members))].toSorted((a, b) => a - b)).toEqual(members.map((_, i) => i));
    }),
  );
});

test('neither the order of the members nor the numbers of the cells matter', () => {
  fc.assert(
    fc.property(anyMembers, fc.nat(), (members, seed) => {
      const moved = members.toSorted((a, b) => (mix32(a.key + seed) >>> 0) - (mix32(b.key + seed) >>> 0));
      const named = Array.from(orderSplit(toInput(members)), (at) => members[at]);
      const otherCells = (member: Member): number => 999 - defaultCell(member);
      expect(Array.from(orderSplit(toInput(moved, otherCells)), (at) => moved[at])).toEqual(named);
    }),
  );
});

test('the copies of a row stand far apart', () => {
  const members = Array.from({ length: 400 }, (_, i) => ({
    persona: i % 4,
    traits: 0,
    key: i >> 2,
    copy: i % 4,
  })).map(({ key, copy }) => ({ persona: key % 4, traits: 0, key, copy }));
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
