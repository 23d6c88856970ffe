import { parseArgs } from 'node:util';

import { selectRows } from '../src/balance/select.ts';
import { loadConfig } from '../src/config/load.ts';
import { readCorpus } from '../src/run/plan/corpus.ts';
import { planCorpus, type PlannedCorpus } from '../src/run/plan/plan-corpus.ts';
import { loadTaxonomy } from '../taggers/taxonomy.ts';

/**
 * Three ways to the same targets, on the sidecars of a run:
 * `node --import ./scripts/register-ts.mjs bench/compare-balancers.ts --run DIR [--config bench/compare-targets.yaml]`.
 *
 * - persona-only: every persona gets its share of the size, its rows are the ones with the smallest keys; traits come as they are;
 * - product of marginals: every cell gets size × persona share × product of its trait shares (exclusive traits share one draw),
 *   at most what it has: the usual way to use both lists of targets;
 * - ours: the balancer of `plan`.
 *
 * All three draw from the same supply (duplicates and filtered rows out), each row once, without replacement for what is short.
 */
const { values } = parseArgs({
  options: { run: { type: 'string' }, config: { type: 'string', default: 'bench/compare-targets.yaml' } },
});
const taxonomy = await loadTaxonomy();
const { config } = await loadConfig({ path: values.config, sets: [], taxonomy });
const run = values.run ?? '';
const planned = await planCorpus({ out: run, corpus: await readCorpus(run), config, taxonomy });
const { problem, solution } = planned.plan;
const size = problem.total === 'max' ? solution.total : problem.total;
const shares = sharesOf(planned);

const quotas = { 'persona-only': personaOnly(planned), product: productOfMarginals(), ours: solution.quotas };
const supplied = problem.cells.reduce((sum, cell) => sum + cell.rows, 0);
const lines = Object.entries(quotas).map(([name, chosen]) => describe(name, chosen));
process.stdout.write(
  [
    `${supplied} rows, ${problem.cells.length} cells, ${Object.keys(problem.personaWeights).length} personas and ${Object.keys(problem.traitRequirements).length} traits asked for, size ${size}, feasible ${solution.feasible}`,
    '',
    '| method | trait error, worst | mean | persona error, worst | mean | rows lost |',
    '|---|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n'),
);

/** Target share of every persona: a weight covers its family, split by supply; the rest share what is left. */
function sharesOf({ plan }: PlannedCorpus): Map<string, number> {
  const supply = new Map<string, number>();
  for (const { persona, rows } of plan.problem.cells) supply.set(persona, (supply.get(persona) ?? 0) + rows);
  const weights = plan.problem.personaWeights;
  const owner = (persona: string): string => {
    if (persona in weights) return persona;
    const parent = plan.problem.parents[persona] ?? '';
    return parent in weights ? parent : '';
  };
  const family = new Map<string, number>();
  for (const [persona, rows] of supply) family.set(owner(persona), (family.get(owner(persona)) ?? 0) + rows);
  const asked = (name: string): number => {
    const weight = weights[name];
    if (typeof weight === 'number') return weight;
    throw new Error(`${name}: this bench compares plain numbers`);
  };
  const rest = Math.max(0, 1 - Object.keys(weights).reduce((sum, name) => sum + asked(name), 0));
  return new Map(
    [...supply].map(([persona, rows]) => {
      const name = owner(persona);
      return [persona, ((name === '' ? rest : asked(name)) * rows) / (family.get(name) ?? 1)];
    }),
  );
}

/** Cells that result when only the persona of a row counts: a real selection by key. */
function personaOnly({ plan }: PlannedCorpus): number[] {
  const personas = [...shares.keys()];
  const cells = plan.cells.map((cell) => {
    const persona = problem.cells[cell]?.persona;
    return persona === undefined ? 0xffffffff : personas.indexOf(persona);
  });
  const rows = personas.map((persona) => supplyOf((cell) => cell.persona === persona));
  let sum = 0;
  const wanted = personas.map((persona, i) => {
    const before = Math.round(sum);
    sum += size * (shares.get(persona) ?? 0);
    return Math.min(rows[i] ?? 0, Math.round(sum) - before);
  });
  const { copies } = selectRows({ cells, keys: plan.keys, quotas: wanted });
  const chosen = problem.cells.map(() => 0);
  copies.forEach((count, row) => {
    const cell = plan.cells[row] ?? 0;
    if (count > 0) chosen[cell] = (chosen[cell] ?? 0) + count;
  });
  return chosen;
}

function productOfMarginals(): number[] {
  const required = problem.traitRequirements;
  const target = (trait: string): number => {
    const share = required[trait];
    return typeof share === 'number' ? share : 0;
  };
  const inGroup = new Set(problem.exclusive.flat());
  const factor = (traits: readonly string[]): number => {
    let product = 1;
    for (const group of problem.exclusive) {
      const asked = group.filter((trait) => trait in required);
      const held = asked.find((trait) => traits.includes(trait));
      product *= held === undefined ? 1 - asked.reduce((sum, trait) => sum + target(trait), 0) : target(held);
    }
    for (const trait of Object.keys(required)) {
      if (inGroup.has(trait)) continue;
      product *= traits.includes(trait) ? target(trait) : 1 - target(trait);
    }
    return product;
  };
  return problem.cells.map(({ persona, traits, rows }) => {
    return Math.min(
      rows * problem.maxRepeats,
      Math.round(size * (shares.get(persona) ?? 0) * factor(traits)),
    );
  });
}

function describe(name: string, chosen: readonly number[]): string {
  const total = chosen.reduce((sum, count) => sum + count, 0);
  const shareOf = (isMember: (cell: (typeof problem.cells)[number]) => boolean): number =>
    problem.cells.reduce((sum, cell, i) => (isMember(cell) ? sum + (chosen[i] ?? 0) : sum), 0) / total;
  const traits = Object.entries(problem.traitRequirements).map(([trait, wanted]) =>
    Math.abs(shareOf((cell) => cell.traits.includes(trait)) - Number(wanted)),
  );
  const personas = Object.entries(problem.personaWeights).map(([persona, wanted]) => {
    const covers = (id: string): boolean =>
      id === persona || (!(id in problem.personaWeights) && problem.parents[id] === persona);
    return Math.abs(shareOf((cell) => covers(cell.persona)) - Number(wanted));
  });
  const lost = size - total;
  return `| ${name} | ${points(Math.max(...traits))} | ${points(mean(traits))} | ${points(Math.max(...personas))} | ${points(mean(personas))} | ${lost} (${((lost / size) * 100).toFixed(1)} %) |`;
}

function supplyOf(isMember: (cell: (typeof problem.cells)[number]) => boolean): number {
  return problem.cells.reduce((sum, cell) => (isMember(cell) ? sum + cell.rows : sum), 0);
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}

function points(share: number): string {
  return (share * 100).toFixed(3);
}
