import { MatrixVector } from './matrix-vector.ts';

/** What a corpus taught the fast tier: a change of the roots of its probabilities as a function of their logarithms. About 350 kB as JSON at 57 labels. */
export interface Correction {
  readonly labels: number;
  /** Share of the fast tier's probabilities that is spread evenly. */
  readonly doubt: number;
  /** What the features are divided by. */
  readonly scale: number;
  /** Row-major [centres, labels], scaled. */
  readonly centres: readonly number[];
  /** Row-major [centres + labels + 1, labels]: of the kernels, the scaled features, and 1. */
  readonly weights: readonly number[];
  readonly temperature: number;
  /** Of the drawn rows: those on which both tiers agreed, and agree when each row is judged by what the others teach. */
  readonly agreement: { readonly rows: number; readonly before: number; readonly after: number };
}

/** Of features divided by their scale; chosen with what fit-correction sets. */
const kernelWidth = 0.35;

/**
 * Returns a function that changes probabilities, row-major [rows, labels], in place. A row keeps its sum; one of zeros stays as it is, and so does
 * a 0 where there is doubt, which only a rule writes.
 */
export function compileCorrection(correction: Correction): (scores: Float32Array) => void {
  const { labels, doubt, scale, temperature } = correction;
  const kernels = correction.centres.length / labels;
  const width = kernels + labels + 1;
  const centres = new MatrixVector(Float64Array.from(correction.centres), labels);
  const weights = new MatrixVector(transpose(correction.weights, labels), width);
  const squares = Float64Array.from({ length: kernels }, (_, k) =>
    squareOf(correction.centres.slice(k * labels, (k + 1) * labels)),
  );
  const features = centres.vector;
  const inputs = weights.vector;
  const change = weights.product;
  inputs[width - 1] = 1;
  return (scores) => {
    for (let at = 0; at < scores.length; at += labels) {
      const row = scores.subarray(at, at + labels);
      writeFeatures(row, 0, labels, doubt, features);
      for (let j = 0; j < labels; j++) features[j] = (features[j] as number) / scale;
      const square = squareOf(features);
      centres.multiply();
      for (let k = 0; k < kernels; k++) {
        const distance = square + (squares[k] as number) - 2 * (centres.product[k] as number);
        inputs[k] = Math.exp(-kernelWidth * distance);
      }
      inputs.set(features, kernels);
      weights.multiply();
      shift(row, change, { temperature, keepsZeros: doubt > 0 });
    }
  };
}

function squareOf(numbers: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += (numbers[i] as number) ** 2;
  return sum;
}

/** Row-major [rows, columns] to [columns, rows]. */
function transpose(values: readonly number[], columns: number): Float64Array {
  const rows = values.length / columns;
  return Float64Array.from(
    { length: values.length },
    (_, at) => values[(at % rows) * columns + Math.floor(at / rows)] ?? 0,
  );
}

/** Row sums stay; with `keepsZeros` what is 0 does, too. */
function shift(
  row: Float32Array,
  change: Float64Array,
  { temperature, keepsZeros }: { readonly temperature: number; readonly keepsZeros: boolean },
): void {
  let sum = 0;
  let total = 0;
  for (let j = 0; j < row.length; j++) {
    const score = row[j] as number;
    const logit = logitOf(score, change[j] as number);
    const mass = keepsZeros && score === 0 ? 0 : Math.exp(logit / temperature);
    change[j] = mass;
    total += score;
    sum += mass;
  }
  if (total === 0) return;
  for (let j = 0; j < row.length; j++) row[j] = ((change[j] as number) / sum) * total;
}

/** Below it the root of a probability falls ever more slowly, so that it stays positive and keeps its order. */
const leastRoot = 0.03;

/** Logarithm of a probability whose root is changed by `change`. */
export function logitOf(probability: number, change: number): number {
  const root = Math.sqrt(probability) + change;
  return 2 * (root < leastRoot ? Math.log(leastRoot) + root / leastRoot - 1 : Math.log(root));
}

/** Half of the last decimal that taggers give: six before doubt is spread, else four. */
function smallest(doubt: number): number {
  return doubt > 0 ? 5e-7 : 5e-5;
}

/**
 * Logarithms of the probabilities as they were before doubt was spread, their mean taken off: there is as much to learn from the labels that the
 * tagger thinks impossible as from those that it weighs.
 */
export function writeFeatures(
  scores: Float32Array,
  at: number,
  labels: number,
  doubt: number,
  out: Float64Array,
  to = 0,
): void {
  const even = doubt / labels;
  const least = smallest(doubt);
  let mean = 0;
  for (let j = 0; j < labels; j++) {
    const value = Math.log(Math.max((scores[at + j] as number) - even, least));
    out[to + j] = value;
    mean += value / labels;
  }
  for (let j = 0; j < labels; j++) out[to + j] = (out[to + j] as number) - mean;
}

/** Gaussian of the distance between `labels` features from `from` and from `at`. */
export function kernel(a: Float64Array, from: number, b: Float64Array, at: number, labels: number): number {
  let distance = 0;
  for (let j = 0; j < labels; j++) {
    const difference = (a[from + j] as number) - (b[at + j] as number);
    distance += difference * difference;
  }
  return Math.exp(-kernelWidth * distance);
}
