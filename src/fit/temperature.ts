import { softmax } from './softmax.ts';

/** Limits of the search, and how often it narrows: 60 golden sections of 8 e-folds end below 1e-9. */
const [lowest, highest] = [Math.log(1 / 20), Math.log(20)];
const sections = 60;
const golden = (Math.sqrt(5) - 1) / 2;

/**
 * Temperature that makes held-out probabilities fit best (Guo et al. 2017): logits are divided by it. The likelihood has one
 * optimum, found by golden section. 1 when there are no rows.
 */
export function fitTemperature(logits: Float64Array, labels: Uint8Array, classes: number): number {
  if (labels.length === 0) return 1;
  let [low, high] = [lowest, highest];
  for (let section = 0; section < sections; section++) {
    const left = high - golden * (high - low);
    const right = low + golden * (high - low);
    if (
      negativeLikelihood(logits, labels, classes, Math.exp(left)) <=
      negativeLikelihood(logits, labels, classes, Math.exp(right))
    )
      high = right;
    else low = left;
  }
  return Math.exp((low + high) / 2);
}

/** Mean −log of the probability that goes to the labels. */
export function negativeLikelihood(
  logits: Float64Array,
  labels: Uint8Array,
  classes: number,
  temperature: number,
): number {
  let sum = 0;
  const probabilities = new Float64Array(classes);
  labels.forEach((label, row) => {
    softmax(logits, row * classes, temperature, probabilities);
    sum -= Math.log(Math.max(1e-300, probabilities[label] ?? 0));
  });
  return sum / Math.max(1, labels.length);
}
