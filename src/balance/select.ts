import { mix32 } from '../lib/hash.ts';

/** Which rows enter, and up to which key. */
export interface Selection {
  /** Copies per row; 0: not selected. */
  readonly copies: Uint8Array | Uint16Array;
  /** Per cell, two words: rows with a key up to and including this one got the cell's extra copy. */
  readonly thresholds: Uint32Array;
  /** Copies that every row of the cell got, before the extra one. */
  readonly baseCopies: Uint16Array;
  /** Rows of the cell that got the extra copy. */
  readonly extraRows: Uint32Array;
}

/** Not in the supply. */
const noCell = 0xffffffff;

/**
 * Takes the rows with the smallest keys of each cell: with quota ≤ rows one copy each; above, every row gets
 * floor(quota / rows) copies and those with the smallest keys one more. So a larger quota only adds. Equal keys (equal
 * content, unless two hashes collide in 64 bits) fall by row index.
 * Counting sort by cell, then quickselect on 64-bit keys: 4 bytes a row beside the copies; 6 million rows take less than a second.
 */
export function selectRows(params: {
  /** Cell of each row, or 0xFFFFFFFF. */
  readonly cells: Uint32Array;
  /** Two words a row, most significant first. */
  readonly keys: Uint32Array;
  readonly quotas: readonly number[];
}): Selection {
  const { cells, keys, quotas } = params;
  const { order, starts } = sortByCell(cells, quotas.length);
  const baseCopies = new Uint16Array(quotas.length);
  const extraRows = new Uint32Array(quotas.length);
  let most = 0;
  quotas.forEach((quota, cell) => {
    const rows = (starts[cell + 1] ?? 0) - (starts[cell] ?? 0);
    if (rows === 0) return;
    baseCopies[cell] = Math.floor(quota / rows);
    extraRows[cell] = quota % rows;
    most = Math.max(most, Math.ceil(quota / rows));
  });
  const copies = most > 255 ? new Uint16Array(cells.length) : new Uint8Array(cells.length);
  const thresholds = new Uint32Array(quotas.length * 2);
  quotas.forEach((_, cell) => {
    const start = starts[cell] ?? 0;
    const end = starts[cell + 1] ?? 0;
    const base = baseCopies[cell] ?? 0;
    const extra = extraRows[cell] ?? 0;
    if (base > 0) for (let i = start; i < end; i++) copies[order[i] ?? 0] = base;
    if (extra === 0) return;
    partitionSmallest({ order, keys, start, end, count: extra });
    const last = largestOf(order, keys, start, start + extra);
    thresholds[cell * 2] = keys[last * 2] ?? 0;
    thresholds[cell * 2 + 1] = keys[last * 2 + 1] ?? 0;
    for (let i = start; i < start + extra; i++) copies[order[i] ?? 0] = base + 1;
  });
  return { copies, thresholds, baseCopies, extraRows };
}

/** Two words a row from the 128-bit content hash and the seed: what selection, splits and order draw from. 8 bytes a row. */
export function selectionKeys(params: { readonly hashes: Uint32Array; readonly seed: number }): Uint32Array {
  const { hashes, seed } = params;
  const rows = hashes.length / 4;
  const keys = new Uint32Array(rows * 2);
  const first = mix32(seed ^ 0x51ed270b);
  const second = mix32(seed ^ 0x2545f491);
  for (let row = 0; row < rows; row++) {
    const at = row * 4;
    const high = mix32((hashes[at] ?? 0) ^ first ^ mix32((hashes[at + 1] ?? 0) + 0x9e3779b9));
    keys[row * 2] = high;
    keys[row * 2 + 1] = mix32((hashes[at + 2] ?? 0) ^ second ^ mix32((hashes[at + 3] ?? 0) ^ high));
  }
  return keys;
}

/** Rows in cell order; cell c owns order[starts[c] .. starts[c + 1]). */
function sortByCell(cells: Uint32Array, cellCount: number): { order: Uint32Array; starts: Uint32Array } {
  const starts = new Uint32Array(cellCount + 1);
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row] ?? noCell;
    if (cell < cellCount) starts[cell + 1] = (starts[cell + 1] ?? 0) + 1;
  }
  for (let cell = 0; cell < cellCount; cell++)
    starts[cell + 1] = (starts[cell + 1] ?? 0) + (starts[cell] ?? 0);
  const order = new Uint32Array(starts[cellCount] ?? 0);
  const next = starts.slice();
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row] ?? noCell;
    if (cell >= cellCount) continue;
    const at = next[cell] ?? 0;
    order[at] = row;
    next[cell] = at + 1;
  }
  return { order, starts };
}

/** Reorders order[start .. end) so that the `count` smallest keys stand first (Hoare's quickselect, median of three). */
function partitionSmallest(params: {
  readonly order: Uint32Array;
  readonly keys: Uint32Array;
  readonly start: number;
  readonly end: number;
  readonly count: number;
}): void {
  const { order, keys, count } = params;
  const target = params.start + count - 1;
  let low = params.start;
  let high = params.end - 1;
  while (low < high) {
    const middle = low + ((high - low) >> 1);
    const pivot = medianOf(keys, order[low] ?? 0, order[middle] ?? 0, order[high] ?? 0);
    let i = low;
    let j = high;
    while (i <= j) {
      while (isBefore(keys, order[i] ?? 0, pivot)) i++;
      while (isBefore(keys, pivot, order[j] ?? 0)) j--;
      if (i > j) break;
      const row = order[i] ?? 0;
      order[i] = order[j] ?? 0;
      order[j] = row;
      i++;
      j--;
    }
    if (target <= j) high = j;
    else if (target >= i) low = i;
    else return;
  }
}

function isBefore(keys: Uint32Array, a: number, b: number): boolean {
  const x = keys[a * 2] ?? 0;
  const y = keys[b * 2] ?? 0;
  if (x !== y) return x < y;
  const lowX = keys[a * 2 + 1] ?? 0;
  const lowY = keys[b * 2 + 1] ?? 0;
  return lowX === lowY ? a < b : lowX < lowY;
}

function medianOf(keys: Uint32Array, a: number, b: number, c: number): number {
  if (isBefore(keys, a, b)) {
    if (isBefore(keys, b, c)) return b;
    return isBefore(keys, a, c) ? c : a;
  }
  if (isBefore(keys, a, c)) return a;
  return isBefore(keys, b, c) ? c : b;
}

function largestOf(order: Uint32Array, keys: Uint32Array, start: number, end: number): number {
  let largest = order[start] ?? 0;
  for (let i = start + 1; i < end; i++) {
    const row = order[i] ?? 0;
    if (isBefore(keys, largest, row)) largest = row;
  }
  return largest;
}
