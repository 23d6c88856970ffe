import type { OnnxSession } from '../src/onnx/session.ts';
import type { WordPiece } from '../src/onnx/wordpiece.ts';
import { emptyRow, type EncodedRow, feedsOf, groupByLength } from './token-rows.ts';

/** How logits become probabilities. */
export interface Activation {
  readonly activation: 'softmax' | 'sigmoid';
  readonly calibration: { readonly temperature: number; readonly folded: boolean };
}

/** Runs a transformer over rows, grouped by length, and returns their scores, row-major [rows, width], in row order. */
export async function scoreRows(
  session: OnnxSession,
  rows: readonly EncodedRow[],
  model: { readonly tokenizer: WordPiece; readonly json: Activation; readonly width: number },
): Promise<Float32Array> {
  const { tokenizer, json, width } = model;
  const scores = new Float32Array(rows.length * width);
  for (const group of groupByLength(rows)) {
    const members = group.rows.map((row) => rows[row] ?? emptyRow);
    const logits = await session.run(feedsOf(session, members, group.length, tokenizer.padId));
    for (const [i, row] of group.rows.entries())
      activate(logits, i * width, width, json, scores, row * width);
  }
  return scores;
}

/** Logits to scores, rounded to 1e-4: kernels differ in the last bits with the number of rows in a call. */
function activate(
  logits: Float32Array,
  from: number,
  width: number,
  rule: Activation,
  out: Float32Array,
  at: number,
): void {
  const temperature = rule.calibration.folded ? 1 : rule.calibration.temperature;
  let highest = -Infinity;
  for (let j = 0; j < width; j++) highest = Math.max(highest, (logits[from + j] ?? 0) / temperature);
  let sum = 0;
  for (let j = 0; j < width; j++) sum += Math.exp((logits[from + j] ?? 0) / temperature - highest);
  for (let j = 0; j < width; j++) {
    const logit = (logits[from + j] ?? 0) / temperature;
    const score =
      rule.activation === 'softmax' ? Math.exp(logit - highest) / sum : 1 / (1 + Math.exp(-logit));
    out[at + j] = Math.round(score * 1e4) / 1e4;
  }
}
