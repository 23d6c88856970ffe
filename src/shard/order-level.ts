import type { MemberLabels } from './order-cells.ts';

/** Shares of each trait and source in a set of members. */
export interface AxisShares {
  readonly traits: Float64Array;
  readonly sources: Float64Array;
}

/** Shares of the whole (last entry) and of each persona. */
export function measureShares({ personas, traits, sources }: MemberLabels): {
  readonly whole: AxisShares;
  readonly ofPersona: readonly AxisShares[];
} {
  let [personaCount, sourceCount] = [0, 0];
  for (let member = 0; member < personas.length; member++) {
    personaCount = Math.max(personaCount, (personas[member] ?? 0) + 1);
    sourceCount = Math.max(sourceCount, (sources[member] ?? 0) + 1);
  }
  const empty = (): AxisShares => ({
    traits: new Float64Array(16),
    sources: new Float64Array(sourceCount),
  });
  const sums = Array.from({ length: personaCount + 1 }, empty);
  const rows = new Uint32Array(personaCount + 1);
  for (let member = 0; member < personas.length; member++) {
    for (const set of [personas[member] ?? 0, personaCount]) {
      const sum = sums[set];
      if (!sum) continue;
      rows[set] = (rows[set] ?? 0) + 1;
      addBits(traits[member] ?? 0, sum.traits);
      sum.sources[sources[member] ?? 0] = (sum.sources[sources[member] ?? 0] ?? 0) + 1;
    }
  }
  sums.forEach((sum, set) => {
    for (const axis of [sum.traits, sum.sources])
      for (let i = 0; i < axis.length; i++) axis[i] = (axis[i] ?? 0) / Math.max(1, rows[set] ?? 1);
  });
  return { whole: sums[personaCount] ?? empty(), ofPersona: sums.slice(0, personaCount) };
}

/** Traits that part the members most evenly first; the lower bit first of equals. */
export function rankTraits({ traits }: AxisShares): number[] {
  const order = Array.from(traits, (_, trait) => trait);
  const unevenness = (trait: number): number => Math.abs((traits[trait] ?? 0) - 0.5);
  return order.toSorted((a, b) => unevenness(a) - unevenness(b) || a - b);
}

/** How far the members so far are from the traits and sources that are due: rows due minus rows so far. */
export class AxisLevel {
  readonly traitLags = new Float64Array(16);
  readonly sourceLags: Float64Array;

  constructor(sources: number) {
    this.sourceLags = new Float64Array(sources);
  }

  /** One more row is due, of these shares. */
  expect({ traits, sources }: AxisShares): void {
    const { traitLags, sourceLags } = this;
    for (let trait = 0; trait < 16; trait++)
      traitLags[trait] = (traitLags[trait] ?? 0) + (traits[trait] ?? 0);
    for (let source = 0; source < sources.length; source++)
      sourceLags[source] = (sourceLags[source] ?? 0) + (sources[source] ?? 0);
  }

  /** A row with these labels came. */
  add(traits: number, source: number): void {
    this.sourceLags[source] = (this.sourceLags[source] ?? 0) - 1;
    for (let rest = traits; rest !== 0; rest &= rest - 1) {
      const trait = 31 - Math.clz32(rest & -rest);
      this.traitLags[trait] = (this.traitLags[trait] ?? 0) - 1;
    }
  }

  /** What a row with these labels would change the sum of the squared lags by. */
  costOf(traits: number, source: number): number {
    let cost = 1 - 2 * (this.sourceLags[source] ?? 0);
    for (let rest = traits; rest !== 0; rest &= rest - 1)
      cost += 1 - 2 * (this.traitLags[31 - Math.clz32(rest & -rest)] ?? 0);
    return cost;
  }
}

function addBits(mask: number, counts: Float64Array): void {
  for (let rest = mask; rest !== 0; rest &= rest - 1) {
    const trait = 31 - Math.clz32(rest & -rest);
    counts[trait] = (counts[trait] ?? 0) + 1;
  }
}
