import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import type { Band, BalanceProblem } from '../../src/balance/problem.ts';
import { solveBalance } from '../../src/balance/solve.ts';
import { missedMargins } from './margins.ts';
import { mostCopies, namedCaps, namedShares, optimum } from './oracle.ts';

const personas = ['architect', 'code_expert', 'code_reviewer', 'humorist', 'poet', 'summarizer'];
const traits = ['brief', 'casual', 'formal', 'technical'];

const cells = fc.uniqueArray(
  fc.record({
    persona: fc.constantFrom(...personas),
    traits: fc.subarray(traits).filter((set) => !(set.includes('casual') && set.includes('formal'))),
    rows: fc.oneof(fc.constant(0), fc.nat(40), fc.nat(3000), fc.integer({ min: 50_000, max: 900_000 })),
    synthetic: fc.boolean(),
  }),
  {
    minLength: 1,
    maxLength: 30,
    selector: ({ persona, traits: set, synthetic }) => `${persona} ${set.join('+')} ${synthetic}`,
  },
);
const share = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 60 }).map((percent) => percent / 100),
);
const band: fc.Arbitrary<number | Band> = fc.oneof(
  share,
  share.map((target) => ({ target })),
  share.map((min) => ({ min })),
  share.map((max) => ({ max })),
  fc.tuple(share, share, share).map((numbers) => {
    const [min = 0, target = 0, max = 1] = numbers.toSorted((a, b) => a - b);
    return { min, target, max };
  }),
);
const caps = fc.record(
  {
    corpus: share,
    eachPersona: share,
    personas: fc
      .subarray(personas)
      .chain((chosen) => fc.tuple(...chosen.map(() => share)).map((shares) => mapOf(chosen, shares))),
  },
  { requiredKeys: [] },
);
const problems: fc.Arbitrary<BalanceProblem> = fc
  .record({
    cells,
    personaWeights: bandsOf(personas),
    traitRequirements: bandsOf(traits),
    categoryBands: bandsOf(['art', 'craft']),
    parents: fc.constant({ code_reviewer: 'code_expert', summarizer: 'poet' }),
    categories: fc.constant({ poet: 'art', humorist: 'art', architect: 'craft', code_expert: 'craft' }),
    exclusive: fc.constant([['casual', 'formal']]),
    rest: fc.constantFrom('natural' as const, 'drop' as const, 'temperature' as const, 'unimax' as const),
    restEpochs: fc.constantFrom(1, 2),
    total: fc.oneof(fc.constant('max' as const), fc.integer({ min: 1, max: 4000 })),
    maxRepeats: fc.integer({ min: 1, max: 4 }),
    personaRepeats: fc
      .subarray(personas)
      .chain((chosen) =>
        fc
          .tuple(...chosen.map(() => fc.integer({ min: 1, max: 5 })))
          .map((repeats) => mapOf(chosen, repeats)),
      ),
    syntheticCaps: fc.option(caps, { nil: undefined }),
  })
  .map((problem) =>
    problem.syntheticCaps
      ? problem
      : { ...problem, cells: problem.cells.filter(({ synthetic }) => !synthetic) },
  )
  .filter(({ cells: list }) => list.some(({ rows }) => rows > 0));

const runs = { numRuns: 40 };

test('quotas keep to the supply, the repeats of each persona and every cap, to the row', async () => {
  await fc.assert(
    fc.asyncProperty(problems, async (problem) => {
      const { quotas, total } = await solveBalance(problem);
      problem.cells.forEach((_, cell) => {
        expect(Number.isSafeInteger(quotas[cell])).toBe(true);
        expect(quotas[cell]).toBeGreaterThanOrEqual(0);
        expect(quotas[cell]).toBeLessThanOrEqual(mostCopies(problem, cell));
      });
      for (const cap of namedCaps(problem)) {
        const sum = (list: readonly number[]): number =>
          list.reduce((all, cell) => all + (quotas[cell] ?? 0), 0);
        // Shares are hundredths: whole numbers on both sides.
        expect(sum(cap.synthetic) * 100).toBeLessThanOrEqual(Math.round(cap.share * 100) * sum(cap.base));
      }
      expect(quotas.reduce((sum, quota) => sum + quota, 0)).toBe(total);
    }),
    runs,
  );
});

test('feasible is what an independent program finds feasible, at the largest size, margins within a row', async () => {
  await fc.assert(
    fc.asyncProperty(problems, async (problem) => {
      const { feasible, quotas, total, certificate } = await solveBalance(problem);
      const asked = problem.total === 'max' ? null : problem.total;
      const least = await optimum(problem, 'deviation', { total: asked });
      if (least && least.value > 1e-9 && least.value < 1e-7) return; // too near to tell in floating point
      expect(feasible).toBe(least !== null && least.value <= 1e-9);
      expect(certificate === null).toBe(feasible);
      if (!feasible) return;
      expect(missedMargins(problem, quotas)).toEqual([]);
      const largest =
        asked ?? Math.floor(-((await optimum(problem, 'size', { total: null }))?.value ?? 0) + 1e-6);
      expect(total).toBeGreaterThanOrEqual(largest - namedCaps(problem).length);
      expect(total).toBeLessThanOrEqual(largest);
    }),
    runs,
  );
});

test('what cannot hold is missed by the least an independent program finds, and the relaxation named holds', async () => {
  await fc.assert(
    fc.asyncProperty(problems, async (problem) => {
      const { quotas, total, certificate } = await solveBalance(problem);
      if (!certificate || total === 0) return;
      const shares = namedShares(problem);
      const { l1 } = certificate.nearest;
      const kept = problem.total !== 'max' && certificate.nearest.total === problem.total;
      const least = await optimum(problem, 'deviation', { total: kept ? certificate.nearest.total : null });
      expect(l1).toBeCloseTo(least?.value ?? -1, 6);
      const missed = shares.reduce((all, { cells: list, lo, hi }) => {
        const sum = list.reduce((rows, cell) => rows + (quotas[cell] ?? 0), 0);
        return all + Math.max(lo * total - sum, sum - hi * total, 0);
      }, 0);
      expect(missed).toBeLessThanOrEqual(1.1 * l1 * total + shares.length + namedCaps(problem).length);
      const relaxed = new Map(
        certificate.relaxation.map(({ constraint, to }) => [
          constraint,
          [Math.max(0, to[0] - 1e-7), to[1] + 1e-7] as const,
        ]),
      );
      const size = certificate.nearest.total;
      expect((await optimum(problem, 'deviation', { total: size, relaxed }))?.value).toBeLessThan(1e-6);
    }),
    runs,
  );
});

test('the conflict named is one, and none without any of its members', async () => {
  await fc.assert(
    fc.asyncProperty(problems, async (problem) => {
      const { certificate } = await solveBalance(problem);
      if (!certificate || problem.rest === 'drop') return;
      const holds = async (names: readonly string[]): Promise<boolean> => {
        const total = names.includes('total') && problem.total !== 'max' ? problem.total : null;
        const least = await optimum(problem, 'deviation', { total, names });
        return least !== null && least.value < 1e-8;
      };
      expect(await holds(certificate.conflicts)).toBe(false);
      for (const name of certificate.conflicts)
        expect(await holds(certificate.conflicts.filter((other) => other !== name))).toBe(true);
    }),
    runs,
  );
});

test('the cure named makes every share hold within the caps', async () => {
  await fc.assert(
    fc.asyncProperty(problems, async (problem) => {
      const { certificate } = await solveBalance(problem);
      if (!certificate?.cure) return;
      const supplied = problem.cells.reduce((sum, { rows }) => sum + rows, 0);
      const total = problem.total === 'max' ? supplied : problem.total;
      const cured = { ...problem, total, cells: [...problem.cells, ...certificate.cure] };
      expect((await optimum(cured, 'deviation', { total }))?.value).toBeLessThan(1e-7);
    }),
    runs,
  );
});

test('no mix of the same size and shares has fewer copies', async () => {
  await fc.assert(
    fc.asyncProperty(problems, async (problem) => {
      if (problem.rest === 'temperature' || problem.rest === 'unimax') return; // they ask for copies
      const { feasible, quotas, total } = await solveBalance(problem);
      if (!feasible || total === 0) return;
      const copies = problem.cells.reduce(
        (sum, { rows }, cell) => sum + Math.max(0, (quotas[cell] ?? 0) - rows),
        0,
      );
      const wishes = [problem.personaWeights, problem.traitRequirements, problem.categoryBands].flatMap(
        (map) =>
          Object.values(map).filter(
            (value) => typeof value !== 'number' && 'target' in value && 'min' in value,
          ),
      );
      if (wishes.length > 0) return; // wished targets come before few copies
      const least = await optimum(problem, 'copies', { total });
      if (least === null) return; // a size that only rounding reaches
      // Rounding may cost a row of each cell and each margin.
      expect(copies).toBeLessThanOrEqual(
        least.value + problem.cells.length + namedShares(problem).length + namedCaps(problem).length,
      );
    }),
    runs,
  );
});

test('UniMax shares the rest evenly, and what the epochs cap leaves goes to the others', async () => {
  const supplies = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 2, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(
      supplies,
      fc.integer({ min: 1, max: 3 }),
      fc.nat(400),
      async (supply, epochs, budget) => {
        const total = Math.min(
          Math.max(budget, 1),
          supply.reduce((sum, rows) => sum + rows, 0),
        );
        const { quotas } = await solveBalance({
          cells: supply.map((rows, index) => ({ persona: personas[index] ?? '', traits: [], rows })),
          personaWeights: {},
          traitRequirements: {},
          categoryBands: {},
          parents: {},
          categories: {},
          exclusive: [],
          rest: 'unimax',
          restEpochs: epochs,
          total,
          maxRepeats: 4,
        });
        // Algorithm 1 of Chung et al. 2023: smallest first, each gets an even part of what is left or its epochs.
        let left = total;
        const order = supply.map((_, index) => index).toSorted((a, b) => (supply[a] ?? 0) - (supply[b] ?? 0));
        order.forEach((index, done) => {
          const even = Math.min(left / (supply.length - done), epochs * (supply[index] ?? 0));
          expect(Math.abs((quotas[index] ?? 0) - even)).toBeLessThanOrEqual(1 + 1e-6);
          left -= even;
        });
      },
    ),
    { numRuns: 60 },
  );
});

function bandsOf(names: readonly string[]): fc.Arbitrary<Record<string, number | Band>> {
  return fc
    .subarray([...names], { maxLength: Math.min(4, names.length) })
    .chain((chosen) => fc.tuple(...chosen.map(() => band)).map((bands) => mapOf(chosen, bands)));
}

function mapOf<T>(names: readonly string[], values: readonly T[]): Record<string, T> {
  return Object.fromEntries(names.flatMap((name, i) => values.slice(i, i + 1).map((value) => [name, value])));
}
