/** Keys are told apart by their first 12 bits: a bin holds about one row of a cell in 4,096. */
const binBits = 12;

/**
 * How the selection keys of each cell are spread: 16 KiB a cell, whatever the number of rows. Cells are numbered from 0 in
 * any order and may be new at any time. Up to 4.29 billion rows a bin.
 */
export class KeyHistogram {
  readonly #bins: Uint32Array[] = [];

  get cells(): number {
    return this.#bins.length;
  }

  /** @param high the key's more significant word */
  add(cell: number, high: number): void {
    while (this.#bins.length <= cell) this.#bins.push(new Uint32Array(1 << binBits));
    const bins = this.#bins[cell];
    const bin = keyBin(high);
    if (bins) bins[bin] = (bins[bin] ?? 0) + 1;
  }

  rows(cell: number): number {
    return this.#bins[cell]?.reduce((sum, count) => sum + count, 0) ?? 0;
  }

  /** The bin that holds the `count`-th smallest key of a cell (1 ≤ count ≤ rows), and the rows of all bins below it. */
  boundary(cell: number, count: number): { readonly bin: number; readonly below: number } {
    const bins = this.#bins[cell] ?? new Uint32Array(0);
    let below = 0;
    for (let bin = 0; bin < bins.length; bin++) {
      const rows = bins[bin] ?? 0;
      if (below + rows >= count) return { bin, below };
      below += rows;
    }
    return { bin: bins.length, below };
  }
}

export function keyBin(high: number): number {
  return high >>> (32 - binBits);
}
