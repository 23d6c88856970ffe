import { forEachGroup } from './band-groups.ts';
import { type BandWords, compareHashes, countGroups, type NearDuplicates } from './near-duplicates.ts';

/**
 * Chooses which rows of near-duplicate clusters stay: going by ascending content hash, a row stays unless it meets, in any
 * band, a row that stays already. So every removed row has a near-duplicate among the rows that stay, none of which meet, and
 * the choice does not depend on the order of rows. Clusters alone would not do: they chain, and of templated texts the two
 * ends of a chain have little in common (bench/results.md).
 * Memory: 4 bytes a row, and 4 per band + 16 for each row that is in a cluster.
 */
export class ClusterThinner {
  readonly #hashes: Uint32Array;
  readonly #bands: number;
  readonly #rows: number;
  /** Rows in clusters, by content hash. */
  readonly #members: Uint32Array;
  /** Number of the group that a member belongs to in each band; 0: none. Member-major. */
  readonly #groups: Uint32Array;
  #groupCount = 0;
  #bandsAdded = 0;

  constructor(params: {
    readonly hashes: Uint32Array;
    readonly clusters: NearDuplicates;
    readonly bands: number;
  }) {
    const { representative, members } = params.clusters;
    this.#hashes = params.hashes;
    this.#bands = params.bands;
    this.#rows = representative.length;
    this.#members = membersOf(representative, members).sort((a, b) => compareHashes(params.hashes, a, b));
    this.#groups = new Uint32Array(members * params.bands);
  }

  addBand({ high, low }: BandWords): void {
    const members = this.#members;
    const words = { high: members.map((row) => high[row] ?? 0), low: members.map((row) => low[row] ?? 0) };
    const order = Uint32Array.from(members, (_, index) => index);
    const band = this.#bandsAdded++;
    forEachGroup(order, words, new Uint32Array(members.length), (group) => {
      this.#groupCount++;
      for (const member of group) this.#groups[member * this.#bands + band] = this.#groupCount;
    });
  }

  /** Every removed row is represented by the row of the smallest hash that it meets among those that stay. */
  finish(): NearDuplicates {
    const representative = new Uint32Array(this.#rows);
    for (let row = 0; row < this.#rows; row++) representative[row] = row;
    // Row + 1 of the one row of the group that stays; 0: none yet.
    const holders = new Uint32Array(this.#groupCount + 1);
    this.#members.forEach((row, member) => {
      const groups = this.#groups.subarray(member * this.#bands, (member + 1) * this.#bands);
      const kept = this.#smallestHolder(groups, holders);
      if (kept >= 0) representative[row] = kept;
      else for (const group of groups) if (group !== 0) holders[group] = row + 1;
    });
    return countGroups(representative, new Uint32Array(this.#rows));
  }

  #smallestHolder(groups: Uint32Array, holders: Uint32Array): number {
    let smallest = -1;
    for (const group of groups) {
      const holder = (holders[group] ?? 0) - 1;
      if (holder >= 0 && (smallest < 0 || compareHashes(this.#hashes, holder, smallest) < 0))
        smallest = holder;
    }
    return smallest;
  }
}

/** Rows that share their representative with another row. */
function membersOf(representative: Uint32Array, count: number): Uint32Array {
  const shared = new Uint8Array(representative.length);
  representative.forEach((kept, row) => {
    if (kept === row) return;
    shared[kept] = 1;
    shared[row] = 1;
  });
  const members = new Uint32Array(count);
  let next = 0;
  shared.forEach((is, row) => {
    if (is) members[next++] = row;
  });
  return members;
}
