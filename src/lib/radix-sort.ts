/**
 * Sorts `order` (indices into `keys`) by `keys[index]`, ascending and stable: a least-significant-digit radix sort, so several
 * keys are sorted by calling it from the least important to the most. One or two passes of about 15 ns per index.
 * @param scratch of the same length as `order`
 */
export function radixSort(
  order: Uint32Array,
  keys: Uint32Array | Uint16Array | Uint8Array,
  scratch: Uint32Array,
): void {
  let bits = 0;
  for (let i = 0; i < order.length; i++) bits |= keys[order[i] ?? 0] ?? 0;
  const digitBits = order.length < fewIndices ? 8 : 16;
  let from = order;
  let to = scratch;
  for (let shift = 0; shift < 32 && bits >>> shift !== 0; shift += digitBits) {
    sortDigit(from, to, keys, shift, (1 << digitBits) - 1);
    [from, to] = [to, from];
  }
  if (from !== order) order.set(from.subarray(0, order.length));
}

/** Below it, clearing 65536 counters costs more than two more passes. */
const fewIndices = 1 << 14;

function sortDigit(
  from: Uint32Array,
  to: Uint32Array,
  keys: Uint32Array | Uint16Array | Uint8Array,
  shift: number,
  mask: number,
): void {
  const next = new Uint32Array(mask + 2);
  for (let i = 0; i < from.length; i++) {
    const digit = ((keys[from[i] ?? 0] ?? 0) >>> shift) & mask;
    next[digit + 1] = (next[digit + 1] ?? 0) + 1;
  }
  for (let digit = 0; digit < mask; digit++) next[digit + 1] = (next[digit + 1] ?? 0) + (next[digit] ?? 0);
  for (let i = 0; i < from.length; i++) {
    const index = from[i] ?? 0;
    const digit = ((keys[index] ?? 0) >>> shift) & mask;
    const at = next[digit] ?? 0;
    next[digit] = at + 1;
    to[at] = index;
  }
}
