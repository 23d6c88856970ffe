import { mix32 } from '../../lib/hash.ts';

/** Whether a row is among the hash-chosen `share` of rows without a control token: a function of content and seed only. */
export function isDropped(contentHash: Uint32Array, row: number, seed: number, share: number): boolean {
  if (share <= 0) return false;
  return unitInterval(contentHash[row * 4 + 3] ?? 0, seed ^ 0x70c3_11ad) < share;
}

/** A number in [0, 1) drawn from a hash word and a seed. */
function unitInterval(word: number, seed: number): number {
  return (mix32(word ^ mix32(seed)) >>> 0) / 2 ** 32;
}
