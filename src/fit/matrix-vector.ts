import { matrixVectorWasm } from './matrix-vector-wasm.ts';

interface MatrixVectorExports {
  readonly memory: WebAssembly.Memory;
  multiply(matrix: number, rows: number, width: number, vector: number, out: number): void;
}

const pageBytes = 65_536;
const doubleBytes = Float64Array.BYTES_PER_ELEMENT;

/**
 * A matrix of doubles that vectors are multiplied with, in WebAssembly (assembly/matrix-vector.ts; a correction takes half of its
 * time with the same loop in JavaScript, bench/results.md). The sums have one order on every machine. Holds the matrix.
 */
export class MatrixVector {
  /** To be filled before `multiply`; as many numbers as the matrix has columns. */
  readonly vector: Float64Array;
  /** What `multiply` wrote; a number for each row of the matrix. */
  readonly product: Float64Array;
  readonly #multiply: () => void;

  /** `matrix` is row-major [rows, width]. */
  constructor(matrix: Float64Array, width: number) {
    const { exports } = new WebAssembly.Instance(
      new WebAssembly.Module(Buffer.from(matrixVectorWasm, 'base64')),
    );
    const kernel = exports as MatrixVectorExports; // what assembly/matrix-vector.ts exports
    const rows = matrix.length / width;
    kernel.memory.grow(Math.ceil(((matrix.length + width + rows) * doubleBytes) / pageBytes));
    const { buffer } = kernel.memory;
    new Float64Array(buffer).set(matrix);
    this.vector = new Float64Array(buffer, matrix.byteLength, width);
    this.product = new Float64Array(buffer, matrix.byteLength + this.vector.byteLength, rows);
    this.#multiply = () => kernel.multiply(0, rows, width, this.vector.byteOffset, this.product.byteOffset);
  }

  multiply(): void {
    this.#multiply();
  }
}
