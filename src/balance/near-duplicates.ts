import { forEachGroup } from './band-groups.ts';

/** Rows grouped with their near-duplicates. */
export interface NearDuplicates {
  /** Per row: the row that stands for it; itself where it stands alone or for others. */
  readonly representative: Uint32Array;
  /** Groups of two and more. */
  readonly clusters: number;
  /** Rows in them. */
  readonly members: number;
}

/** Band hashes of all rows, one word a row each. 0 and 0: the row has no words. */
export interface BandWords {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

/**
 * Groups what must stay together: rows whose hash of any one band agrees meet, and a cluster is what is connected by such
 * meetings (as in datatrove, which made FineWeb). The row of the smallest content hash stands for its cluster, so that nothing
 * depends on the order of rows. Bands are given one at a time: 20 bytes a row while clustering, the caller's band words
 * included; 4 bytes a row afterwards. About 0.1 µs per row and band.
 */
export class NearDuplicateFinder {
  readonly #hashes: Uint32Array;
  readonly #eligible: Uint8Array;
  /** Towards the row of the smallest hash; a root points to itself. */
  readonly #parent: Uint32Array;
  readonly #order: Uint32Array;
  readonly #scratch: Uint32Array;

  /** @param params.hashes content hashes, four words a row. Rows with `eligible` 0 take no part. */
  constructor(params: { readonly hashes: Uint32Array; readonly eligible: Uint8Array }) {
    const rows = params.eligible.length;
    this.#hashes = params.hashes;
    this.#eligible = params.eligible;
    this.#parent = new Uint32Array(rows);
    for (let row = 0; row < rows; row++) this.#parent[row] = row;
    this.#order = new Uint32Array(rows);
    this.#scratch = new Uint32Array(rows);
  }

  addBand(words: BandWords): void {
    let count = 0;
    for (let row = 0; row < this.#eligible.length; row++)
      if (this.#eligible[row] !== 0) this.#order[count++] = row;
    forEachGroup(this.#order.subarray(0, count), words, this.#scratch, (group) => {
      for (let i = 1; i < group.length; i++) this.#join(group[i - 1] ?? 0, group[i] ?? 0);
    });
  }

  /** The finder must not be used afterwards. */
  finish(): NearDuplicates {
    const representative = this.#parent;
    for (let row = 0; row < representative.length; row++) representative[row] = this.#find(row);
    return countGroups(representative, this.#scratch);
  }

  #join(a: number, b: number): void {
    const [x, y] = [this.#find(a), this.#find(b)];
    if (x === y) return;
    if (compareHashes(this.#hashes, x, y) < 0) this.#parent[y] = x;
    else this.#parent[x] = y;
  }

  /** Path halving (Tarjan and van Leeuwen 1984). */
  #find(row: number): number {
    const parent = this.#parent;
    let at = row;
    for (let up = parent[at] ?? at; up !== at; up = parent[at] ?? at) {
      const next = parent[up] ?? up;
      parent[at] = next;
      at = next;
    }
    return at;
  }
}

/** @param scratch of the same length, overwritten. */
export function countGroups(representative: Uint32Array, scratch: Uint32Array): NearDuplicates {
  const sizes = scratch.fill(0);
  for (const row of representative) sizes[row] = (sizes[row] ?? 0) + 1;
  let clusters = 0;
  let members = 0;
  for (const size of sizes) {
    if (size < 2) continue;
    clusters++;
    members += size;
  }
  return { representative, clusters, members };
}

/** Order of two rows by content hash; equal contents by index. */
export function compareHashes(hashes: Uint32Array, a: number, b: number): number {
  for (let word = 0; word < 4; word++) {
    const difference = (hashes[a * 4 + word] ?? 0) - (hashes[b * 4 + word] ?? 0);
    if (difference !== 0) return difference;
  }
  return a - b;
}
