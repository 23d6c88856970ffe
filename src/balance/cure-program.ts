import { capacityUnits } from './bands.ts';
import { addColumn, addRow, type Solver } from './linear-program.ts';
import { capsOver } from './caps.ts';
import { repeatsOf } from './coverage.ts';
import { withCaps } from './mix-program.ts';
import { type Model, ownerOf } from './model.ts';
import type { BalanceProblem } from './problem.ts';
import { shareProgram } from './share-program.ts';
import type { NewRows } from './solution.ts';

/** A persona for which new rows can be made; one per set of constraints that its rows would count towards. */
export interface Maker {
  readonly persona: string;
  readonly members: readonly number[];
  readonly caps: readonly number[];
  readonly unitsPerRow: number;
  /** Times that a new row can be used. */
  readonly repeats: number;
}

/** One maker per set of constraints; weighted personas first, then supplied ones, then those of unserved categories. */
export function listMakers(problem: BalanceProblem, model: Model): Maker[] {
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
    const caps = capsOver(model.caps, persona);
    const repeats = repeatsOf(problem, persona, owner === null);
    const key = JSON.stringify([members, caps, repeats]);
    if (!makers.has(key))
      makers.set(key, {
        persona,
        members,
        caps,
        unitsPerRow: units.get(persona) ?? units.get('') ?? 1,
        repeats,
      });
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

/** New rows as real numbers; null where none help. */
export function leastNewRows(
  problem: BalanceProblem,
  model: Model,
  options: {
    readonly makers: readonly Maker[];
    readonly totalUnits: number;
    readonly squeezeUnits: number;
    /** Whether the new rows count as synthetic. */
    readonly synthetic: boolean;
    readonly solver: Solver;
  },
): NewRows[] | null {
  const { makers, totalUnits, squeezeUnits, synthetic, solver } = options;
  const { program, totalRow, capRows } = shareProgram(model, (group) => {
    const capacity = capacityUnits(model, group);
    return Math.min(1, Math.max(0, capacity - squeezeUnits) / totalUnits);
  });
  const layers = traitLayers(problem, model);
  const made = makers.map((maker) => {
    const layerRows = layers.map(() => addRow(program, -Infinity, 0));
    const rows = [...maker.members, totalRow, ...layerRows];
    const values = rows.map((_, k) => (k <= maker.members.length ? 1 : -1));
    const cost = problem.maxRepeats / maker.repeats / maker.unitsPerRow;
    const fresh = { cost, lower: 0, upper: 1, rows, values };
    const column = addColumn(program, withCaps(model, { caps: maker.caps, synthetic }, fresh, capRows));
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
    const copiesPerShare = totalUnits / maker.unitsPerRow / maker.repeats;
    const laid = traits.map((layer) =>
      layer.map(({ trait, column: at }) => ({ trait, rows: share(at) * copiesPerShare })),
    );
    return cutIntoKinds(share(column) * copiesPerShare, laid).map((kind) => ({
      persona: maker.persona,
      ...kind,
      ...(model.caps.length > 0 ? { synthetic } : {}),
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
