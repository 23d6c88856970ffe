import { bagSumsWasm } from './bag-sums-wasm.ts';
import type { BagTable } from './cut-bags.ts';

interface BagSumsExports {
  readonly memory: WebAssembly.Memory;
  sumRows(
    ids: number,
    limit: number,
    rows: number,
    table: number,
    width: number,
    steps: number,
    scales: number,
    out: number,
  ): void;
}

const pageBytes = 65_536;

/**
 * Sums of a table's rows in WebAssembly (assembly/bag-sums.ts): what the nodes of the graph give, to the bit, since the codes are
 * added as whole numbers and scaled in the same order; half of their time (bench/results.md). Holds the table and one call's rows.
 */
export class BagSums {
  readonly #exports: BagSumsExports;
  readonly #ids: Int32Array;
  readonly #scales: Float32Array;
  readonly #out: Float32Array;
  readonly #places: { readonly table: number; readonly steps: number };
  readonly #width: number;

  /** For calls of at most `rows` rows of at most `limit` ids (258 or fewer, or sums leave 16 bits). */
  constructor(
    { width, codes, steps }: BagTable,
    { rows, limit }: { readonly rows: number; readonly limit: number },
  ) {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(bagSumsWasm, 'base64')));
    this.#exports = exports as BagSumsExports; // what assembly/bag-sums.ts exports
    const { memory } = this.#exports;
    let next = 64;
    const place = (bytes: number): number => {
      const at = next;
      next += Math.ceil(bytes / 64) * 64; // a row of 64 columns is one line of the cache
      return at;
    };
    this.#width = width;
    this.#places = { table: place(codes.length), steps: place(steps.byteLength) };
    const [ids, scales, out] = [place(rows * limit * 4), place(rows * 4), place(rows * width * 4)];
    memory.grow(Math.ceil(next / pageBytes));
    new Uint8Array(memory.buffer).set(codes, this.#places.table);
    new Float32Array(memory.buffer).set(steps, this.#places.steps / 4);
    this.#ids = new Int32Array(memory.buffer, ids, rows * limit);
    this.#scales = new Float32Array(memory.buffer, scales, rows);
    this.#out = new Float32Array(memory.buffer, out, rows * width);
  }

  /** Row-major [rows, width] of as many rows as there are scales; `ids` are `limit` a row, 0 for none. */
  sum(ids: Int32Array, limit: number, scales: Float32Array): Float32Array {
    this.#ids.set(ids);
    this.#scales.set(scales);
    this.#exports.sumRows(
      this.#ids.byteOffset,
      limit,
      scales.length,
      this.#places.table,
      this.#width,
      this.#places.steps,
      this.#scales.byteOffset,
      this.#out.byteOffset,
    );
    return this.#out.slice(0, scales.length * this.#width);
  }
}
