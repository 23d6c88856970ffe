import type { OrderCells } from './order-cells.ts';
import type { AxisLevel } from './order-level.ts';

/**
 * The combinations of every persona as a binary tree: a node parts those without a trait from those with it, a node without
 * traits left parts sources. Taking a row walks down; at every node the child goes whose trait (or source) the rows so far
 * lack, as long as the node itself stays within `slackRows` of its own proportions. So the common traits are even inside
 * each persona, and every trait and source is even in the whole. 21 bytes a combination.
 */
export class CellTree {
  readonly #cells: OrderCells;
  readonly #traitOrder: readonly number[];
  /** Bit of the code that the node parts by; `bySource` for a run of cells that differ only in their source. */
  readonly #bits: Uint8Array;
  /** Node, or ~cell. Of a run of cells: the first, and one behind the last. */
  readonly #left: Int32Array;
  readonly #right: Int32Array;
  readonly #sizes: Uint32Array;
  readonly #taken: Uint32Array;
  /** Members with the trait, and how many of them went out. */
  readonly #ones: Uint32Array;
  readonly #onesTaken: Uint32Array;
  readonly #cellTaken: Uint32Array;
  #nodes = 0;

  constructor(cells: OrderCells, traitOrder: readonly number[]) {
    const count = cells.sizes.length;
    this.#cells = cells;
    this.#traitOrder = traitOrder;
    this.#bits = new Uint8Array(count);
    this.#left = new Int32Array(count);
    this.#right = new Int32Array(count);
    this.#sizes = new Uint32Array(count);
    this.#taken = new Uint32Array(count);
    this.#ones = new Uint32Array(count);
    this.#onesTaken = new Uint32Array(count);
    this.#cellTaken = new Uint32Array(count);
  }

  /** The tree over cells [from, to) of one persona: a node, or ~cell where there is but one. */
  build(from: number, to: number): number {
    if (to - from === 1) return ~from;
    const { codes, sizes } = this.#cells;
    const differing = (codes[from] ?? 0) ^ (codes[to - 1] ?? 0);
    const node = this.#nodes++;
    for (let cell = from; cell < to; cell++)
      this.#sizes[node] = (this.#sizes[node] ?? 0) + (sizes[cell] ?? 0);
    if (differing === 0) {
      this.#bits[node] = bySource;
      this.#left[node] = from;
      this.#right[node] = to;
      return node;
    }
    const bit = 31 - Math.clz32(differing);
    let middle = from;
    while (((codes[middle] ?? 0) & (1 << bit)) === 0) middle++;
    for (let cell = middle; cell < to; cell++)
      this.#ones[node] = (this.#ones[node] ?? 0) + (sizes[cell] ?? 0);
    this.#bits[node] = bit;
    this.#left[node] = this.build(from, middle);
    this.#right[node] = this.build(middle, to);
    return node;
  }

  /** Takes one member of the tree; returns its cell and counts it as gone. */
  take(root: number, level: AxisLevel): number {
    let at = root;
    while (at >= 0) {
      at = this.#bits[at] === bySource ? ~this.#chooseSource(at, level) : this.#descend(at, level);
    }
    const cell = ~at;
    this.#cellTaken[cell] = (this.#cellTaken[cell] ?? 0) + 1;
    return cell;
  }

  /** Members of a cell that are gone. */
  takenOf(cell: number): number {
    return this.#cellTaken[cell] ?? 0;
  }

  #descend(node: number, level: AxisLevel): number {
    const size = this.#sizes[node] ?? 1;
    const ones = this.#ones[node] ?? 0;
    const onesTaken = this.#onesTaken[node] ?? 0;
    const taken = (this.#taken[node] ?? 0) + 1;
    this.#taken[node] = taken;
    const ahead = onesTaken - (ones * taken) / size;
    const trait = this.#traitOrder[15 - (this.#bits[node] ?? 0)] ?? 0;
    const isOne =
      onesTaken < ones &&
      (taken - 1 - onesTaken >= size - ones ||
        ahead < -slackRows ||
        (ahead + 1 <= slackRows && (level.traitLags[trait] ?? 0) + tieWeight * (-ahead - 0.5) > 0.5));
    if (!isOne) return this.#left[node] ?? -1;
    this.#onesTaken[node] = onesTaken + 1;
    return this.#right[node] ?? -1;
  }

  /** The cell whose source lags most, of those not ahead of their own part; the first of equals. */
  #chooseSource(node: number, level: AxisLevel): number {
    const { sources, sizes } = this.#cells;
    const to = this.#right[node] ?? 0;
    const taken = (this.#taken[node] ?? 0) + 1;
    this.#taken[node] = taken;
    const part = taken / (this.#sizes[node] ?? 1);
    let best = -1;
    let bestLag = -Infinity;
    for (let cell = this.#left[node] ?? 0; cell < to; cell++) {
      const gone = this.#cellTaken[cell] ?? 0;
      const size = sizes[cell] ?? 0;
      if (gone >= size) continue;
      const behind = size * part - gone;
      // A cell that is far behind its part goes first, one that is far ahead last, whatever its source.
      const forced = behind > slackRows ? 1e6 * behind : behind < 1 - slackRows ? -1e6 : 0;
      const lag = forced + (level.sourceLags[sources[cell] ?? 0] ?? 0) + tieWeight * behind;
      if (lag <= bestLag) continue;
      best = cell;
      bestLag = lag;
    }
    return best;
  }
}

const bySource = 255;

/** Rows that a node may be ahead of or behind its own proportions to mend those of the whole. */
const slackRows = 1;
/** What a row of a node's own lag counts for against a row of the whole's. */
const tieWeight = 0.25;
