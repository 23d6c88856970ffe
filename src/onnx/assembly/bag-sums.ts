// AssemblyScript: compiled to src/onnx/bag-sums-wasm.ts by `npm run kernel`.

/**
 * For each of `rows` rows of `limit` ids the sum of the table's rows that they name, times the step of each column and the row's
 * scale, as floats to `out`. Codes of sixteen columns are added at a time, as 16 bits: right up to 258 ids. Id 0 is a row of zeros,
 * so that only those at the end need to be passed over.
 */
export function sumRows(
  ids: i32,
  limit: i32,
  rows: i32,
  table: i32,
  width: i32,
  steps: i32,
  scales: i32,
  out: i32,
): void {
  for (let row = 0; row < rows; row++) {
    let stop = ids + (limit << 2);
    while (stop > ids && load<i32>(stop - 4) == 0) stop -= 4;
    const scale = f32x4.splat(load<f32>(scales + (row << 2)));
    for (let column = 0; column < width; column += 16) {
      let low = i16x8.splat(0);
      let high = i16x8.splat(0);
      for (let at = ids; at < stop; at += 4) {
        const codes = v128.load(table + load<i32>(at) * width + column);
        low = i16x8.add(low, i16x8.extend_low_i8x16_s(codes));
        high = i16x8.add(high, i16x8.extend_high_i8x16_s(codes));
      }
      const step = steps + (column << 2);
      const to = out + (column << 2);
      put(i32x4.extend_low_i16x8_s(low), step, scale, to);
      put(i32x4.extend_high_i16x8_s(low), step + 16, scale, to + 16);
      put(i32x4.extend_low_i16x8_s(high), step + 32, scale, to + 32);
      put(i32x4.extend_high_i16x8_s(high), step + 48, scale, to + 48);
    }
    ids += limit << 2;
    out += width << 2;
  }
}

/** In the order of the graph's nodes, so that the last bits are its own: the sum times the step, then times the scale. */
function put(sums: v128, step: i32, scale: v128, to: i32): void {
  v128.store(to, f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(sums), v128.load(step)), scale));
}
