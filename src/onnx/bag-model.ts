import { readFile } from 'node:fs/promises';
import { BagSums } from './bag-sums.ts';
import { cutBags } from './cut-bags.ts';
import { denseCount, type FeatureBatch } from './featurise.ts';
import { featureLimits, type Side, side } from './scan-layout.ts';
import { type OnnxSession, openSession, type TensorData } from './session.ts';

/** Quicker than more or fewer (bench/results.md). */
const fastestRowsPerCall = 256;

/** A model over hashed features: bags of a table's rows by side, and structural features. One call at a time. */
export interface BagModel extends AsyncDisposable {
  /**
   * The outputs in row order, rounded to 1e-6 because matrix kernels differ in the last bits with the number of rows; at one row
   * a call not even the last bits depend on the rows around a row. At most 256 rows a call.
   */
  score(features: FeatureBatch, rowsPerCall?: number): Promise<Float32Array>;
}

interface Shape {
  /** Numbers a row that come out. */
  readonly outputs: number;
  readonly readsUser: boolean;
}

type Feed = (features: FeatureBatch, from: number, to: number) => Record<string, TensorData>;

/**
 * Opens the ONNX file of a bag model: inputs `assistant` and `user` [rows, ids], `scales` [rows, sides] and `dense`, output
 * `scores`. Where its bags have the form that the training scripts write, they are summed outside of the graph, with the same result to the bit
 * (docs/decisions/2026-11-23-bags-in-webassembly.md). @throws ConfigError as openSession
 */
export async function openBagModel(path: string, shape: Shape): Promise<BagModel> {
  const { feed, session } = await openParts(path, shape);
  return {
    async score(features, rowsPerCall = fastestRowsPerCall) {
      const scores = new Float32Array(features.rows * shape.outputs);
      for (let from = 0; from < features.rows; from += rowsPerCall) {
        const to = Math.min(features.rows, from + rowsPerCall);
        const part = await session.run(feed(features, from, to));
        for (let i = 0; i < part.length; i++) {
          scores[from * shape.outputs + i] = Math.round((part[i] as number) * 1e6) / 1e6;
        }
      }
      return scores;
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

async function openParts(
  path: string,
  shape: Shape,
): Promise<{ readonly feed: Feed; readonly session: OnnxSession }> {
  const sides = shape.readsUser ? (['assistant', 'user'] as const) : (['assistant'] as const);
  const expected = { output: 'scores', outputWidth: shape.outputs };
  const file = await readFile(path).catch(() => null); // a missing file is the session's to tell
  const cut = file && cutBags(file, sides, expected.output);
  if (!cut) {
    const session = await openSession(path, { ...expected, inputs: [...sides, 'scales', 'dense'] });
    return { session, feed: feedIds(sides) };
  }
  const session = await openSession(path, { ...expected, inputs: [...cut.bags, 'dense'] }, cut.rest);
  const sums = new BagSums(cut.table, { rows: fastestRowsPerCall, limit: Math.max(...featureLimits) });
  return {
    session,
    feed: feedBags(
      sums,
      cut.table.width,
      sides.map((name, i) => [side[name], cut.bags[i] ?? '']),
    ),
  };
}

/** Padding costs less than sorting rows by length and copying them, and sums of integers do not change with it. */
function feedIds(sides: readonly (keyof typeof side)[]): Feed {
  return (features, from, to) => {
    const scales = new Float32Array((to - from) * sides.length);
    const feeds: Record<string, TensorData> = { dense: denseOf(features, from, to) };
    for (const [column, name] of sides.entries()) {
      scalesOf(features, side[name], from, to).forEach((scale, row) => {
        scales[row * sides.length + column] = scale;
      });
      const width = featureLimits[side[name]];
      feeds[name] = { type: 'int32', data: idsOf(features, side[name], from, to), dims: [to - from, width] };
    }
    feeds['scales'] = { type: 'float32', data: scales, dims: [to - from, sides.length] };
    return feeds;
  };
}

function feedBags(sums: BagSums, width: number, bags: readonly (readonly [Side, string])[]): Feed {
  return (features, from, to) => {
    const feeds: Record<string, TensorData> = { dense: denseOf(features, from, to) };
    for (const [of, name] of bags) {
      const data = sums.sum(
        idsOf(features, of, from, to),
        featureLimits[of],
        scalesOf(features, of, from, to),
      );
      feeds[name] = { type: 'float32', data, dims: [to - from, width] };
    }
    return feeds;
  };
}

function idsOf(features: FeatureBatch, of: Side, from: number, to: number): Int32Array {
  const ids = of === side.assistant ? features.assistantIds : features.userIds;
  return ids.subarray(from * featureLimits[of], to * featureLimits[of]);
}

/** One over the square root of a side's number of features. */
function scalesOf(features: FeatureBatch, of: Side, from: number, to: number): Float32Array {
  const counts = of === side.assistant ? features.assistantCounts : features.userCounts;
  const scales = new Float32Array(to - from);
  for (let row = from; row < to; row++) scales[row - from] = 1 / Math.sqrt(Math.max(1, counts[row] ?? 0));
  return scales;
}

function denseOf(features: FeatureBatch, from: number, to: number): TensorData {
  return {
    type: 'float32',
    data: features.dense.subarray(from * denseCount, to * denseCount),
    dims: [to - from, denseCount],
  };
}
