/** Probabilities of the best classes, and whether they were right; one entry a row. */
export interface Confidences {
  readonly scores: Float64Array;
  readonly isRight: (row: number) => boolean;
}

export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** Mean probability. */
  readonly confidence: number;
  /** Share that was right. */
  readonly accuracy: number;
}

/** Equal-width bins as Guo et al. (2017) use them. */
const binCount = 15;

export function reliabilityBins({ scores, isRight }: Confidences): ReliabilityBin[] {
  const rows = new Float64Array(binCount);
  const confidence = new Float64Array(binCount);
  const right = new Float64Array(binCount);
  scores.forEach((score, row) => {
    const bin = Math.max(0, Math.min(binCount - 1, Math.floor(score * binCount)));
    rows[bin] = (rows[bin] ?? 0) + 1;
    confidence[bin] = (confidence[bin] ?? 0) + score;
    if (isRight(row)) right[bin] = (right[bin] ?? 0) + 1;
  });
  return Array.from(rows, (count, bin) => ({
    from: bin / binCount,
    to: (bin + 1) / binCount,
    rows: count,
    confidence: (confidence[bin] ?? 0) / Math.max(1, count),
    accuracy: (right[bin] ?? 0) / Math.max(1, count),
  }));
}

/** Expected calibration error: the mean distance of confidence and accuracy, weighted by the rows of the bins. */
export function calibrationError(bins: readonly ReliabilityBin[]): number {
  const all = bins.reduce((sum, bin) => sum + bin.rows, 0);
  return bins.reduce(
    (sum, bin) => sum + (bin.rows / Math.max(1, all)) * Math.abs(bin.confidence - bin.accuracy),
    0,
  );
}

/** Largest share of the rows that one limit on the probability keeps with at least `precision` of them right. */
export function coverageAt({ scores, isRight }: Confidences, precision: number): number {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  let [right, covered] = [0, 0];
  order.forEach((row, index) => {
    if (isRight(row)) right++;
    const next = order[index + 1];
    const isLimit = next === undefined || (scores[next] ?? 0) < (scores[row] ?? 0);
    if (isLimit && right >= precision * (index + 1)) covered = index + 1;
  });
  return covered / Math.max(1, scores.length);
}
