import { radixSort } from '../lib/radix-sort.ts';

/** What a member counts for on each axis. Arrays are parallel, one entry a member. */
export interface MemberLabels {
  /** Persona index. */
  readonly personas: Uint8Array;
  /** Bit mask of the traits. */
  readonly traits: Uint16Array;
  /** Rank of the source by name: the numbers of a configuration must not matter. */
  readonly sources: Uint16Array;
}

/** The combinations (persona, traits, source) that occur, in ascending order of (persona, code, source). */
export interface OrderCells {
  /** Combination of each member. */
  readonly ranks: Uint32Array;
  /** Per combination: its persona, its traits as `code` gives them, its source, its members. */
  readonly personas: Uint8Array;
  readonly codes: Uint16Array;
  readonly sources: Uint16Array;
  readonly sizes: Uint32Array;
}

/**
 * Numbers the combinations by what they are, so that the order of the members does not matter. `traitOrder[0]` is the trait
 * that becomes the highest bit of a code. 12 bytes a member.
 */
export function numberCells(labels: MemberLabels, traitOrder: readonly number[]): OrderCells {
  const { personas, sources } = labels;
  const codes = permuteBits(labels.traits, traitOrder);
  const order = new Uint32Array(personas.length);
  for (let member = 0; member < order.length; member++) order[member] = member;
  const scratch = new Uint32Array(order.length);
  for (const axis of [sources, codes, personas]) radixSort(order, axis, scratch);
  const ranks = scratch; // not needed any more
  const firsts: number[] = [];
  const starts: number[] = [];
  for (let at = 0; at < order.length; at++) {
    const member = order[at] ?? 0;
    const before = order[at - 1] ?? -1;
    if (
      personas[before] !== personas[member] ||
      codes[before] !== codes[member] ||
      sources[before] !== sources[member]
    ) {
      firsts.push(member);
      starts.push(at);
    }
    ranks[member] = firsts.length - 1;
  }
  return {
    ranks,
    personas: Uint8Array.from(firsts, (member) => personas[member] ?? 0),
    codes: Uint16Array.from(firsts, (member) => codes[member] ?? 0),
    sources: Uint16Array.from(firsts, (member) => sources[member] ?? 0),
    sizes: Uint32Array.from(starts, (start, cell) => (starts[cell + 1] ?? order.length) - start),
  };
}

/** Masks with their bits in another order, by two tables of a byte each. */
function permuteBits(masks: Uint16Array, traitOrder: readonly number[]): Uint16Array {
  const place = new Uint16Array(16);
  traitOrder.forEach((trait, i) => (place[trait] = 1 << (15 - i)));
  const table = (shift: number): Uint16Array =>
    Uint16Array.from({ length: 256 }, (_, byte) => {
      let code = 0;
      for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) code |= place[bit + shift] ?? 0;
      return code;
    });
  const [low, high] = [table(0), table(8)];
  return masks.map((mask) => (low[mask & 255] ?? 0) | (high[mask >>> 8] ?? 0));
}
