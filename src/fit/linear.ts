/** What was taken off each column, and what all were then multiplied by alike. */
export interface Standardised {
  readonly centre: Float64Array;
  readonly scale: number;
}

/**
 * `features` are row-major [rows, width]; the last column becomes 1 and carries the bias. Centres the columns in place and scales
 * them together to a mean square of 1: descent is quick, penalties mean the same for any encoder.
 */
export function standardise(features: Float32Array, width: number): Standardised {
  const rows = features.length / width;
  const centre = new Float64Array(width - 1);
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < centre.length; i++)
      centre[i] = (centre[i] ?? 0) + (features[row * width + i] ?? 0) / rows;
  let squares = 0;
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < centre.length; i++)
      squares += ((features[row * width + i] ?? 0) - (centre[i] ?? 0)) ** 2;
  const scale = squares > 0 ? Math.sqrt((rows * centre.length) / squares) : 1;
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < centre.length; i++) {
      const at = row * width + i;
      features[at] = ((features[at] ?? 0) - (centre[i] ?? 0)) * scale;
    }
    features[row * width + width - 1] = 1;
  }
  return { centre, scale };
}

/** Logits of rows [from, to): features · weights, weights row-major [width, classes]. */
export function logitsOf(
  features: Float32Array,
  weights: Float64Array,
  shape: { readonly width: number; readonly classes: number; readonly from: number; readonly to: number },
): Float64Array {
  const { width, classes, from, to } = shape;
  const logits = new Float64Array((to - from) * classes);
  for (let row = from; row < to; row++) {
    const at = (row - from) * classes;
    for (let i = 0; i < width; i++) {
      const feature = features[row * width + i] as number;
      const place = i * classes;
      for (let label = 0; label < classes; label++)
        logits[at + label] = (logits[at + label] as number) + feature * (weights[place + label] as number);
    }
  }
  return logits;
}

/** The layer that does the same on the encoder's own numbers, its logits divided by `temperature`. */
export function foldHead(
  weights: Float64Array,
  classes: number,
  { centre, scale }: Standardised,
  temperature: number,
): { readonly weights: Float32Array; readonly bias: Float32Array } {
  const folded = new Float32Array(centre.length * classes);
  const bias = Float64Array.from(weights.subarray(centre.length * classes));
  for (let i = 0; i < centre.length; i++)
    for (let label = 0; label < classes; label++) {
      const weight = (weights[i * classes + label] ?? 0) * scale;
      folded[i * classes + label] = weight / temperature;
      bias[label] = (bias[label] ?? 0) - weight * (centre[i] ?? 0);
    }
  return { weights: folded, bias: Float32Array.from(bias, (value) => value / temperature) };
}
