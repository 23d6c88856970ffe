// AssemblyScript: compiled to src/fit/matrix-vector-wasm.ts by `npm run kernel`.

/**
 * Products of each row of a matrix of doubles, row-major [rows, width], with `vector`, to `out`. Each is four sums side by side,
 * of the columns 0, 4, 8 …, 1, 5, 9 … and so on, added at the end; the columns that are left go to the first. That order is a promise:
 * what is written to disk depends on it.
 */
export function multiply(matrix: i32, rows: i32, width: i32, vector: i32, out: i32): void {
  const evenBytes = (width & ~3) << 3;
  const bytes = width << 3;
  for (let row = 0; row < rows; row++) {
    let first = f64x2.splat(0);
    let second = f64x2.splat(0);
    for (let at = 0; at < evenBytes; at += 32) {
      first = f64x2.add(first, f64x2.mul(v128.load(matrix + at), v128.load(vector + at)));
      second = f64x2.add(second, f64x2.mul(v128.load(matrix + at, 16), v128.load(vector + at, 16)));
    }
    let sum = f64x2.extract_lane(first, 0);
    for (let at = evenBytes; at < bytes; at += 8) sum += load<f64>(matrix + at) * load<f64>(vector + at);
    sum += f64x2.extract_lane(first, 1);
    sum += f64x2.extract_lane(second, 0);
    sum += f64x2.extract_lane(second, 1);
    store<f64>(out + (row << 3), sum);
    matrix += bytes;
  }
}
