import { radixSort } from '../lib/radix-sort.ts';

/**
 * Calls `visit` with every group of two and more indices whose two words agree; indices whose words are both 0 belong to none.
 * Reorders `order`; groups are views of it, in no meaningful order. One radix sort by the high words.
 */
export function forEachGroup(
  order: Uint32Array,
  words: { readonly high: Uint32Array; readonly low: Uint32Array },
  scratch: Uint32Array,
  visit: (group: Uint32Array) => void,
): void {
  const { high, low } = words;
  radixSort(order, high, scratch.subarray(0, order.length));
  for (let start = 0; start < order.length;) {
    const value = high[order[start] ?? 0];
    let end = start + 1;
    while (end < order.length && high[order[end] ?? 0] === value) end++;
    if (end - start > 1) splitByLow(order.subarray(start, end), value === 0, low, visit);
    start = end;
  }
}

/** Indices of one high word: nearly always of one low word, too. */
function splitByLow(
  indices: Uint32Array,
  isHighZero: boolean,
  low: Uint32Array,
  visit: (group: Uint32Array) => void,
): void {
  const first = low[indices[0] ?? 0];
  if (!indices.every((index) => low[index] === first))
    indices.sort((a, b) => (low[a] ?? 0) - (low[b] ?? 0) || a - b);
  for (let start = 0; start < indices.length;) {
    const value = low[indices[start] ?? 0];
    let end = start + 1;
    while (end < indices.length && low[indices[end] ?? 0] === value) end++;
    if (end - start > 1 && !(isHighZero && value === 0)) visit(indices.subarray(start, end));
    start = end;
  }
}
