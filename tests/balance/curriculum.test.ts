import { expect, test } from 'vitest';

import { assignPlacements, inReplay, partitionPhase, splitOf } from '../../src/balance/curriculum.ts';
import { hashText } from '../../src/lib/hash.ts';

const persona = (
  id: string,
  parent: string,
  adapter: string,
): { id: string; parent: string; adapter: string; phases: string[] } => {
  return { id, parent, adapter, phases: [] };
};
const personas = [
  persona('code_expert', 'code_expert', 'tech'),
  persona('code_reviewer', 'code_expert', 'tech'),
  persona('poet', 'creative_writer', 'art'),
  persona('creative_writer', 'creative_writer', 'art'),
  persona('explorer', 'explorer', 'art'),
  persona('safety_guardian', 'safety_guardian', 'guard'),
];

const hashes = Uint32Array.from(Array.from({ length: 4000 }, (_, row) => [...hashText(`row ${row}`)]).flat());
const draw = (row: number): { hash: Uint32Array; at: number; seed: number } => ({
  hash: hashes,
  at: row * 4,
  seed: 42,
});
const countRows = (holds: (row: number) => boolean): number =>
  Array.from({ length: 4000 }, (_, row) => row).filter(holds).length;

test('a persona stands in the phases that name it, else in its parent’s, and in every phase that takes all', () => {
  const { phaseOf } = assignPlacements({
    personas,
    phases: [
      { name: 'foundation', focus: ['code_expert'] },
      { name: 'creative', focus: ['creative_writer', 'code_reviewer'] },
      { name: 'mixed', focus: 'all' },
    ],
    adapters: [],
  });
  expect(phaseOf).toEqual([[0, 2], [1, 2], [1, 2], [1, 2], [2], [2]]);
});

test('an adapter comes from the configuration, else from the parent, else from the taxonomy where it exists', () => {
  const { adapterOf, added } = assignPlacements({
    personas,
    phases: [],
    adapters: [
      { name: 'tech', personas: ['code_expert'] },
      { name: 'art', personas: ['creative_writer'] },
    ],
  });
  expect(adapterOf).toEqual([0, 0, 1, 1, 1, -1]);
  expect(added).toEqual([
    { persona: 'code_reviewer', adapter: 'tech', reason: 'follows code_expert' },
    { persona: 'poet', adapter: 'art', reason: 'follows creative_writer' },
    { persona: 'explorer', adapter: 'art', reason: 'default of the taxonomy' },
  ]);
});

test('parents that point at each other end the search', () => {
  const loop = [persona('a', 'b', 'x'), persona('b', 'a', 'x')];
  expect(
    assignPlacements({ personas: loop, phases: [{ name: 'one', focus: ['c'] }], adapters: [] }).phaseOf,
  ).toEqual([[], []]);
});

test('a partition puts each row in one phase and holds the asked share back for the mixed one', () => {
  const place = (row: number): number =>
    partitionPhase({ ...draw(row), focusPhases: [0, 1], mixedPhase: 3, heldBack: 0.2 });
  expect(Math.abs(countRows((row) => place(row) === 3) - 800)).toBeLessThan(100);
  expect(Math.abs(countRows((row) => place(row) === 0) - 1600)).toBeLessThan(130);
  expect(countRows((row) => ![0, 1, 3].includes(place(row)))).toBe(0);
  expect(partitionPhase({ ...draw(0), focusPhases: [], mixedPhase: 3, heldBack: 0 })).toBe(3);
  expect(partitionPhase({ ...draw(0), focusPhases: [], mixedPhase: null, heldBack: 0 })).toBe(-1);
});

test('replay draws the asked share anew for every phase', () => {
  expect(Math.abs(countRows(second) - 400)).toBeLessThan(80);
  expect(countRows((row) => second(row) && third(row))).toBeLessThan(80);
});

test('a content goes to one split whatever surrounds it, and a larger validation share only adds', () => {
  expect(Math.abs(countRows((row) => split(row, 0.05) === 'validation') - 200)).toBeLessThan(60);
  expect(countRows((row) => split(row, 0.05) === 'validation' && split(row, 0.1) === 'train')).toBe(0);
  const alone = { hash: hashes.slice(400, 404), at: 0, seed: 42, validationShare: 0.5 };
  expect(splitOf(alone)).toBe(split(100, 0.5));
  expect(countRows((row) => split(row, 0) === 'validation')).toBe(0);
});

function second(row: number): boolean {
  return inReplay({ ...draw(row), phase: 1, share: 0.1 });
}

function third(row: number): boolean {
  return inReplay({ ...draw(row), phase: 2, share: 0.1 });
}

function split(row: number, validationShare: number): string {
  return splitOf({ ...draw(row), validationShare });
}
