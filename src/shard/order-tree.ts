import type { OrderCells } from './order-cells.ts';
import type { AxisLevel } from './order-level.ts';

/**
 * The combinations of every persona as a binary tree: a node parts those without a trait from those with it, a node without
 * traits left parts sources. Taking a row walks down; at every node the child goes whose trait (or source) the rows so far
 * lack, as long as the node itself stays within `slackRows` of its own proportions. So the common traits are even inside
 * each persona, and every trait and source is even in the whole. 36 bytes a combination.
 */
export class CellTree {
  readonly #cells: OrderCells;
  readonly #traitOrder: readonly number[];
  /** `field` words of every node, side by side: a step down touches one cache line. */
  readonly #nodes: Int32Array;
  readonly #cellTaken: Uint32Array;
  #count = 0;

  constructor(cells: OrderCells, traitOrder: readonly number[]) {
    this.#cells = cells;
    this.#traitOrder = traitOrder;
    this.#nodes = new Int32Array(cells.sizes.length * field.count);
    this.#cellTaken = new Uint32Array(cells.sizes.length);
  }

  /** The tree over cells [from, to) of one persona: a node, or ~cell where there is but one. */
  build(from: number, to: number): number {
    if (to - from === 1) return ~from;
    const { codes, sizes } = this.#cells;
    const nodes = this.#nodes;
    const differing = (codes[from] ?? 0) ^ (codes[to - 1] ?? 0);
    const node = this.#count++ * field.count;
    let size = 0;
    for (let cell = from; cell < to; cell++) size += sizes[cell] ?? 0;
    nodes[node + field.size] = size;
    if (differing === 0) {
      nodes[node + field.bit] = bySource;
      nodes[node + field.left] = from;
      nodes[node + field.right] = to;
      return node;
    }
    const bit = 31 - Math.clz32(differing);
    let middle = from;
    while (((codes[middle] ?? 0) & (1 << bit)) === 0) middle++;
    let ones = 0;
    for (let cell = middle; cell < to; cell++) ones += sizes[cell] ?? 0;
    nodes[node + field.ones] = ones;
    nodes[node + field.bit] = bit;
    nodes[node + field.left] = this.build(from, middle);
    nodes[node + field.right] = this.build(middle, to);
    return node;
  }

  /** Takes one member of the tree; returns its cell and counts it as gone. */
  take(root: number, level: AxisLevel): number {
    let at = root;
    while (at >= 0) {
      at =
        this.#nodes[at + field.bit] === bySource ? ~this.#chooseSource(at, level) : this.#descend(at, level);
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
    const nodes = this.#nodes;
    const size = nodes[node + field.size] ?? 1;
    const ones = nodes[node + field.ones] ?? 0;
    const onesTaken = nodes[node + field.onesTaken] ?? 0;
    const taken = (nodes[node + field.taken] ?? 0) + 1;
    nodes[node + field.taken] = taken;
    const ahead = onesTaken - (ones * taken) / size;
    const trait = this.#traitOrder[15 - (nodes[node + field.bit] ?? 0)] ?? 0;
    const isOne =
      onesTaken < ones &&
      (taken - 1 - onesTaken >= size - ones ||
        ahead < -slackRows ||
        (ahead + 1 <= slackRows && (level.traitLags[trait] ?? 0) + tieWeight * (-ahead - 0.5) > 0.5));
    if (!isOne) return nodes[node + field.left] ?? -1;
    nodes[node + field.onesTaken] = onesTaken + 1;
    return nodes[node + field.right] ?? -1;
  }

  /** The cell whose source lags most, of those not ahead of their own part; the first of equals. */
  #chooseSource(node: number, level: AxisLevel): number {
    const { sources, sizes } = this.#cells;
    const to = this.#nodes[node + field.right] ?? 0;
    const taken = (this.#nodes[node + field.taken] ?? 0) + 1;
    this.#nodes[node + field.taken] = taken;
    const part = taken / (this.#nodes[node + field.size] ?? 1);
    let best = -1;
    let bestLag = -Infinity;
    for (let cell = this.#nodes[node + field.left] ?? 0; cell < to; cell++) {
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

/**
 * Words of a node. `bit` of the code that it parts by, or `bySource` for a run of cells that differ only in their source;
 * `left` and `right`: a node or ~cell, of a run the first cell and one behind the last; `ones`: members with the trait.
 */
const field = { bit: 0, left: 1, right: 2, size: 3, taken: 4, ones: 5, onesTaken: 6, count: 8 } as const;

const bySource = 255;

/** Rows that a node may be ahead of or behind its own proportions to mend those of the whole. */
const slackRows = 1;
/** What a row of a node's own lag counts for against a row of the whole's. */
const tieWeight = 0.25;
