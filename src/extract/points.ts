import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** Row-major numbers of messages. */
export interface NumberTable {
  readonly rows: number;
  readonly width: number;
  readonly numbers: Float32Array;
}

/** How messages become points: fitted on a sample, used on all. */
export interface PointSpace {
  /** Numbers a point: the main directions of the embeddings, then the style. */
  readonly width: number;
  project(embedding: Float32Array, style: Float32Array): Float32Array;
}

/** Directions kept of the embeddings. */
const directions = 16;
/** Variance of all style numbers together, against 1 for what the text says. */
const styleVariance = 0.15;
/** A style number further from the mean than this many deviations counts as this far. */
const farthest = 2.5;

/**
 * Fits the space: principal components of the embeddings (of length 1) scaled to a variance of 1 together, beside standardised
 * style numbers. Deterministic. Holds the sample twice and a matrix of width².
 */
export function fitPointSpace(embeddings: NumberTable, styles: NumberTable): PointSpace {
  const mean = meanOf(embeddings);
  const axes = mainDirections(embeddings, mean);
  const total = axes.reduce((sum, axis) => sum + axis.variance, 0);
  const scale = total > 0 ? 1 / Math.sqrt(total) : 0;
  const style = deviations(styles);
  const active = style.filter(({ deviation }) => deviation > 0).length;
  const styleScale = active > 0 ? Math.sqrt(styleVariance / active) : 0;
  return {
    width: axes.length + styles.width,
    project(embedding, styleNumbers) {
      const point = new Float32Array(axes.length + styles.width);
      for (const [a, { axis }] of axes.entries()) {
        let sum = 0;
        for (let i = 0; i < axis.length; i++) sum += ((embedding[i] ?? 0) - (mean[i] ?? 0)) * (axis[i] ?? 0);
        point[a] = sum * scale;
      }
      for (const [i, { centre, deviation }] of style.entries()) {
        const z = deviation > 0 ? ((styleNumbers[i] ?? 0) - centre) / deviation : 0;
        point[axes.length + i] = Math.max(-farthest, Math.min(farthest, z)) * styleScale;
      }
      return point;
    },
  };
}

function meanOf({ rows, width, numbers }: NumberTable): Float64Array {
  const mean = new Float64Array(width);
  for (let i = 0; i < rows * width; i++) mean[i % width] = (mean[i % width] ?? 0) + (numbers[i] ?? 0);
  return mean.map((sum) => sum / Math.max(1, rows));
}

function deviations(table: NumberTable): { readonly centre: number; readonly deviation: number }[] {
  const mean = meanOf(table);
  const squares = new Float64Array(table.width);
  for (let i = 0; i < table.rows * table.width; i++) {
    const column = i % table.width;
    squares[column] = (squares[column] ?? 0) + ((table.numbers[i] ?? 0) - (mean[column] ?? 0)) ** 2;
  }
  return [...mean].map((centre, i) => ({
    centre,
    deviation: Math.sqrt((squares[i] ?? 0) / Math.max(1, table.rows)),
  }));
}

interface Direction {
  readonly axis: Float64Array;
  readonly variance: number;
}

/** Strongest directions first; the sign of each is that of its largest number, so that it does not hang on the solver. */
function mainDirections(table: NumberTable, mean: Float64Array): Direction[] {
  const { rows, width, numbers } = table;
  const covariance = Matrix.zeros(width, width);
  const centred = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) centred[i] = (numbers[row * width + i] ?? 0) - (mean[i] ?? 0);
    for (let i = 0; i < width; i++) addTo(covariance, i, centred);
  }
  covariance.div(Math.max(1, rows));
  for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) covariance.set(i, j, covariance.get(j, i));
  const solved = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  const values = solved.realEigenvalues;
  const order = values.map((_, index) => index).toSorted((a, b) => (values[b] ?? 0) - (values[a] ?? 0));
  return order.slice(0, Math.min(directions, width, Math.max(1, rows - 1))).map((index) => ({
    axis: withFixedSign(Float64Array.from(solved.eigenvectorMatrix.getColumn(index))),
    variance: Math.max(0, values[index] ?? 0),
  }));
}

/** Upper triangle only. */
function addTo(covariance: Matrix, row: number, centred: Float64Array): void {
  const factor = centred[row] ?? 0;
  for (let j = row; j < centred.length; j++) {
    covariance.set(row, j, covariance.get(row, j) + factor * (centred[j] ?? 0));
  }
}

function withFixedSign(axis: Float64Array): Float64Array {
  let largest = 0;
  for (const value of axis) if (Math.abs(value) > Math.abs(largest)) largest = value;
  return largest < 0 ? axis.map((value) => -value) : axis;
}
