import { radixSort } from '../lib/radix-sort.ts';
import { type MemberLabels, numberCells, type OrderCells } from './order-cells.ts';
import { type AxisShares, measureShares, rankTraits } from './order-level.ts';
import { CellTree } from './order-tree.ts';
import { MemberPicker, type PersonaQueue } from './order-window.ts';

export interface OrderInput extends MemberLabels {
  /** 64-bit selection key of each member, high word first. */
  readonly keys: Uint32Array;
  /** Copy number of each member. */
  readonly copies: Uint8Array;
}

/**
 * Members in output order, such that every prefix, and every run of 64, is close to the mix of the whole on every axis:
 * - personas by Tijdeman's chairman assignment ("The chairman assignment problem", Discrete Mathematics 32, 1980): after
 *   any prefix of t rows, persona p with share s has within 1 - 1/(2P - 2) of s·t rows, the best possible for P personas;
 * - inside a persona its combinations of traits and source form a tree, and every step down it goes where the rows so far lack
 *   most, within two rows of the node's own proportions (`order-tree.ts`);
 * - inside a combination by (copy, key): the copies of a row stand as far apart as its combination allows.
 *
 * A function of the set of members; their order does not matter. Two members with equal persona, traits, source, key and copy
 * cannot be told apart; they keep their order. `prefix-balance.ts` states and measures the bounds.
 */
export function orderSplit(input: OrderInput): Uint32Array {
  const { whole, ofPersona } = measureShares(input);
  const traitOrder = rankTraits(whole);
  const cells = numberCells(input, traitOrder);
  const members = sortMembers(input, cells.ranks);
  const starts = new Uint32Array(cells.sizes.length);
  for (let cell = 1; cell < starts.length; cell++)
    starts[cell] = (starts[cell - 1] ?? 0) + (cells.sizes[cell - 1] ?? 0);
  const tree = new CellTree(cells, traitOrder);
  const queues = cutQueues(cells, tree, ofPersona);
  const picker = new MemberPicker({ labels: input, tree, members, starts, whole });
  return assignSlots(queues, picker, members.length);
}

/** Members by (cell, copy, key). */
function sortMembers({ keys, copies }: OrderInput, ranks: Uint32Array): Uint32Array {
  const members = new Uint32Array(ranks.length);
  const high = new Uint32Array(ranks.length);
  for (let member = 0; member < members.length; member++) {
    members[member] = member;
    high[member] = keys[member * 2] ?? 0;
  }
  const scratch = new Uint32Array(members.length);
  radixSort(members, high, scratch);
  sortTies(members, keys);
  radixSort(members, copies, scratch);
  radixSort(members, ranks, scratch);
  return members;
}

/** Orders members of equal high word by their low one: runs of a few, so an insertion sort is cheaper than two more passes. */
function sortTies(members: Uint32Array, keys: Uint32Array): void {
  for (let i = 1; i < members.length; i++) {
    const member = members[i] ?? 0;
    const high = keys[member * 2] ?? 0;
    const low = keys[member * 2 + 1] ?? 0;
    let at = i;
    for (; at > 0; at--) {
      const before = members[at - 1] ?? 0;
      if (keys[before * 2] !== high || (keys[before * 2 + 1] ?? 0) <= low) break;
      members[at] = before;
    }
    members[at] = member;
  }
}

/**
 * Tijdeman's rule as earliest deadline first: with s = n/N and c = 1/(2P - 2), the j-th row of a persona may stand at slot
 * (j + c)/s at the earliest and must at (j + 1 - c)/s; among the personas whose next row may stand here, the one with the
 * earliest deadline gets the slot.
 */
function assignSlots(queues: readonly PersonaQueue[], picker: MemberPicker, total: number): Uint32Array {
  const slack = queues.length > 1 ? 1 / (2 * queues.length - 2) : 0;
  const spacing = Float64Array.from(queues, (queue) => total / queue.members);
  const release = Float64Array.from(spacing, (step) => slack * step);
  const deadline = Float64Array.from(spacing, (step) => (1 - slack) * step);
  const order = new Uint32Array(total);
  for (let slot = 0; slot < total; slot++) {
    const persona = earliestDeadline(release, deadline, slot + 1);
    const queue = queues[persona];
    if (!queue) break;
    order[slot] = picker.take(queue);
    const step = spacing[persona] ?? 1;
    const next = queue.taken;
    release[persona] = next < queue.members ? (next + slack) * step : Infinity;
    deadline[persona] = next < queue.members ? (next + 1 - slack) * step : Infinity;
  }
  return order;
}

/** One queue per persona that occurs, in ascending order. */
function cutQueues(
  { personas, sizes }: OrderCells,
  tree: CellTree,
  ofPersona: readonly AxisShares[],
): PersonaQueue[] {
  const queues: PersonaQueue[] = [];
  let start = 0;
  let members = 0;
  for (let end = 1; end <= personas.length; end++) {
    members += sizes[end - 1] ?? 0;
    if (end < personas.length && personas[end] === personas[start]) continue;
    const shares = ofPersona[personas[start] ?? 0];
    if (shares)
      queues.push({ root: tree.build(start, end), members, shares, taken: 0, window: [], labels: [] });
    [start, members] = [end, 0];
  }
  return queues;
}

/** Rounding must not make a row late that is due exactly now. */
const rounding = 1e-6;

function earliestDeadline(release: Float64Array, deadline: Float64Array, slot: number): number {
  let best = -1;
  let bestDeadline = Infinity;
  for (let persona = 0; persona < release.length; persona++) {
    const due = deadline[persona] ?? Infinity;
    if (due < bestDeadline - rounding && (release[persona] ?? 0) <= slot + rounding) {
      best = persona;
      bestDeadline = due;
    }
  }
  return best < 0 ? smallest(release) : best;
}

/** Only where rounding left a slot without a persona that may stand there. */
function smallest(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] ?? 0) < (values[best] ?? 0)) best = i;
  return best;
}
