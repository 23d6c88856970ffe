/** Limits of the search, and how often it narrows: 60 golden sections of 6 e-folds end below 1e-9. */
const [lowest, highest] = [Math.log(1 / 20), Math.log(20)];
const sections = 60;
const golden = (Math.sqrt(5) - 1) / 2;

/**
 * Temperature that makes held-out probabilities fit best (Guo et al. 2017): logits are divided by it. The likelihood has one
 * optimum, found by golden section. The labels are smoothed, or few rows that are all right would ask for certainty. 1 when there
 * are no rows.
 */
export function fitTemperature(logits: Float64Array, labels: Uint8Array, classes: number): number {
  if (labels.length === 0) return 1;
  let [low, high] = [lowest, highest];
  for (let section = 0; section < sections; section++) {
    const left = high - golden * (high - low);
    const right = low + golden * (high - low);
    if (
      smoothedLikelihood(logits, labels, classes, Math.exp(left)) <=
      smoothedLikelihood(logits, labels, classes, Math.exp(right))
    )
      high = right;
    else low = left;
  }
  return Math.exp((low + high) / 2);
}

/**
 * Mean −log-likelihood of labels that are right in (rows + 1) of (rows + classes) cases and any other class in one each: Platt's
 * targets (1999), for many classes.
 */
export function smoothedLikelihood(
  logits: Float64Array,
  labels: Uint8Array,
  classes: number,
  temperature: number,
): number {
  let sum = 0;
  labels.forEach((label, row) => {
    const own = logits.subarray(row * classes, (row + 1) * classes);
    let [largest, total, powers] = [-Infinity, 0, 0];
    for (const logit of own) {
      largest = Math.max(largest, logit);
      total += logit;
    }
    for (const logit of own) powers += Math.exp((logit - largest) / temperature);
    const logPowers = largest / temperature + Math.log(powers);
    sum += (labels.length + classes) * logPowers - (labels.length * (own[label] ?? 0) + total) / temperature;
  });
  return sum / Math.max(1, labels.length * (labels.length + classes));
}
