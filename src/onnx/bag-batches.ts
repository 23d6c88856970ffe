import { denseCount, type FeatureBatch } from './featurise.ts';
import type { OnnxSession, TensorData } from './session.ts';
import { featureLimits, side } from './scan-layout.ts';

/** The gathered codes of 256 rows (1 MiB) still fit the cache (bench/results.md). */
const fastestRowsPerCall = 256;

export interface BagModel {
  /** Numbers a row that come out. */
  readonly outputs: number;
  readonly readsUser: boolean;
  /** 1 where not even the last bits may depend on the rows around a row. */
  readonly rowsPerCall?: number;
}

/**
 * Runs a bag model over a batch and returns its outputs in row order, rounded to 1e-6 because matrix kernels differ in the
 * last bits with the number of rows. The feature arrays are handed over as they are: padding costs less than sorting rows
 * by length and copying them, and sums of integers do not change with it.
 */
export async function runBagModel(
  session: OnnxSession,
  features: FeatureBatch,
  model: BagModel,
): Promise<Float32Array> {
  const { rowsPerCall = fastestRowsPerCall } = model;
  const scores = new Float32Array(features.rows * model.outputs);
  const scales = scalesOf(features, model.readsUser);
  for (let from = 0; from < features.rows; from += rowsPerCall) {
    const to = Math.min(features.rows, from + rowsPerCall);
    const part = await session.run(feedsOf(features, scales, { from, to, readsUser: model.readsUser }));
    for (let i = 0; i < part.length; i++) {
      scores[from * model.outputs + i] = Math.round((part[i] as number) * 1e6) / 1e6;
    }
  }
  return scores;
}

/** One over the square root of each side's number of features. */
function scalesOf(features: FeatureBatch, readsUser: boolean): Float32Array {
  const sides = readsUser ? 2 : 1;
  const scales = new Float32Array(features.rows * sides);
  for (let row = 0; row < features.rows; row++) {
    scales[row * sides] = 1 / Math.sqrt(Math.max(1, features.assistantCounts[row] ?? 0));
    if (readsUser) scales[row * sides + 1] = 1 / Math.sqrt(Math.max(1, features.userCounts[row] ?? 0));
  }
  return scales;
}

function feedsOf(
  features: FeatureBatch,
  scales: Float32Array,
  { from, to, readsUser }: { readonly from: number; readonly to: number; readonly readsUser: boolean },
): Record<string, TensorData> {
  const rows = to - from;
  const ids = (all: Int32Array, width: number): TensorData => ({
    type: 'int32',
    data: all.subarray(from * width, to * width),
    dims: [rows, width],
  });
  const numbers = (all: Float32Array, width: number): TensorData => ({
    type: 'float32',
    data: all.subarray(from * width, to * width),
    dims: [rows, width],
  });
  const feeds: Record<string, TensorData> = {
    assistant: ids(features.assistantIds, featureLimits[side.assistant]),
    scales: numbers(scales, readsUser ? 2 : 1),
    dense: numbers(features.dense, denseCount),
  };
  if (readsUser) feeds['user'] = ids(features.userIds, featureLimits[side.user]);
  return feeds;
}
