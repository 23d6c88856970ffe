import { forEachGroup } from './band-groups.ts';
import { type BandWords, compareHashes, countGroups, type NearDuplicates } from './near-duplicates.ts';

/**
 * Chooses which rows of near-duplicate clusters stay: going by ascending content hash, a row stays unless it meets, in any
 * band, a row that stays already and is as similar as `minSimilarity` by their signatures. So every removed row has a
 * near-duplicate among the rows that stay, no two of those are near-duplicates, and the choice does not depend on the order of
 * rows. Clusters alone would not do: they chain, and of templated texts the two ends of a chain have little in common
 * (bench/results.md).
 * Memory: 8 bytes a row, and 4 per band + 1 per permutation + 16 for each row that is in a cluster.
 */
export class ClusterThinner {
  readonly #bands: number;
  readonly #rows: number;
  /** Rows in clusters, by content hash. */
  readonly #members: Uint32Array;
  /** Index into the members + 1, per row. */
  readonly #indexOfRow: Uint32Array;
  /** Number of the group that a member belongs to in each band; 0: none. Member-major. */
  readonly #groups: Uint32Array;
  readonly #signatures: Uint8Array;
  readonly #signatureBytes: number;
  /** Bytes of two signatures that must agree. */
  readonly #needed: number;
  #groupCount = 0;
  #bandsAdded = 0;

  constructor(params: {
    readonly hashes: Uint32Array;
    readonly clusters: NearDuplicates;
    readonly bands: number;
    readonly signatureBytes: number;
    readonly minSimilarity: number;
  }) {
    const { representative, members } = params.clusters;
    this.#bands = params.bands;
    this.#rows = representative.length;
    this.#members = membersOf(representative, members).sort((a, b) => compareHashes(params.hashes, a, b));
    this.#indexOfRow = new Uint32Array(this.#rows);
    this.#members.forEach((row, index) => (this.#indexOfRow[row] = index + 1));
    this.#groups = new Uint32Array(members * params.bands);
    this.#signatures = new Uint8Array(members * params.signatureBytes);
    this.#signatureBytes = params.signatureBytes;
    this.#needed = agreeingBytes(params);
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

  /** Signatures of consecutive rows from `firstRow` on. */
  addSignatures(firstRow: number, signatures: Uint8Array): void {
    const size = this.#signatureBytes;
    for (let at = 0; at < signatures.length; at += size) {
      const index = this.#indexOfRow[firstRow + at / size] ?? 0;
      if (index > 0) this.#signatures.set(signatures.subarray(at, at + size), (index - 1) * size);
    }
  }

  /** Every removed row is represented by the row of the smallest hash among its near-duplicates that stay. */
  finish(): NearDuplicates {
    const representative = new Uint32Array(this.#rows);
    for (let row = 0; row < this.#rows; row++) representative[row] = row;
    // Members that stay, per group.
    const stays = new Map<number, number[]>();
    this.#members.forEach((row, member) => {
      const groups = this.#groups.subarray(member * this.#bands, (member + 1) * this.#bands);
      const kept = this.#findKept(member, groups, stays);
      if (kept === undefined) addTo(stays, groups, member);
      else representative[row] = this.#members[kept] ?? row;
    });
    return countGroups(representative, new Uint32Array(this.#rows));
  }

  #findKept(
    member: number,
    groups: Uint32Array,
    stays: ReadonlyMap<number, readonly number[]>,
  ): number | undefined {
    let smallest: number | undefined;
    for (const group of groups) {
      for (const other of stays.get(group) ?? []) {
        if (smallest !== undefined && other >= smallest) break;
        if (this.#isSimilar(member, other)) smallest = other;
      }
    }
    return smallest;
  }

  #isSimilar(a: number, b: number): boolean {
    const size = this.#signatureBytes;
    let agreeing = 0;
    for (let i = 0; i < size; i++)
      if (this.#signatures[a * size + i] === this.#signatures[b * size + i]) agreeing++;
    return agreeing >= this.#needed;
  }
}

/**
 * How many of the signature's bytes agree between rows of Jaccard similarity `minSimilarity`: bytes agree by chance once in
 * 256 (Li and König 2010).
 */
export function agreeingBytes(params: {
  readonly signatureBytes: number;
  readonly minSimilarity: number;
}): number {
  const { signatureBytes, minSimilarity } = params;
  return minSimilarity === 0 ? 0 : signatureBytes * (minSimilarity + (1 - minSimilarity) / 256);
}

function addTo(stays: Map<number, number[]>, groups: Uint32Array, member: number): void {
  for (const group of groups) {
    if (group === 0) continue;
    const list = stays.get(group);
    if (list) list.push(member);
    else stays.set(group, [member]);
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
