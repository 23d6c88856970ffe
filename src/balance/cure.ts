import { askedBands, capacityUnits } from './bands.ts';
import { judgeFeasibility } from './feasibility.ts';
import { addColumn, addRow, type LinearProgram, type Solver } from './linear-program.ts';
import { buildModel, type Model, ownerOf } from './model.ts';
import type { BalanceProblem } from './problem.ts';
import type { NewRows } from './solution.ts';

/**
 * Fewest new rows (each usable `maxRepeats` times) with which every share holds at the asked size, or at the size of the
 * supply where the largest is asked; null where no new row helps. Per persona the program chooses how many rows come and how
 * many of them carry each trait; exclusive traits share the rows, others overlap freely, so few distinct kinds are needed.
 * The answer is checked exactly.
 */
export function findCure(problem: BalanceProblem, model: Model, solver: Solver): NewRows[] | null {
  const totalUnits = Number(model.total ?? model.supplied) / Number(model.unitScale);
  if (totalUnits <= 0) return null;
  const makers = listMakers(problem, model);
  const needs = leastNewUnits(problem, model, { makers, totalUnits, solver });
  if (!needs) return null;
  const all = model.constraints.map((_, index) => index);
  for (const extra of [0, 1, 2]) {
    const rows = needs
      .map((need) => ({ ...need, rows: Math.ceil(need.rows - 1e-6) + extra }))
      .filter((need) => need.rows > 0);
    const cells = [...problem.cells, ...rows];
    const cured = buildModel({ ...problem, cells });
    const total = (BigInt(Math.round(totalUnits * 1000)) * cured.unitScale) / 1000n;
    if (judgeFeasibility(cured, { shares: all, total }, solver).feasible) return rows;
  }
  return null;
}

/** A persona for which new rows can be made; one per set of constraints that its rows would count towards. */
interface Maker {
  readonly persona: string;
  readonly members: readonly number[];
  readonly unitsPerRow: number;
}

function listMakers(problem: BalanceProblem, model: Model): Maker[] {
  const indexOf = new Map(model.constraints.map((constraint, index) => [constraint.name, index]));
  const supplied = new Set(problem.cells.map((cell) => cell.persona));
  const weighted = Object.keys(problem.personaWeights);
  const served = new Set([...supplied, ...weighted].map((persona) => problem.categories[persona]));
  // A category that nobody supplies is open to any persona the taxonomy puts there.
  const others = Object.keys(problem.categories).filter(
    (persona) => !served.has(problem.categories[persona]),
  );
  const units = meanUnits(problem);
  const makers = new Map<string, Maker>();
  for (const persona of [...weighted.toSorted(), ...[...supplied].toSorted(), ...others.toSorted()]) {
    const owner = ownerOf(problem, persona);
    if (owner === null && problem.rest === 'drop') continue;
    const names = [`persona:${owner ?? ''}`, `category:${problem.categories[persona] ?? ''}`];
    const members = names.map((name) => indexOf.get(name)).filter((index) => index !== undefined);
    const key = members.join(' ');
    if (!makers.has(key))
      makers.set(key, { persona, members, unitsPerRow: units.get(persona) ?? units.get('') ?? 1 });
  }
  return [...makers.values()];
}

/** Mean units of a row per persona; under '' of all rows. */
function meanUnits(problem: BalanceProblem): Map<string, number> {
  const sums = new Map<string, { rows: number; units: number }>();
  for (const cell of problem.cells) {
    for (const key of [cell.persona, '']) {
      const sum = sums.get(key) ?? { rows: 0, units: 0 };
      sums.set(key, { rows: sum.rows + cell.rows, units: sum.units + cell.rows * (cell.unitsPerRow ?? 1) });
    }
  }
  return new Map([...sums].map(([key, { rows, units }]) => [key, rows > 0 ? units / rows : 1]));
}

function leastNewUnits(
  problem: BalanceProblem,
  model: Model,
  options: { readonly makers: readonly Maker[]; readonly totalUnits: number; readonly solver: Solver },
): NewRows[] | null {
  const { makers, totalUnits, solver } = options;
  const bands = askedBands(model);
  const program: LinearProgram = { rows: [], columns: [] };
  model.constraints.forEach((_, index) => addRow(program, bands.lo[index] ?? 0, bands.hi[index] ?? 1));
  const totalRow = addRow(program, 1, 1);
  model.groups.forEach((group, index) => {
    const rows = [...group.members, totalRow];
    const upper = Math.min(1, capacityUnits(model, index) / totalUnits);
    addColumn(program, { cost: 0, lower: 0, upper, rows, values: rows.map(() => 1) });
  });
  const layers = traitLayers(problem, model);
  const made = makers.map((maker) => {
    const layerRows = layers.map(() => addRow(program, -Infinity, 0));
    const rows = [...maker.members, totalRow, ...layerRows];
    const values = rows.map((_, k) => (k <= maker.members.length ? 1 : -1));
    const column = addColumn(program, { cost: 1 / maker.unitsPerRow, lower: 0, upper: 1, rows, values });
    const traits = layers.map((layer, k) =>
      layer.map(({ trait, index }) => ({
        trait,
        column: addColumn(program, {
          cost: 0,
          lower: 0,
          upper: 1,
          rows: [index, layerRows[k] ?? 0],
          values: [1, 1],
        }),
      })),
    );
    return { maker, column, traits };
  });
  const columns = solver(program)?.columns;
  if (!columns) return null;
  const share = (column: number): number => columns[column] ?? 0;
  return made.flatMap(({ maker, column, traits }) => {
    const copiesPerShare = totalUnits / maker.unitsPerRow / problem.maxRepeats;
    const laid = traits.map((layer) =>
      layer.map(({ trait, column: at }) => ({ trait, rows: share(at) * copiesPerShare })),
    );
    return cutIntoKinds(share(column) * copiesPerShare, laid).map((kind) => ({
      persona: maker.persona,
      ...kind,
    }));
  });
}

/** Required traits: each exclusive group is one layer (a row has one of them), every other trait a layer of its own. */
function traitLayers(problem: BalanceProblem, model: Model): { trait: string; index: number }[][] {
  const traits = model.constraints.flatMap(({ kind, name }, index) =>
    kind === 'trait' ? [{ trait: name.slice('trait:'.length), index }] : [],
  );
  const grouped = problem.exclusive.map((group) => traits.filter(({ trait }) => group.includes(trait)));
  const layers = grouped.filter((layer) => layer.length > 0);
  const inLayer = new Set(layers.flat().map(({ trait }) => trait));
  return [...layers, ...traits.filter(({ trait }) => !inLayer.has(trait)).map((trait) => [trait])];
}

/** Lays each layer's traits end to end over `rows` rows and cuts at every end: at most one kind more than there are ends. */
function cutIntoKinds(
  rows: number,
  layers: readonly (readonly { readonly trait: string; readonly rows: number }[])[],
): { traits: string[]; rows: number }[] {
  const spans = layers.flatMap((layer) => {
    let at = 0;
    return layer.map(({ trait, rows: length }) => ({ trait, from: at, to: (at += length) }));
  });
  const cuts = [0, rows, ...spans.flatMap(({ from, to }) => [from, Math.min(to, rows)])];
  const ends = [...new Set(cuts.map((cut) => Math.round(cut * 1e6) / 1e6))].toSorted((a, b) => a - b);
  const kinds: { traits: string[]; rows: number }[] = [];
  for (let k = 1; k < ends.length; k++) {
    const [from, to] = [ends[k - 1] ?? 0, ends[k] ?? 0];
    const middle = (from + to) / 2;
    if (to - from < 1e-5 || middle > rows) continue;
    const traits = spans.filter((span) => span.from < middle && span.to > middle).map(({ trait }) => trait);
    kinds.push({ traits: traits.toSorted(), rows: to - from });
  }
  return kinds;
}

/**
 * Smallest `maxRepeats` at which every share holds at the asked size; null where none does or the largest size is asked.
 * Cells with a limit of their own keep it.
 */
export function repeatsNeeded(problem: BalanceProblem, model: Model, solver: Solver): number | null {
  if (model.total === null || model.total === 0n) return null;
  const totalUnits = Number(model.total) / Number(model.unitScale);
  const bands = askedBands(model);
  const program: LinearProgram = { rows: [], columns: [] };
  model.constraints.forEach((_, index) => addRow(program, bands.lo[index] ?? 0, bands.hi[index] ?? 1));
  const totalRow = addRow(program, 1, 1);
  const repeats = addColumn(program, { cost: 1, lower: 1, upper: Infinity, rows: [], values: [] });
  model.groups.forEach((group, index) => {
    const rows = [...group.members, totalRow];
    const capacity = capacityUnits(model, index);
    const own = group.capacityRows !== group.rows * problem.maxRepeats;
    const column = {
      cost: 0,
      lower: 0,
      upper: own ? capacity / totalUnits : 1,
      rows,
      values: rows.map(() => 1),
    };
    if (!own) {
      const capRow = addRow(program, -Infinity, 0);
      rows.push(capRow);
      column.values.push(1);
      program.columns[repeats]?.rows.push(capRow);
      program.columns[repeats]?.values.push((-group.rows * group.unitsPerRow) / totalUnits);
    }
    addColumn(program, column);
  });
  const least = solver(program)?.columns[repeats];
  if (least === undefined) return null;
  const all = model.constraints.map((_, index) => index);
  const from = Math.max(1, Math.ceil(least - 1e-6));
  return (
    [from, from + 1].find((maxRepeats) => {
      const tried = buildModel({ ...problem, maxRepeats });
      return judgeFeasibility(tried, { shares: all, total: tried.total }, solver).feasible;
    }) ?? null
  );
}
