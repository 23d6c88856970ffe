import { ConfigError } from '../core/errors.ts';
import { add, compare, decimalFraction, type Fraction, fraction, one, subtract, zero } from './fraction.ts';
import { type Cap, capsOver, listCaps } from './caps.ts';
import { coveringName, repeatsOf } from './coverage.ts';
import type { Band, BalanceCell, BalanceProblem } from './problem.ts';

/** A named share of the corpus, exact. */
export interface Constraint {
  readonly name: string;
  readonly kind: 'persona' | 'trait' | 'category';
  readonly lo: Fraction;
  readonly hi: Fraction;
  /** Wished for, inside the band. */
  readonly target: Fraction | null;
  /** Groups whose rows count towards it, ascending. */
  readonly groups: readonly number[];
}

/** Cells that no constraint can tell apart (and of one persona, in the rest); they share one quota in proportion to their rows. */
export interface Group {
  /** Positions in `problem.cells`, in canonical order. */
  readonly cells: readonly number[];
  readonly persona: string;
  /** Weighted persona that covers it; null: the rest. */
  readonly owner: string | null;
  /** Constraints it counts towards, ascending. */
  readonly members: readonly number[];
  readonly rows: number;
  readonly unitsPerRow: number;
  /** Most copies. */
  readonly capacityRows: number;
  /** Most units, times `Model.unitScale`; 0 where the group is closed. */
  readonly capacity: bigint;
  /** What its share is proportional to when nothing else decides, in units. */
  readonly prior: number;
  /** Whether copies of its rows count as copies (not where the rule for the rest asks for them). */
  readonly copiesCount: boolean;
  readonly synthetic: boolean;
  /** Indices into `Model.caps` of the caps whose base it is part of. */
  readonly caps: readonly number[];
}

/** The problem in canonical order with exact numbers. */
export interface Model {
  readonly groups: readonly Group[];
  readonly constraints: readonly Constraint[];
  /** Largest shares of synthetic rows; part of what is possible, never relaxed. */
  readonly caps: readonly Cap[];
  /** Share of the rest where every weight is a number; it needs no constraint of its own but is kept to the row. */
  readonly restShare: Fraction | null;
  /** Asked size times `unitScale`; null: the largest. */
  readonly total: bigint | null;
  /** Units supplied times `unitScale`, every row once. */
  readonly supplied: bigint;
  /** 1, or 1000 where units are not whole. */
  readonly unitScale: bigint;
}

/**
 * Groups cells and reads bands. Cells are sorted by persona and traits, constraints by kind and name, so the order given
 * never matters.
 * @throws ConfigError `balance-problem` for a band whose minimum is above its maximum, a negative count or a share outside [0, 1]
 */
export function buildModel(problem: BalanceProblem): Model {
  checkProblem(problem);
  const bands = [
    ...readBands('persona', problem.personaWeights),
    ...readBands('trait', problem.traitRequirements),
    ...readBands('category', problem.categoryBands),
  ];
  const whole = problem.cells.every((cell) => Number.isInteger(cell.unitsPerRow ?? 1));
  const unitScale = whole ? 1n : 1000n;
  const caps = listCaps(problem);
  const groups = buildGroups(problem, { bands, caps, unitScale });
  const groupsOf = bands.map((): number[] => []);
  groups.forEach((group, index) => group.members.forEach((member) => groupsOf[member]?.push(index)));
  const constraints = bands.map((band, index) => ({ ...band, groups: groupsOf[index] ?? [] }));
  const weights = bands.filter((band) => band.kind === 'persona');
  const fixed = weights.length > 0 && weights.every((band) => compare(band.lo, band.hi) === 0);
  return {
    groups,
    constraints,
    caps,
    restShare: fixed ? weights.reduce((left, band) => subtract(left, band.lo), one) : null,
    total: problem.total === 'max' ? null : BigInt(problem.total) * unitScale,
    supplied: problem.cells.reduce((sum, cell) => sum + BigInt(cell.rows) * scaledUnits(cell, unitScale), 0n),
    unitScale,
  };
}

/** The weighted persona that covers `persona`, or null: the rest. */
export function ownerOf(problem: BalanceProblem, persona: string): string | null {
  return coveringName(problem.personaWeights, problem.parents, persona);
}

type NamedBand = Omit<Constraint, 'groups'>;

function readBands(
  kind: Constraint['kind'],
  bands: Readonly<Record<string, number | Band>>,
): readonly NamedBand[] {
  return Object.keys(bands)
    .toSorted()
    .map((name) => ({ name: `${kind}:${name}`, kind, ...readBand(bands[name] ?? 0) }));
}

function readBand(band: number | Band): Pick<Constraint, 'lo' | 'hi' | 'target'> {
  if (typeof band === 'number') return { lo: decimalFraction(band), hi: decimalFraction(band), target: null };
  const target = band.target === undefined ? null : decimalFraction(band.target);
  if (band.min === undefined && band.max === undefined)
    return { lo: target ?? zero, hi: target ?? one, target: null };
  return {
    lo: band.min === undefined ? zero : decimalFraction(band.min),
    hi: band.max === undefined ? one : decimalFraction(band.max),
    target,
  };
}

function buildGroups(
  problem: BalanceProblem,
  context: {
    readonly bands: readonly NamedBand[];
    readonly caps: readonly Cap[];
    readonly unitScale: bigint;
  },
): Group[] {
  const { bands, caps, unitScale } = context;
  const indexOf = new Map(bands.map((band, index) => [band.name, index]));
  const priors = restPriors(problem);
  const byKey = new Map<string, number[]>();
  const membersOf = (cell: BalanceCell): number[] => {
    const owner = ownerOf(problem, cell.persona);
    const names = [...cell.traits].map((trait) => `trait:${trait}`);
    if (owner !== null) names.push(`persona:${owner}`);
    names.push(`category:${problem.categories[cell.persona] ?? ''}`);
    const found = names.map((name) => indexOf.get(name)).filter((index) => index !== undefined);
    return [...new Set(found)].toSorted((a, b) => a - b);
  };
  for (const index of canonicalOrder(problem.cells)) {
    const cell = problem.cells[index];
    if (!cell) continue;
    const owner = ownerOf(problem, cell.persona);
    const priorFactor = owner === null ? (priors.get(cell.persona) ?? 1) : 1;
    const key = JSON.stringify([
      membersOf(cell),
      owner === null ? cell.persona : null,
      repeatsOf(problem, cell.persona, owner === null),
      cell.unitsPerRow ?? 1,
      priorFactor,
      caps.length > 0 ? [cell.synthetic ?? false, capsOver(caps, cell.persona)] : null,
    ]);
    const cells = byKey.get(key);
    if (cells) cells.push(index);
    else byKey.set(key, [index]);
  }
  return [...byKey.values()].flatMap((cells) => {
    const first = problem.cells[cells[0] ?? 0];
    if (!first) return [];
    const over = capsOver(caps, first.persona);
    return [buildGroup({ problem, cells, first, members: membersOf(first), caps: over, priors, unitScale })];
  });
}

function buildGroup(parts: {
  readonly problem: BalanceProblem;
  readonly cells: readonly number[];
  readonly first: BalanceCell;
  readonly members: readonly number[];
  readonly caps: readonly number[];
  readonly priors: ReadonlyMap<string, number>;
  readonly unitScale: bigint;
}): Group {
  const { problem, cells, first, members, priors, unitScale } = parts;
  const owner = ownerOf(problem, first.persona);
  const rows = cells.reduce((sum, index) => sum + (problem.cells[index]?.rows ?? 0), 0);
  const closed = owner === null && problem.rest === 'drop';
  const capacityRows = closed ? 0 : Math.floor(rows * repeatsOf(problem, first.persona, owner === null));
  const units = scaledUnits(first, unitScale);
  return {
    cells,
    persona: first.persona,
    owner,
    members,
    rows,
    unitsPerRow: Number(units) / Number(unitScale),
    capacityRows,
    capacity: BigInt(capacityRows) * units,
    prior: rows * (first.unitsPerRow ?? 1) * (owner === null ? (priors.get(first.persona) ?? 1) : 1),
    copiesCount: owner !== null || !asksForCopies(problem, first.persona),
    synthetic: first.synthetic ?? false,
    caps: parts.caps,
  };
}

function asksForCopies(problem: BalanceProblem, persona: string): boolean {
  if (problem.rest === 'temperature' || problem.rest === 'unimax') return true;
  return (problem.supplyFactors?.[persona] ?? 1) !== 1;
}

/**
 * Per rest persona: what turns its supply s into s^exponent, scaled so that the largest stays as it is, times its supply
 * factor. UniMax is the exponent 0: raking fills all alike and leaves those behind that their epochs cap stops.
 */
function restPriors(problem: BalanceProblem): Map<string, number> {
  const supply = new Map<string, number>();
  if (problem.rest === 'natural' || problem.rest === 'drop')
    return new Map(Object.entries(problem.supplyFactors ?? {}));
  for (const index of canonicalOrder(problem.cells)) {
    const cell = problem.cells[index];
    if (!cell || ownerOf(problem, cell.persona) !== null) continue;
    supply.set(cell.persona, (supply.get(cell.persona) ?? 0) + cell.rows * (cell.unitsPerRow ?? 1));
  }
  const largest = Math.max(1, ...supply.values());
  const exponent = problem.rest === 'unimax' ? -1 : (problem.restTemperature ?? 0.5) - 1;
  return new Map(
    [...supply].map(([persona, rows]) => {
      const factor = problem.supplyFactors?.[persona] ?? 1;
      return [persona, Math.max(rows / largest, 1e-9) ** exponent * factor];
    }),
  );
}

function canonicalOrder(cells: readonly BalanceCell[]): number[] {
  const keys = cells.map((cell) => [
    cell.persona,
    cell.traits.toSorted().join('+'),
    String(cell.rows).padStart(16, '0'),
    String(cell.unitsPerRow ?? 1),
    String(cell.synthetic ?? false),
  ]);
  const order = cells.map((_, index) => index);
  return order.toSorted((a, b) => compareKeys(keys[a] ?? [], keys[b] ?? []));
}

function compareKeys(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < a.length; i++) {
    const x = a[i] ?? '';
    const y = b[i] ?? '';
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

function scaledUnits(cell: BalanceCell, unitScale: bigint): bigint {
  return BigInt(Math.max(1, Math.round((cell.unitsPerRow ?? 1) * Number(unitScale))));
}

function checkProblem(problem: BalanceProblem): void {
  const maps = [problem.personaWeights, problem.traitRequirements, problem.categoryBands];
  for (const [name, band] of maps.flatMap((map) => Object.entries(map))) {
    const { lo, hi } = readBand(band);
    if (compare(lo, hi) <= 0 && compare(lo, zero) >= 0 && compare(hi, one) <= 0) continue;
    throw problemError(
      `share of ${name}: ${JSON.stringify(band)} is no band inside 0 to 1`,
      'give 0 ≤ min ≤ max ≤ 1',
    );
  }
  for (const cell of problem.cells) {
    if (Number.isSafeInteger(cell.rows) && cell.rows >= 0 && (cell.unitsPerRow ?? 1) >= 0) continue;
    throw problemError(
      `cell ${cell.persona}: ${cell.rows} rows`,
      'rows are whole numbers from 0, units are not negative',
    );
  }
  if (problem.total !== 'max' && !(Number.isSafeInteger(problem.total) && problem.total >= 0)) {
    throw problemError(`total: ${problem.total}`, 'give a whole number from 0, or max');
  }
}

function problemError(message: string, hint: string): ConfigError {
  return new ConfigError(message, { code: 'balance-problem', hint });
}

/** Sum of the lower (or upper) ends of some constraints. */
export function sumOf(constraints: readonly Constraint[], end: 'lo' | 'hi'): Fraction {
  return constraints.reduce((sum, constraint) => add(sum, constraint[end]), fraction(0n));
}
