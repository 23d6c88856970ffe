/** The members of one persona in their own order, and how far they have gone out. */
export interface PersonaQueue {
  readonly members: Uint32Array;
  /** Members that were given a slot. */
  taken: number;
  /** The next members, oldest first. */
  readonly window: number[];
}

/**
 * Members that may overtake each other. Mean trait error of a batch of 64 on 300,000 members, 57 personas, 16 traits:
 * 0.031 shuffled, 0.028 with 1, 0.011 with 4, 0.009 with 8, 0.008 with 16, 0.007 with 32.
 */
const windowMembers = 8;

/** Cost of standing one place further back, in rows of trait error: an old member is not passed over for ever. */
const agePenalty = 0.05;

/** How far the rows so far are from the traits of the whole. */
export class TraitLevel {
  /** Trait bits of each member. */
  readonly masks: Uint32Array;
  private readonly shares = new Float64Array(32);
  private readonly counts = new Uint32Array(32);
  private readonly costs = new Float64Array(32);
  private readonly used: number[] = [];

  constructor(masks: Uint32Array) {
    this.masks = masks;
    const sums = new Uint32Array(32);
    for (let member = 0; member < masks.length; member++) addBits(masks[member] ?? 0, sums);
    sums.forEach((sum, trait) => {
      this.shares[trait] = sum / masks.length;
      if (sum > 0) this.used.push(trait);
    });
  }

  /**
   * Sets what `cost` adds up, for the row at `slot` (from 1): with lag L per trait (rows due minus rows so far), a row with
   * the traits m changes the sum of L² by the sum over m of 1 - 2L.
   */
  moveTo(slot: number): void {
    for (const trait of this.used) {
      this.costs[trait] = 1 - 2 * ((this.shares[trait] ?? 0) * slot - (this.counts[trait] ?? 0));
    }
  }

  cost(member: number): number {
    let cost = 0;
    for (let rest = this.masks[member] ?? 0; rest !== 0; rest &= rest - 1) {
      cost += this.costs[31 - Math.clz32(rest & -rest)] ?? 0;
    }
    return cost;
  }

  add(member: number): void {
    addBits(this.masks[member] ?? 0, this.counts);
  }
}

function addBits(mask: number, counts: Uint32Array): void {
  for (let rest = mask; rest !== 0; rest &= rest - 1) {
    const trait = 31 - Math.clz32(rest & -rest);
    counts[trait] = (counts[trait] ?? 0) + 1;
  }
}

/** Takes the member of the queue's window whose traits bring the prefix closest to the whole. */
export function takeBest(queue: PersonaQueue, traits: TraitLevel, slot: number): number {
  const { window, members } = queue;
  for (
    let next = queue.taken + window.length;
    window.length < windowMembers && next < members.length;
    next++
  ) {
    window.push(members[next] ?? 0);
  }
  traits.moveTo(slot);
  let best = 0;
  let bestCost = Infinity;
  for (let i = 0; i < window.length; i++) {
    const cost = i * agePenalty + traits.cost(window[i] ?? 0);
    if (cost < bestCost) {
      best = i;
      bestCost = cost;
    }
  }
  const member = window[best] ?? 0;
  for (let i = best; i + 1 < window.length; i++) window[i] = window[i + 1] ?? 0;
  window.pop();
  queue.taken++;
  traits.add(member);
  return member;
}
