import { CholeskyDecomposition, Matrix } from 'ml-matrix';

import { type Correction, kernel, logitOf, writeFeatures } from './correction.ts';

/**
 * Rows that both tiers judged. Parallel arrays; `fast` and `accurate` are probabilities, row-major [rows, labels], both in the order
 * of the fast tier's labels. 456 bytes a row at 57 labels.
 */
export interface Lessons {
  readonly labels: number;
  readonly fast: Float32Array;
  readonly accurate: Float32Array;
  /** 1 where the row was drawn whatever the fast tier said of it; the others are those of which it was least sure. */
  readonly drawn: Uint8Array;
}

// Chosen on whole datasets that no training had seen (scripts/training/README.md).
const mostCentres = 128;
const linear = 2;
const constant = 0.2;
const penalty = 0.1;
const sharpening = 3;
const jitter = 1e-4;

/**
 * Least squares from the fast tier's log-probabilities to what the accurate tier adds to the roots of its probabilities: kernel ridge regression on a Nyström basis
 * (Williams & Seeger 2001) beside a linear part, penalised alike. The accurate tier's probabilities are cubed and normalised
 * first, since a penalised fit falls short of them. How sure the result is follows from the drawn rows, each judged by what the others teach
 * (the hat matrix gives that without another fit): one temperature makes its mean confidence the probability that the accurate tier
 * gives to its choices. Deterministic in the lessons and their order. Holds the lessons' features, 3 kB a row.
 */
export function fitCorrection(lessons: Lessons, doubt: number): Correction {
  const { labels } = lessons;
  const rows = lessons.fast.length / labels;
  const { features, scale } = scaledFeatures(lessons, doubt);
  const centres = features.slice(0, Math.min(rows, mostCentres) * labels);
  const basis = basisOf(features, centres, labels);
  const width = basis.length / rows;
  const targets = targetsOf(lessons);
  const penalties = penaltiesOf(centres, labels, width);
  const inverse = new CholeskyDecomposition(normalMatrix(basis, width, penalties)).solve(Matrix.eye(width));
  const weights = inverse.mmul(moments(basis, targets, width, labels));
  const heldOut = heldOutLogits(lessons, { basis, targets, width, inverse, weights });
  const temperature = matchConfidence(heldOut, lessons);
  return {
    labels,
    doubt,
    scale,
    centres: [...centres],
    weights: foldFactors(weights, centres.length / labels, labels),
    temperature,
    agreement: agreementOf(heldOut, lessons),
  };
}

/** Features of all lessons, divided by the root of their mean squared length. */
function scaledFeatures(
  { fast, labels }: Lessons,
  doubt: number,
): { readonly features: Float64Array; readonly scale: number } {
  const features = new Float64Array(fast.length);
  for (let at = 0; at < fast.length; at += labels) writeFeatures(fast, at, labels, doubt, features, at);
  const squares = features.reduce((sum, value) => sum + value * value, 0);
  const scale = Math.sqrt((squares * labels) / fast.length) || 1;
  return { features: features.map((value) => value / scale), scale };
}

/** Row-major [rows, centres + labels + 1]: kernels, weighted features, the constant. */
function basisOf(features: Float64Array, centres: Float64Array, labels: number): Float64Array {
  const rows = features.length / labels;
  const kernels = centres.length / labels;
  const width = kernels + labels + 1;
  const basis = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const at = row * width;
    for (let k = 0; k < kernels; k++)
      basis[at + k] = kernel(features, row * labels, centres, k * labels, labels);
    for (let j = 0; j < labels; j++)
      basis[at + kernels + j] = linear * (features[row * labels + j] as number);
    basis[at + width - 1] = constant;
  }
  return basis;
}

/** What the accurate tier, sharpened, adds to the roots of the fast tier's probabilities. */
function targetsOf({ fast, accurate, labels }: Lessons): Float64Array {
  const targets = new Float64Array(fast.length);
  for (let at = 0; at < fast.length; at += labels) {
    let sum = 0;
    for (let j = 0; j < labels; j++) sum += (accurate[at + j] as number) ** sharpening;
    for (let j = 0; j < labels; j++) {
      const wanted = (accurate[at + j] as number) ** sharpening / sum;
      targets[at + j] = Math.sqrt(wanted) - Math.sqrt(fast[at + j] as number);
    }
  }
  return targets;
}

/** The kernels' weights are penalised by the norm of the function that they make. */
function penaltiesOf(centres: Float64Array, labels: number, width: number): Matrix {
  const kernels = centres.length / labels;
  const penalties = Matrix.eye(width).mul(penalty);
  for (let i = 0; i < kernels; i++)
    for (let k = 0; k < kernels; k++)
      penalties.set(
        i,
        k,
        penalty * (kernel(centres, i * labels, centres, k * labels, labels) + (i === k ? jitter : 0)),
      );
  return penalties;
}

function normalMatrix(basis: Float64Array, width: number, penalties: Matrix): Matrix {
  const upper = new Float64Array(width * width);
  for (let at = 0; at < basis.length; at += width)
    for (let i = 0; i < width; i++) {
      const value = basis[at + i] as number;
      const place = i * width;
      for (let j = i; j < width; j++)
        upper[place + j] = (upper[place + j] as number) + value * (basis[at + j] as number);
    }
  const matrix = penalties.clone();
  for (let i = 0; i < width; i++)
    for (let j = 0; j < width; j++) {
      const sum = upper[Math.min(i, j) * width + Math.max(i, j)] as number;
      matrix.set(i, j, matrix.get(i, j) + sum);
    }
  return matrix;
}

/** basisᵀ · targets. */
function moments(basis: Float64Array, targets: Float64Array, width: number, labels: number): Matrix {
  const sums = new Float64Array(width * labels);
  for (let row = 0; row * width < basis.length; row++)
    for (let i = 0; i < width; i++) {
      const value = basis[row * width + i] as number;
      const place = i * labels;
      for (let j = 0; j < labels; j++)
        sums[place + j] = (sums[place + j] as number) + value * (targets[row * labels + j] as number);
    }
  return Matrix.from1DArray(width, labels, sums);
}

interface Fit {
  readonly basis: Float64Array;
  readonly targets: Float64Array;
  readonly width: number;
  readonly inverse: Matrix;
  readonly weights: Matrix;
}

/** Changed log-probabilities of the drawn rows, each by a fit to the others (of the same centres and scale); row-major [drawn rows, labels]. */
function heldOutLogits(lessons: Lessons, { basis, targets, width, inverse, weights }: Fit): Float64Array {
  const { labels } = lessons;
  const rows = drawnRows(lessons);
  const logits = new Float64Array(rows.length * labels);
  const flat = inverse.to1DArray();
  const coefficients = weights.to1DArray();
  const input = new Float64Array(width);
  const predicted = new Float64Array(labels);
  rows.forEach((row, at) => {
    input.set(basis.subarray(row * width, (row + 1) * width));
    predicted.fill(0);
    let leverage = 0;
    for (let i = 0; i < width; i++) {
      const value = input[i] as number;
      let product = 0;
      for (let j = 0; j < width; j++) product += (flat[i * width + j] as number) * (input[j] as number);
      leverage += value * product;
      for (let j = 0; j < labels; j++)
        predicted[j] = (predicted[j] as number) + value * (coefficients[i * labels + j] as number);
    }
    const rest = 1 - Math.min(leverage, 0.999);
    for (let j = 0; j < labels; j++) {
      const target = targets[row * labels + j] as number;
      const change = target - (target - (predicted[j] as number)) / rest;
      logits[at * labels + j] = logitOf(lessons.fast[row * labels + j] as number, change);
    }
  });
  return logits;
}

function drawnRows({ drawn }: Lessons): number[] {
  return [...drawn.keys()].filter((row) => drawn[row] === 1);
}

/** Limits of the temperature, and how often they are halved: 40 times end below 1e-11. */
const [coldest, hottest, halvings] = [0.5, 4, 40];

/** The temperature at which the mean confidence is the accurate tier's mean probability of the same choices. */
function matchConfidence(logits: Float64Array, lessons: Lessons): number {
  const { labels, accurate } = lessons;
  const rows = drawnRows(lessons);
  const best = rows.map((_, at) => bestOf(logits, at * labels, labels));
  const wanted = best.reduce((sum, label, at) => sum + (accurate[(rows[at] ?? 0) * labels + label] ?? 0), 0);
  let [low, high] = [coldest, hottest];
  for (let step = 0; step < halvings; step++) {
    const middle = (low + high) / 2;
    const sure = best.reduce((sum, label, at) => {
      let masses = 0;
      for (let j = 0; j < labels; j++)
        masses += Math.exp(
          ((logits[at * labels + j] as number) - (logits[at * labels + label] as number)) / middle,
        );
      return sum + 1 / masses;
    }, 0);
    if (sure > wanted) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function agreementOf(logits: Float64Array, lessons: Lessons): Correction['agreement'] {
  const { labels, fast, accurate } = lessons;
  const rows = drawnRows(lessons);
  let [before, after] = [0, 0];
  rows.forEach((row, at) => {
    const wanted = bestOf(accurate, row * labels, labels);
    if (bestOf(fast, row * labels, labels) === wanted) before++;
    if (bestOf(logits, at * labels, labels) === wanted) after++;
  });
  return { rows: rows.length, before, after };
}

/** Ties: the first. */
function bestOf(values: ArrayLike<number>, at: number, labels: number): number {
  let best = 0;
  for (let j = 1; j < labels; j++) if ((values[at + j] as number) > (values[at + best] as number)) best = j;
  return best;
}

/** Weights of plain inputs: what the basis multiplies its features and its constant by goes into them. */
function foldFactors(weights: Matrix, kernels: number, labels: number): number[] {
  const factors = (row: number): number => {
    if (row < kernels) return 1;
    return row < kernels + labels ? linear : constant;
  };
  return weights.to2DArray().flatMap((row, i) => row.map((weight) => weight * factors(i)));
}
