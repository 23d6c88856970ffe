/** Probabilities of the `out.length` logits from `at`, divided by `temperature`. */
function softmax(logits: Float64Array, at: number, temperature: number, out: Float64Array): void {
  let highest = -Infinity;
  for (let i = 0; i < out.length; i++) highest = Math.max(highest, logits[at + i] ?? 0);
  let sum = 0;
  for (let i = 0; i < out.length; i++) {
    const mass = Math.exp(((logits[at + i] ?? 0) - highest) / temperature);
    out[i] = mass;
    sum += mass;
  }
  for (let i = 0; i < out.length; i++) out[i] = (out[i] ?? 0) / sum;
}

/** Best class and its probability per row; ties: the first class. */
export function bestClasses(
  logits: Float64Array,
  classes: number,
  temperature: number,
): { readonly best: Uint8Array; readonly scores: Float64Array } {
  const rows = logits.length / classes;
  const best = new Uint8Array(rows);
  const scores = new Float64Array(rows);
  const probabilities = new Float64Array(classes);
  for (let row = 0; row < rows; row++) {
    softmax(logits, row * classes, temperature, probabilities);
    let winner = 0;
    for (let i = 1; i < classes; i++) if ((probabilities[i] ?? 0) > (probabilities[winner] ?? 0)) winner = i;
    best[row] = winner;
    scores[row] = probabilities[winner] ?? 0;
  }
  return { best, scores };
}
