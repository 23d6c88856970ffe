import { radixSort } from '../lib/radix-sort.ts';
import { canonicalCells } from './order-cells.ts';
import { type PersonaQueue, takeBest, TraitLevel } from './order-window.ts';

export interface OrderInput {
  /** Cell (persona and trait combination) of each member. */
  readonly cells: Uint32Array;
  /** 64-bit selection key of each member, high word first. */
  readonly keys: Uint32Array;
  /** Copy number of each member. */
  readonly copies: Uint8Array;
  readonly cellPersona: Uint16Array;
  /** Bit mask of the traits of a cell. */
  readonly cellTraits: Uint32Array;
}

/**
 * Members in output order, such that every prefix, and every run of 64, is close to the mix of the whole on every axis:
 * - personas by Tijdeman's chairman assignment ("The chairman assignment problem", Discrete Mathematics 32, 1980): after
 *   any prefix of t rows, persona p with share s has within 1 - 1/(2P - 2) of s·t rows, the best possible for P personas;
 * - inside a persona the trait combinations are interleaved evenly, member j of n at (j + offset)/n, and of the next few members
 *   the one goes first whose traits the prefix lacks most;
 * - inside a combination by (copy, key): the copies of a row stand as far apart as its combination allows.
 *
 * A function of the set of members: neither their order nor the numbering of the cells matters. Two members with equal
 * persona, traits, key and copy cannot be told apart; they keep their order. About 1.3 µs and 60 bytes
 * a member (1 million, 57 personas, 2,280 cells: 1.25 s of CPU time on a busy core).
 */
export function orderSplit(input: OrderInput): Uint32Array {
  const { ranks, personas, masks, count } = canonicalCells(input);
  const members = sortMembers(input, ranks);
  const queues = interleaveCells(members, ranks, { personas, count });
  return assignSlots(queues, new TraitLevel(ranks.map((rank) => masks[rank] ?? 0)), members.length);
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

/** One queue per persona: its cells interleaved, member j of n at (j + offset)/n, with an offset per cell; ties by cell. */
function interleaveCells(
  members: Uint32Array,
  ranks: Uint32Array,
  { personas, count }: { readonly personas: Uint16Array; readonly count: number },
): PersonaQueue[] {
  const sizes = new Uint32Array(count);
  for (const rank of ranks) sizes[rank] = (sizes[rank] ?? 0) + 1;
  const places = new Uint32Array(members.length);
  const memberPersonas = new Uint16Array(members.length);
  const seen = new Uint32Array(count);
  for (const member of members) {
    const rank = ranks[member] ?? 0;
    const j = seen[rank] ?? 0;
    seen[rank] = j + 1;
    const offset = (rank * goldenRatio) % 1;
    places[member] = Math.floor(((j + offset) / (sizes[rank] ?? 1)) * 0x1_0000_0000);
    memberPersonas[member] = personas[rank] ?? 0;
  }
  const scratch = new Uint32Array(members.length);
  radixSort(members, places, scratch);
  radixSort(members, memberPersonas, scratch);
  return cutQueues(members, memberPersonas);
}

/**
 * Spaces the offsets of the cells evenly, whatever their number: with one offset for all, every combination that occurs
 * once would stand in the middle of its persona.
 */
const goldenRatio = 0.6180339887498949;

function cutQueues(members: Uint32Array, personas: Uint16Array): PersonaQueue[] {
  const queues: PersonaQueue[] = [];
  let start = 0;
  for (let end = 1; end <= members.length; end++) {
    if (end < members.length && personas[members[end] ?? 0] === personas[members[start] ?? 0]) continue;
    queues.push({ members: members.subarray(start, end), taken: 0, window: [] });
    start = end;
  }
  return queues;
}

/**
 * Tijdeman's rule as earliest deadline first: with s = n/N and c = 1/(2P - 2), the j-th row of a persona may stand at slot
 * (j + c)/s at the earliest and must at (j + 1 - c)/s; among the personas whose next row may stand here, the one with the
 * earliest deadline gets the slot.
 */
function assignSlots(queues: readonly PersonaQueue[], traits: TraitLevel, total: number): Uint32Array {
  const slack = queues.length > 1 ? 1 / (2 * queues.length - 2) : 0;
  const spacing = Float64Array.from(queues, (queue) => total / queue.members.length);
  const release = Float64Array.from(spacing, (step) => slack * step);
  const deadline = Float64Array.from(spacing, (step) => (1 - slack) * step);
  const order = new Uint32Array(total);
  for (let slot = 0; slot < total; slot++) {
    const persona = earliestDeadline(release, deadline, slot + 1);
    const queue = queues[persona];
    if (!queue) break;
    const member = takeBest(queue, traits, slot + 1);
    order[slot] = member;
    const step = spacing[persona] ?? 1;
    const next = queue.taken;
    release[persona] = next < queue.members.length ? (next + slack) * step : Infinity;
    deadline[persona] = next < queue.members.length ? (next + 1 - slack) * step : Infinity;
  }
  return order;
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
