import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  chooseLeastSure,
  drawnShare,
  fewestLessons,
  confidencesOf,
  isDrawn,
  isLeastSure,
  type UnitConfidence,
} from '../../src/tag/least-sure.ts';
import { createTagColumns, rowFlags } from '../../src/tag/sidecar.ts';

type Pair = readonly [confidence: number, hash: number];

const unitOf = (pairs: readonly Pair[]): UnitConfidence => ({
  confidence: Int32Array.from(pairs, ([confidence]) => confidence),
  hash: Uint32Array.from(pairs, ([, hash]) => hash),
});

const chosenOf = (units: readonly (readonly Pair[])[], wanted: number): Pair[] => {
  const choice = chooseLeastSure(units.map(unitOf), () => wanted);
  const chosen = units.flat().filter(([confidence, hash]) => isLeastSure(choice, confidence, hash));
  expect(chosen).toHaveLength(choice.rows);
  return chosen;
};

const sorted = (pairs: readonly Pair[]): Pair[] => pairs.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);

// Few levels of confidence: edges with many rows.
const pair = fc.tuple(fc.constantFrom(-1, 0, 7, 7, 7, 65535), fc.integer({ min: 0, max: 0xffffffff }));

test('the least sure rows are chosen, exactly as many as wanted where contents differ', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(pair, { selector: ([, hash]) => hash, maxLength: 60 }),
      fc.nat({ max: 70 }),
      (pairs, wanted) => {
        const eligible = sorted(pairs.filter(([confidence]) => confidence >= 0));
        expect(sorted(chosenOf([pairs], wanted))).toEqual(eligible.slice(0, wanted));
      },
    ),
  );
});

test('neither the order of rows nor their units move the choice', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(pair, { maxLength: 20 }), { maxLength: 5 }),
      fc.nat({ max: 70 }),
      (units, n) => {
        const other = [units.flat().toReversed()];
        expect(sorted(chosenOf(other, n))).toEqual(sorted(chosenOf(units, n)));
      },
    ),
  );
});

test('rows of equal content go together, and never more than wanted', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constant(5), fc.nat({ max: 4 })), { maxLength: 40 }),
      fc.nat({ max: 45 }),
      (pairs, n) => {
        const chosen = chosenOf([pairs], n);
        expect(chosen.length).toBeLessThanOrEqual(n);
        for (const [, hash] of chosen)
          expect(chosen.filter((one) => one[1] === hash)).toHaveLength(
            pairs.filter((one) => one[1] === hash).length,
          );
      },
    ),
  );
});

const spread = fc.uniqueArray(fc.tuple(fc.nat({ max: 65535 }), fc.nat({ max: 0xffffffff })), {
  selector: ([, hash]) => hash,
  minLength: fewestLessons + 1,
  maxLength: 400,
});

test('where they correct the fast tier two thirds are the rows of the smallest hashes, the others the least sure of the rest', () => {
  fc.assert(
    fc.property(spread, fc.double({ min: 0, max: 1, noNaN: true }), (pairs: Pair[], share) => {
      const wanted = fewestLessons + Math.floor(share * (pairs.length - fewestLessons - 1));
      const choice = chooseLeastSure([unitOf(pairs)], () => wanted, true);
      const byHash = pairs.toSorted((a, b) => a[1] - b[1]);
      const drawn = Math.round(wanted * drawnShare);
      const rest = sorted(byHash.slice(drawn)).slice(0, wanted - drawn);
      const chosen = pairs.filter(([confidence, hash]) => isLeastSure(choice, confidence, hash));
      expect(sorted(chosen)).toEqual(sorted([...byHash.slice(0, drawn), ...rest]));
      expect([choice.rows, choice.drawnRows]).toEqual([wanted, drawn]);
      expect(pairs.filter(([, hash]) => isDrawn(choice, hash))).toHaveLength(drawn);
      const halves = [pairs.filter((_, i) => i % 2 === 1), pairs.filter((_, i) => i % 2 === 0)];
      expect(chooseLeastSure(halves.map(unitOf), () => wanted, true)).toEqual(choice);
    }),
  );
});

test.each([
  ['few rows are wanted', 1000, fewestLessons - 1],
  ['all rows are', 200, 200],
])('none is drawn where %s', (_, count, wanted) => {
  const pairs = Array.from({ length: count }, (_row, i): Pair => [i, i * 1000]);
  const choice = chooseLeastSure([unitOf(pairs)], () => wanted, true);
  expect(choice).toEqual(chooseLeastSure([unitOf(pairs)], () => wanted));
  expect([choice.rows, choice.drawnRows]).toEqual([wanted, 0]);
});

test('none is drawn where equal rows leave nearly none', () => {
  const pairs = Array.from({ length: 1000 }, (_, i): Pair => [i, i < 990 ? 7 : 100 + i]);
  expect(chooseLeastSure([unitOf(pairs)], () => 200, true)).toMatchObject({ drawnRows: 0, rows: 200 });
});

test('confidence is the best probability; unreadable and empty rows cannot be chosen, nor fixed labels', () => {
  const columns = createTagColumns(3);
  columns.personaScores.set([40_000, 10_000, 0, 30_000, 0, 0, 20_000, 20_000, 0]);
  columns.flags[1] = rowFlags.emptyOutput;
  columns.contentHash.set([9, 0, 0, 0, 8, 0, 0, 0, 7]);
  const { confidence, hash } = confidencesOf(columns, false);
  expect([...confidence]).toEqual([40_000, -1, 20_000]);
  expect([...hash]).toEqual([9, 8, 7]);
  expect([...confidencesOf(columns, true).confidence]).toEqual([-1, -1, -1]);
});
