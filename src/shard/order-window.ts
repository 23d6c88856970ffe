import type { MemberLabels } from './order-cells.ts';
import { AxisLevel, type AxisShares } from './order-level.ts';
import type { CellTree } from './order-tree.ts';

/** The members of one persona: still in the tree, in the window, or gone out. */
export interface PersonaQueue {
  readonly root: number;
  readonly members: number;
  readonly shares: AxisShares;
  /** Members that were given a slot. */
  taken: number;
  /** The next members, oldest first. */
  readonly window: number[];
  /** Their traits and sources (source × 65536 + traits), so that a choice reads nothing that lies elsewhere. */
  readonly labels: number[];
}

/** Members of a persona that may overtake each other; their choice takes the edge off what the tree leaves. */
const windowMembers = 8;

/** Cost of standing one place further back, in rows of error: an old member is not passed over for ever. */
const agePenalty = 0.05;

/** Draws members from the tree into the windows and gives out the one of a window that brings the prefix closest to the whole. */
export class MemberPicker {
  readonly #labels: MemberLabels;
  readonly #tree: CellTree;
  /** By (cell, copy, key); cell c begins at starts[c]. */
  readonly #members: Uint32Array;
  readonly #starts: Uint32Array;
  readonly #whole: AxisShares;
  /** Members given out against the whole, and members drawn against the personas that they were drawn for. */
  readonly #given: AxisLevel;
  readonly #drawn: AxisLevel;

  constructor(parts: {
    readonly labels: MemberLabels;
    readonly tree: CellTree;
    readonly members: Uint32Array;
    readonly starts: Uint32Array;
    readonly whole: AxisShares;
  }) {
    this.#labels = parts.labels;
    this.#tree = parts.tree;
    this.#members = parts.members;
    this.#starts = parts.starts;
    this.#whole = parts.whole;
    this.#given = new AxisLevel(parts.whole.sources.length);
    this.#drawn = new AxisLevel(parts.whole.sources.length);
  }

  take(queue: PersonaQueue): number {
    const { window, labels } = queue;
    while (window.length < windowMembers && queue.taken + window.length < queue.members) this.#draw(queue);
    this.#given.expect(this.#whole);
    let best = 0;
    let bestCost = Infinity;
    for (let i = 0; i < window.length; i++) {
      const label = labels[i] ?? 0;
      const cost = i * agePenalty + this.#given.costOf(label & 0xffff, label >>> 16);
      if (cost < bestCost) {
        best = i;
        bestCost = cost;
      }
    }
    const member = window[best] ?? 0;
    const label = labels[best] ?? 0;
    for (let i = best; i + 1 < window.length; i++) {
      window[i] = window[i + 1] ?? 0;
      labels[i] = labels[i + 1] ?? 0;
    }
    window.pop();
    labels.pop();
    queue.taken++;
    this.#given.add(label & 0xffff, label >>> 16);
    return member;
  }

  #draw({ root, shares, window, labels }: PersonaQueue): void {
    this.#drawn.expect(shares);
    const cell = this.#tree.take(root, this.#drawn);
    const member = this.#members[(this.#starts[cell] ?? 0) + this.#tree.takenOf(cell) - 1] ?? 0;
    const traits = this.#labels.traits[member] ?? 0;
    const source = this.#labels.sources[member] ?? 0;
    this.#drawn.add(traits, source);
    window.push(member);
    labels.push(((source << 16) | traits) >>> 0);
  }
}
