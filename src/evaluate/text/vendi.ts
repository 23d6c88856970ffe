import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/**
 * Vendi score: how many texts that have nothing in common would be as varied (Friedman and Dieng 2023): exp of the entropy of the
 * eigenvalues of K/n, where K holds the cosines. From 1 (all the same) to n. Where a text has fewer numbers than there are texts the
 * eigenvalues are those of the smaller matrix XᵀX/n. Rows of zeros are left out; null where none is left.
 * @param numbers row-major, `width` numbers a text
 */
export function vendiScore(numbers: Float32Array, width: number): number | null {
  const rows = unitRows(numbers, width);
  if (rows.length === 0) return null;
  const entropy = eigenvaluesOf(rows, width)
    .filter((value) => value > 1e-12)
    .reduce((sum, value) => sum - value * Math.log(value), 0);
  return Math.exp(entropy);
}

/** Mean of 1 − cosine over all pairs: 0 where all texts are the same. null for fewer than two. */
export function dispersion(numbers: Float32Array, width: number): number | null {
  const rows = unitRows(numbers, width);
  const count = rows.length;
  if (count < 2) return null;
  // The sum over all pairs is in the length of the sum of all rows.
  const sum = new Float64Array(width);
  for (const row of rows) for (let i = 0; i < width; i++) sum[i] = (sum[i] ?? 0) + (row[i] ?? 0);
  const squared = sum.reduce((total, value) => total + value * value, 0);
  return 1 - (squared - count) / (count * (count - 1));
}

function unitRows(numbers: Float32Array, width: number): Float64Array[] {
  const rows: Float64Array[] = [];
  for (let at = 0; at + width <= numbers.length; at += width) {
    const row = Float64Array.from(numbers.subarray(at, at + width));
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (length > 0) rows.push(row.map((value) => value / length));
  }
  return rows;
}

/** Eigenvalues of K/n that are not 0. */
function eigenvaluesOf(rows: readonly Float64Array[], width: number): number[] {
  const count = rows.length;
  const points = new Matrix(rows.map((row) => Array.from(row)));
  const smaller = count <= width ? points.mmul(points.transpose()) : points.transpose().mmul(points);
  return new EigenvalueDecomposition(smaller.div(count), { assumeSymmetric: true }).realEigenvalues;
}
