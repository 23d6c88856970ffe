import { denseCount, type FeatureBatch } from './featurise.ts';
import type { OnnxSession, TensorData } from './session.ts';
import { featureLimits, side } from './scan-layout.ts';

/** Rows of one call: the gathered codes of 256 rows (1 MiB) still fit the cache (bench/results.md). */
const rowsPerCall = 256;
/** A row's ids are padded to the next of these lengths, which depend on the row alone, so its neighbours cannot change its sums. */
const assistantLengths = [32, 64, featureLimits[side.assistant]] as const;
const userLength = featureLimits[side.user];

/**
 * Runs a bag model over a batch in groups of rows of like length and returns its outputs in the batch's row order,
 * rounded to 1e-5 because matrix kernels differ in the last bits with the number of rows.
 */
export async function runBagModel(
  session: OnnxSession,
  features: FeatureBatch,
  model: { readonly outputs: number; readonly readsUser: boolean },
): Promise<Float32Array> {
  const scores = new Float32Array(features.rows * model.outputs);
  for (const group of groupRows(features)) {
    for (let from = 0; from < group.rows.length; from += rowsPerCall) {
      const rows = group.rows.slice(from, from + rowsPerCall);
      const part = await session.run(feedsOf(features, rows, group, model.readsUser));
      scatter(part, rows, model.outputs, scores);
    }
  }
  return scores;
}

interface RowGroup {
  readonly assistantLength: number;
  readonly rows: number[];
}

function groupRows(features: FeatureBatch): readonly RowGroup[] {
  const groups: readonly RowGroup[] = assistantLengths.map((assistantLength) => ({
    assistantLength,
    rows: [],
  }));
  for (let row = 0; row < features.rows; row++) {
    const count = features.assistantCounts[row] ?? 0;
    const step = assistantLengths.findIndex((length) => count <= length);
    groups[step]?.rows.push(row);
  }
  return groups;
}

function feedsOf(
  features: FeatureBatch,
  rows: readonly number[],
  group: RowGroup,
  readsUser: boolean,
): Record<string, TensorData> {
  const count = rows.length;
  const sides = readsUser ? 2 : 1;
  const scales = new Float32Array(count * sides);
  const dense = new Float32Array(count * denseCount);
  const assistant = new Int32Array(count * group.assistantLength);
  const user = new Int32Array(readsUser ? count * userLength : 0);
  for (let i = 0; i < count; i++) {
    const row = rows[i] ?? 0;
    copyIds(
      features.assistantIds,
      row * featureLimits[side.assistant],
      features.assistantCounts[row] ?? 0,
      assistant,
      i * group.assistantLength,
    );
    scales[i * sides] = 1 / Math.sqrt(Math.max(1, features.assistantCounts[row] ?? 0));
    if (readsUser) {
      copyIds(
        features.userIds,
        row * featureLimits[side.user],
        features.userCounts[row] ?? 0,
        user,
        i * userLength,
      );
      scales[i * sides + 1] = 1 / Math.sqrt(Math.max(1, features.userCounts[row] ?? 0));
    }
    dense.set(features.dense.subarray(row * denseCount, (row + 1) * denseCount), i * denseCount);
  }
  const feeds: Record<string, TensorData> = {
    assistant: { type: 'int32', data: assistant, dims: [count, group.assistantLength] },
    scales: { type: 'float32', data: scales, dims: [count, sides] },
    dense: { type: 'float32', data: dense, dims: [count, denseCount] },
  };
  if (readsUser) feeds['user'] = { type: 'int32', data: user, dims: [count, userLength] };
  return feeds;
}

function copyIds(source: Int32Array, from: number, count: number, target: Int32Array, at: number): void {
  for (let i = 0; i < count; i++) target[at + i] = source[from + i] ?? 0;
}

function scatter(part: Float32Array, rows: readonly number[], outputs: number, scores: Float32Array): void {
  for (let i = 0; i < rows.length; i++) {
    const at = (rows[i] ?? 0) * outputs;
    for (let j = 0; j < outputs; j++) scores[at + j] = Math.round((part[i * outputs + j] ?? 0) * 1e5) / 1e5;
  }
}
