import type { OnnxSession } from '../src/onnx/session.ts';
import { type EncodedRow, feedsOf } from './token-rows.ts';

/** How logits become probabilities. */
export interface Activation {
  readonly activation: 'softmax' | 'sigmoid';
  readonly calibration: { readonly temperature: number; readonly folded: boolean };
}

/**
 * Runs a transformer over rows, one a call, and returns their scores, row-major [rows, width]. A call of one row needs no
 * padding and costs no more than its share of a larger call; and int8 models scale their activations by the call, so that rows
 * of one call would change each other's scores (by up to 0.23 over 160 real rows).
 */
export async function scoreRows(
  session: OnnxSession,
  rows: readonly EncodedRow[],
  model: { readonly json: Activation; readonly width: number },
): Promise<Float32Array> {
  const { json, width } = model;
  const scores = new Float32Array(rows.length * width);
  for (const [row, encoded] of rows.entries()) {
    activate(
      await session.run(feedsOf(session, encoded)),
      json,
      scores.subarray(row * width, (row + 1) * width),
    );
  }
  return scores;
}

/** One row's logits to scores, rounded to 1e-4: what lies below says nothing. */
export function activate(logits: Float32Array, rule: Activation, out: Float32Array): void {
  const width = out.length;
  const temperature = rule.calibration.folded ? 1 : rule.calibration.temperature;
  let highest = -Infinity;
  for (let j = 0; j < width; j++) highest = Math.max(highest, (logits[j] ?? 0) / temperature);
  let sum = 0;
  for (let j = 0; j < width; j++) sum += Math.exp((logits[j] ?? 0) / temperature - highest);
  for (let j = 0; j < width; j++) {
    const logit = (logits[j] ?? 0) / temperature;
    const score =
      rule.activation === 'softmax' ? Math.exp(logit - highest) / sum : 1 / (1 + Math.exp(-logit));
    out[j] = Math.round(score * 1e4) / 1e4;
  }
}
