import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import type { Band, BalanceCell, BalanceProblem } from '../../src/balance/problem.ts';
import { solveBalance } from '../../src/balance/solve.ts';
import { missedMargins } from './margins.ts';

const personas = ['architect', 'code_expert', 'code_reviewer', 'humorist', 'poet'];
const traits = ['brief', 'casual', 'formal'];
const exclusive = [['casual', 'formal']];

const cell = fc.record({
  persona: fc.constantFrom(...personas),
  traits: fc.subarray(traits).filter((set) => !(set.includes('casual') && set.includes('formal'))),
  rows: fc.oneof(fc.nat(30), fc.nat(5000)),
});
const cells = fc.uniqueArray(cell, {
  minLength: 1,
  maxLength: 25,
  selector: ({ persona, traits: set }) => `${persona} ${set.join('+')}`,
});
const share = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);
const band: fc.Arbitrary<number | Band> = fc.oneof(
  share,
  fc.tuple(share, share).map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) })),
  fc.tuple(share, share, share).map((ends) => {
    const [min = 0, target = 0, max = 1] = ends.toSorted((a, b) => a - b);
    return { min, target, max };
  }),
);
const problems: fc.Arbitrary<BalanceProblem> = fc.record({
  cells,
  personaWeights: bandsOf(personas),
  traitRequirements: bandsOf(traits),
  categoryBands: bandsOf(['art', 'craft']),
  parents: fc.constant({ code_reviewer: 'code_expert' }),
  categories: fc.constant({ poet: 'art', humorist: 'art', architect: 'craft', code_expert: 'craft' }),
  exclusive: fc.constant(exclusive),
  rest: fc.constantFrom('natural' as const, 'drop' as const, 'temperature' as const),
  total: fc.oneof(fc.constant('max' as const), fc.integer({ min: 1, max: 3000 })),
  maxRepeats: fc.integer({ min: 1, max: 4 }),
});

/** Problems whose numbers are the shares of a mix that the supply can give, so that they are feasible by construction. */
const feasibleProblems = fc
  .tuple(problems, fc.array(fc.nat(20), { minLength: 25, maxLength: 25 }))
  .map(([problem, wanted]) => {
    const counts = problem.cells.map((entry, index) => Math.min(entry.rows, wanted[index] ?? 0));
    const total = counts.reduce((sum, count) => sum + count, 0);
    return { problem, counts, total };
  })
  .filter(({ total }) => total > 0)
  .map(({ problem, counts, total }) => {
    const sumOf = (belongs: (entry: BalanceCell) => boolean): number =>
      problem.cells.reduce((sum, entry, index) => (belongs(entry) ? sum + (counts[index] ?? 0) : sum), 0);
    const around = (sum: number): Band => ({
      min: Math.floor((sum / total) * 1000) / 1000,
      max: Math.ceil((sum / total) * 1000) / 1000,
    });
    const personaWeights = Object.fromEntries(
      personas.map((name) => [name, around(sumOf((entry) => entry.persona === name))]),
    );
    const traitRequirements = Object.fromEntries(
      traits.map((name) => [name, around(sumOf((entry) => entry.traits.includes(name)))]),
    );
    return { ...problem, personaWeights, traitRequirements, categoryBands: {}, total };
  });

test('quotas are whole, within their bounds, and sum to the total', async () => {
  await fc.assert(
    fc.asyncProperty(problems, async (problem) => {
      const { quotas, total } = await solveBalance(problem);
      const outside = problem.cells.filter(({ rows }, index) => {
        const quota = quotas[index] ?? -1;
        return !Number.isSafeInteger(quota) || quota < 0 || quota > rows * problem.maxRepeats;
      });
      expect(outside).toEqual([]);
      expect(quotas.reduce((sum, quota) => sum + quota, 0)).toBe(total);
    }),
    { numRuns: 80 },
  );
});

test('what a real mix can do is feasible, at its size, with every margin within a row', async () => {
  await fc.assert(
    fc.asyncProperty(feasibleProblems, async (problem) => {
      const { feasible, quotas, total, certificate } = await solveBalance(problem);
      expect({ feasible, total, certificate }).toEqual({
        feasible: true,
        total: problem.total,
        certificate: null,
      });
      expect(missedMargins(problem, quotas)).toEqual([]);
    }),
    { numRuns: 80 },
  );
});

test('feasible problems meet every margin within a row', async () => {
  await fc.assert(
    fc.asyncProperty(problems, async (problem) => {
      const { feasible, quotas } = await solveBalance(problem);
      if (feasible) expect(missedMargins(problem, quotas)).toEqual([]);
    }),
    { numRuns: 80 },
  );
});

test('the order of cells and keys changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(problems, fc.infiniteStream(fc.nat()), async (problem, numbers) => {
      const ranks = problem.cells.map((entry) => ({ entry, rank: numbers.next().value }));
      const shuffled = ranks.toSorted((a, b) => a.rank - b.rank).map(({ entry }) => entry);
      const here = await solveBalance(problem);
      const there = await solveBalance({
        ...problem,
        cells: shuffled.map((entry) => ({ ...entry, traits: entry.traits.toReversed() })),
        personaWeights: reversed(problem.personaWeights),
        traitRequirements: reversed(problem.traitRequirements),
        categoryBands: reversed(problem.categoryBands),
      });
      const mapped = problem.cells.map((entry) => there.quotas[shuffled.indexOf(entry)]);
      expect(mapped).toEqual(here.quotas);
      expect(there.certificate).toEqual(here.certificate);
    }),
    { numRuns: 60 },
  );
});

test('a conflict set cannot hold by itself and can when any one of it is let go', async () => {
  await fc.assert(
    fc.asyncProperty(problems, async (problem) => {
      const { certificate } = await solveBalance(problem);
      const supplied = problem.cells.some(({ rows }) => rows > 0);
      if (!certificate || !supplied) return;
      const holds = async (names: readonly string[]): Promise<boolean> =>
        (await solveBalance(only(problem, names))).feasible;
      expect(await holds(certificate.conflicts)).toBe(false);
      if (problem.rest === 'drop') return; // with every row dropped nothing holds, whatever is let go
      for (const name of certificate.conflicts) {
        expect(await holds(certificate.conflicts.filter((other) => other !== name))).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test('the rows of a cure make the plan feasible', async () => {
  await fc.assert(
    fc.asyncProperty(problems, async (problem) => {
      const { certificate } = await solveBalance(problem);
      if (!certificate?.cure) return;
      const supplied = problem.cells.reduce((sum, { rows }) => sum + rows, 0);
      const total = problem.total === 'max' ? supplied : problem.total;
      const cured = await solveBalance({ ...problem, total, cells: [...problem.cells, ...certificate.cure] });
      expect(cured.feasible).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('no row is copied while there are enough rows without', async () => {
  await fc.assert(
    fc.asyncProperty(feasibleProblems, async (problem) => {
      const single = await solveBalance({ ...problem, rest: 'natural', maxRepeats: 1 });
      const { quotas } = await solveBalance({ ...problem, rest: 'natural', maxRepeats: 4 });
      expect(single.feasible).toBe(true);
      const copied = problem.cells.filter(({ rows }, index) => (quotas[index] ?? 0) > rows);
      expect(copied).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test('tokens are balanced to within the longest row of each margin', async () => {
  const long = { persona: 'poet', traits: [], rows: 400, unitsPerRow: 812.5 };
  const short = { persona: 'humorist', traits: ['brief'], rows: 4000, unitsPerRow: 37.125 };
  const { feasible, quotas, constraints } = await solveBalance({
    ...blank,
    cells: [long, short],
    personaWeights: { poet: 0.6, humorist: 0.4 },
    total: 100_000,
  });
  expect(feasible).toBe(true);
  expect(Math.abs((quotas[0] ?? 0) * 812.5 - 60_000)).toBeLessThanOrEqual(812.5);
  expect(Math.abs((quotas[1] ?? 0) * 37.125 - 40_000)).toBeLessThanOrEqual(812.5);
  expect(constraints.find(({ name }) => name === 'total')?.rows).toBeCloseTo(100_000, -3);
});

test('a rest temperature flattens the rest, at 0 to equal parts', async () => {
  const supply = [
    { persona: 'poet', traits: [], rows: 100 },
    { persona: 'humorist', traits: [], rows: 900 },
    { persona: 'architect', traits: [], rows: 500 },
  ];
  const problem: BalanceProblem = {
    ...blank,
    cells: supply,
    personaWeights: { architect: 0.5 },
    rest: 'temperature',
    total: 400,
  };
  const even = await solveBalance({ ...problem, restTemperature: 0 });
  const root = await solveBalance({ ...problem, restTemperature: 0.5 });
  const natural = await solveBalance({ ...problem, restTemperature: 1 });
  expect(even.quotas).toEqual([100, 100, 200]);
  expect(root.quotas).toEqual([50, 150, 200]);
  expect(natural.quotas).toEqual([20, 180, 200]);
});

test('a band with its minimum above its maximum is refused', async () => {
  const problem: BalanceProblem = { ...blank, personaWeights: { poet: { min: 0.5, max: 0.4 } } };
  await expect(solveBalance(problem)).rejects.toMatchObject({ code: 'balance-problem' });
});

test('nothing supplied is infeasible, not an error', async () => {
  const { feasible, quotas, certificate } = await solveBalance({
    ...blank,
    personaWeights: { poet: 1 },
    total: 10,
  });
  expect({ feasible, quotas }).toEqual({ feasible: false, quotas: [] });
  expect(certificate?.cure).toEqual([{ persona: 'poet', traits: [], rows: 3 }]);
});

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
  maxRepeats: 4,
};

function bandsOf(names: readonly string[]): fc.Arbitrary<Record<string, number | Band>> {
  return fc.subarray([...names]).chain((chosen) => {
    return fc
      .tuple(...chosen.map(() => band))
      .map((bands) => Object.fromEntries(chosen.map((name, i) => [name, bands[i] ?? 0])));
  });
}

/** The problem with only the named constraints in force; the others stay, so that persons keep their cover, but ask nothing. */
function only(problem: BalanceProblem, names: readonly string[]): BalanceProblem {
  const keep = (kind: string, bands: BalanceProblem['personaWeights']): BalanceProblem['personaWeights'] =>
    Object.fromEntries(
      Object.entries(bands).map(([name, value]) => [
        name,
        names.includes(`${kind}:${name}`) ? value : { min: 0 },
      ]),
    );
  return {
    ...problem,
    personaWeights: keep('persona', problem.personaWeights),
    traitRequirements: keep('trait', problem.traitRequirements),
    categoryBands: keep('category', problem.categoryBands),
    total: names.includes('total') ? problem.total : 'max',
  };
}

function reversed<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).toReversed());
}
