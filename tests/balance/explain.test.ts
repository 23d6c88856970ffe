import { expect, test } from 'vitest';

import { explainSolution, gapsOf } from '../../src/balance/explain.ts';
import type { BalanceProblem } from '../../src/balance/problem.ts';
import { solveBalance } from '../../src/balance/solve.ts';

const blank: BalanceProblem = {
  cells: [],
  personaWeights: {},
  traitRequirements: {},
  categoryBands: {},
  parents: {},
  categories: {},
  exclusive: [],
  rest: 'natural',
  total: 'max',
  maxRepeats: 2,
};

test('minima above one hundred percent are named, with the nearest mix', async () => {
  const problem: BalanceProblem = {
    ...blank,
    cells: [
      { persona: 'poet', traits: [], rows: 5000 },
      { persona: 'architect', traits: [], rows: 5000 },
    ],
    categories: { poet: 'art', architect: 'craft' },
    categoryBands: { art: { min: 0.6 }, craft: { min: 0.41 } },
  };
  const solution = await solveBalance(problem);
  expect(explainSolution(solution, problem)).toEqual([
    'Infeasible by 1.0 point (100 rows): the category minima of art and craft sum to 101 %.',
    'The nearest mix is used: 10,000 rows from 10,000 supplied, 950 of them copies.',
    'It takes category art down to 59.5 % (asked: at least 60 %).',
    'It takes category craft down to 40.5 % (asked: at least 41 %).',
    'New rows would not help: the targets contradict each other.',
  ]);
  expect(gapsOf(solution, problem)).toEqual([
    { persona: null, category: 'art', traits: [], rows: 50, cause: 'conflict', curable: false },
    { persona: null, category: 'craft', traits: [], rows: 50, cause: 'conflict', curable: false },
  ]);
});

test('a scarce trait is told in rows, with the new rows and the repeats that would cure it', async () => {
  const problem: BalanceProblem = {
    ...blank,
    cells: [
      { persona: 'poet', traits: ['formal'], rows: 100 },
      { persona: 'poet', traits: [], rows: 2000 },
    ],
    traitRequirements: { formal: 0.25 },
    total: 1200,
  };
  const solution = await solveBalance(problem);
  expect(explainSolution(solution, problem)).toEqual([
    'Infeasible by 8.3 points (100 rows): trait formal at 25 % of 1,200 needs 300 rows; 100 are supplied, 200 with every copy allowed.',
    'The nearest mix is used: 1,200 rows from 2,100 supplied, 100 of them copies.',
    'It takes trait formal down to 16.6667 % (asked: 25 %).',
    '50 new rows would cure it: 50 of poet that are formal.',
    'With max_repeats 3 everything asked for would hold.',
  ]);
  const gap = { persona: 'poet', category: null, traits: ['formal'], rows: 50, curable: true };
  expect(gapsOf(solution, problem)).toEqual([{ ...gap, cause: 'supply' }]);
  const unsure = (rows: Record<string, number>) => gapsOf(solution, problem, { abstainedRows: rows });
  expect(unsure({ poet: 60 })).toEqual([{ ...gap, cause: 'abstention' }]);
  expect(unsure({ poet: 40, architect: 60 })).toEqual([{ ...gap, cause: 'supply' }]);
});

test('a persona that is to be everything and has no rows is named, though the rest is dropped', async () => {
  const problem: BalanceProblem = {
    ...blank,
    cells: [{ persona: 'architect', traits: [], rows: 255 }],
    personaWeights: { poet: 1 },
    rest: 'drop',
    maxRepeats: 4,
  };
  const solution = await solveBalance(problem);
  expect(solution.certificate).toMatchObject({ conflicts: ['persona:poet'], byPoints: 100, byRows: 0 });
  expect(explainSolution(solution, problem)).toEqual([
    'Infeasible by 100.0 points: persona poet is to be 100 % and has no rows.',
    'The nearest mix is used: 0 rows from 255 supplied.',
    'It takes persona poet down to 0 % (asked: 100 %).',
    '64 new rows would cure it: 64 of poet.',
  ]);
});

test('where no row is supplied, or every one dropped, no target is said to contradict another', async () => {
  const told = async (problem: BalanceProblem): Promise<string[]> =>
    explainSolution(await solveBalance(problem), problem);
  expect(await told(blank)).toEqual([
    'Infeasible: no rows are supplied.',
    'The nearest mix is used: 0 rows from 0 supplied.',
  ]);
  const dropped: BalanceProblem = {
    ...blank,
    cells: [{ persona: 'architect', traits: [], rows: 255 }],
    rest: 'drop',
  };
  expect(await told(dropped)).toEqual([
    'Infeasible: no supplied row has a persona with a weight, and rows without one are dropped.',
    'The nearest mix is used: 0 rows from 255 supplied.',
  ]);
  const made: BalanceProblem = {
    ...blank,
    cells: [{ persona: 'architect', traits: [], rows: 255, synthetic: true }],
    syntheticCaps: { corpus: 0 },
  };
  expect((await solveBalance(made)).certificate?.sentence).toBe(
    'infeasible: at most 0 % synthetic rows in the corpus leaves too few rows: no other are supplied',
  );
});

test('a feasible plan says what limits its size and what would let it grow', async () => {
  const problem: BalanceProblem = {
    ...blank,
    cells: [
      { persona: 'poet', traits: [], rows: 100 },
      { persona: 'architect', traits: [], rows: 900 },
    ],
    personaWeights: { poet: 0.25, architect: 0.75 },
  };
  const solution = await solveBalance(problem);
  expect(explainSolution(solution, problem)).toEqual([
    'All shares hold: 800 rows from 1,000 supplied, 100 of them copies.',
    'persona poet (25 %) uses all of its 100 rows, 2.0 copies of each on average and limits the size.',
    '25 new rows would let it reach 1,000: 25 of poet.',
  ]);
  expect(gapsOf(solution, problem)).toEqual([
    { persona: 'poet', category: null, traits: [], rows: 25, cause: 'supply', curable: true },
  ]);
});

test('constraints report what was wanted, what came, and why it differs', async () => {
  const problem: BalanceProblem = {
    ...blank,
    cells: [
      { persona: 'poet', traits: [], rows: 10 },
      { persona: 'architect', traits: [], rows: 900 },
    ],
    personaWeights: { poet: 0.5, architect: 0.5 },
    total: 101,
  };
  const { constraints } = await solveBalance(problem);
  expect(
    constraints.map(({ name, rows, wantedRows, supplyRows, cause }) => ({
      name,
      rows,
      wantedRows,
      supplyRows,
      cause,
    })),
  ).toEqual([
    { name: 'persona:architect', rows: 81, wantedRows: [50.5, 50.5], supplyRows: 900, cause: 'conflict' },
    { name: 'persona:poet', rows: 20, wantedRows: [50.5, 50.5], supplyRows: 10, cause: 'supply' },
    { name: 'total', rows: 101, wantedRows: [101, 101], supplyRows: 910, cause: null },
  ]);
});
