import { type KeyHistogram, keyBin } from './key-histogram.ts';

/** Where a cell's extra copies end. */
interface Edge {
  /** Copies that every row of the cell gets. */
  readonly base: number;
  /** Rows with a key below this bin get one more; rows above it do not; inside it the exact edge decides. -1: none get more. */
  readonly bin: number;
  /** How many rows of the bin get one more. */
  readonly inside: number;
  /** Rows of the bin, three numbers each: key, key, sequence. Emptied when settled. */
  readonly rows: number[];
  high: number;
  low: number;
  sequence: number;
}

/**
 * The selection of `selectRows` without an entry per row: the same rows, from rows that stream by twice.
 *
 * 1. A `KeyHistogram` over all rows gives the supply of each cell, and with its quota the one bin in which the edge lies.
 * 2. Every row is offered; only those of edge bins are kept, about one in 4,096, and `settle` finds the exact edge among them.
 *
 * Then `copies` answers for any row, in any order. Memory: the histogram, plus 24 bytes per row in an edge bin (also all rows
 * of one content where duplicates are kept and the edge falls on it).
 */
export class StreamSelection {
  readonly #edges: Edge[];

  constructor(histogram: KeyHistogram, quotas: readonly number[]) {
    this.#edges = quotas.map((quota, cell) => findEdge(histogram, cell, quota));
  }

  /** Pass two. `sequence` orders rows of equal keys and is the row's position in the whole corpus. */
  offer(cell: number, high: number, low: number, sequence: number): void {
    const edge = this.#edges[cell];
    if (edge && keyBin(high) === edge.bin) edge.rows.push(high >>> 0, low >>> 0, sequence);
  }

  /** Ends pass two. */
  settle(): void {
    for (const edge of this.#edges) {
      if (edge.bin < 0) continue;
      const rows = Array.from({ length: edge.rows.length / 3 }, (_, i) => i * 3);
      const key = (at: number, word: number): number => edge.rows[at + word] ?? 0;
      rows.sort((a, b) => key(a, 0) - key(b, 0) || key(a, 1) - key(b, 1) || key(a, 2) - key(b, 2));
      const last = rows[edge.inside - 1] ?? 0;
      [edge.high, edge.low, edge.sequence] = [key(last, 0), key(last, 1), key(last, 2)];
      edge.rows.length = 0;
    }
  }

  /** Copies of a row; 0: not selected. After `settle`. */
  copies(cell: number, high: number, low: number, sequence: number): number {
    const edge = this.#edges[cell];
    if (!edge) return 0;
    return edge.base + (edge.bin >= 0 && !isAfter(edge, high >>> 0, low >>> 0, sequence) ? 1 : 0);
  }
}

function findEdge(histogram: KeyHistogram, cell: number, quota: number): Edge {
  const rows = histogram.rows(cell);
  const base = rows > 0 ? Math.floor(quota / rows) : 0;
  const extra = rows > 0 ? quota % rows : 0;
  const none = { base, bin: -1, inside: 0, rows: [], high: 0, low: 0, sequence: 0 };
  if (extra === 0) return none;
  const { bin, below } = histogram.boundary(cell, extra);
  return { ...none, bin, inside: extra - below };
}

function isAfter(edge: Edge, high: number, low: number, sequence: number): boolean {
  if (high !== edge.high) return high > edge.high;
  if (low !== edge.low) return low > edge.low;
  return sequence > edge.sequence;
}
