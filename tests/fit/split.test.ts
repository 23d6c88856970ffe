import fc from 'fast-check';
import { expect, test } from 'vitest';

import { splitRows, type SplitInput } from '../../src/fit/split.ts';
import { hashText } from '../../src/lib/hash.ts';

interface PlainRow {
  readonly label: number;
  readonly origin: number;
  readonly text: string;
}

function inputOf(rows: readonly PlainRow[], classes = 4): SplitInput {
  const contentHash = new Uint32Array(rows.length * 4);
  rows.forEach(({ text }, row) => contentHash.set(hashText(text), row * 4));
  return {
    labels: Uint8Array.from(rows, ({ label }) => label),
    origins: Uint32Array.from(rows, ({ origin }) => origin),
    classes,
    contentHash,
  };
}

const anyRow = fc.record({
  label: fc.nat(3),
  origin: fc.nat(6),
  text: fc.string({ maxLength: 2 }),
});

test('every row is in exactly one part, and no training row has the text of a held-out row', () => {
  fc.assert(
    fc.property(fc.array(anyRow, { maxLength: 120 }), (rows) => {
      const split = splitRows(inputOf(rows));
      const all = [...split.training, ...split.heldOut, ...split.repeated];
      expect(all.toSorted((a, b) => a - b)).toEqual([...rows.keys()]);
      const heldTexts = new Set([...split.heldOut].map((row) => rows[row]?.text));
      for (const row of split.training) expect(heldTexts.has(rows[row]?.text)).toBe(false);
    }),
  );
});

test('the order of the rows does not change who is held out', () => {
  fc.assert(
    fc.property(fc.array(anyRow, { maxLength: 80 }), (rows) => {
      const named = (order: readonly PlainRow[]): string[] =>
        [...splitRows(inputOf(order)).heldOut].map((row) => JSON.stringify(order[row])).toSorted();
      expect(named(rows.toReversed())).toEqual(named(rows));
    }),
  );
});

test('a class of several data sets is judged by whole ones, a class of one by single texts', () => {
  const rows = Array.from({ length: 400 }, (_, i) => ({
    label: i % 2,
    origin: i % 2 === 0 ? 1 + (i % 10) : 77,
    text: `text ${i}`,
  }));
  const split = splitRows(inputOf(rows, 2));
  expect(split.unseenOriginClasses).toBe(1);
  const heldOrigins = new Set([...split.heldOut].map((row) => rows[row]?.origin));
  for (const row of split.training) {
    const { label = 1, origin } = rows[row] ?? {};
    if (label === 0) expect(heldOrigins.has(origin)).toBe(false);
  }
  const held = [...split.heldOut].filter((row) => rows[row]?.label === 1).length;
  expect(held).toBe(40);
});

test('a class whose rows all have one text stays in training', () => {
  const rows = Array.from({ length: 20 }, (_, i) => ({
    label: i < 10 ? 0 : 1,
    origin: 0,
    text: i < 10 ? 'same' : `text ${i}`,
  }));
  const split = splitRows(inputOf(rows, 2));
  expect([...split.heldOut].every((row) => rows[row]?.label === 1)).toBe(true);
  expect(split.heldOut.length).toBe(2);
});

test('a data set that stands mirrored under another name is not held out against its copy', () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({
    label: i % 2,
    origin: i < 20 ? 1 : 2,
    text: `text ${i % 20}`,
  }));
  const split = splitRows(inputOf(rows, 2));
  for (const label of [0, 1]) {
    expect([...split.training].some((row) => rows[row]?.label === label)).toBe(true);
    expect([...split.heldOut].some((row) => rows[row]?.label === label)).toBe(true);
  }
  expect(split.training.length).toBe(32);
});
