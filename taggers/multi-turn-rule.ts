import type { FeatureBatch } from '../src/onnx/featurise.ts';

/** User turns that a `multi_turn` row needs; taxonomy: ">= 3 user turns whose answers depend on earlier turns". */
const multiTurnMinimum = 3;

/** Places of the two labels; −1 where a tagger has not both. */
export interface MultiTurnRule {
  readonly from: number;
  readonly to: number;
}

export function multiTurnRule(labels: readonly string[]): MultiTurnRule {
  return { from: labels.indexOf('multi_turn'), to: labels.indexOf('conversational_agent') };
}

/**
 * `multi_turn` is a fact about the row's shape before it is a guess about its words: where the row has fewer than three user
 * turns (those of a quoted conversation are turns), what the model gave to `multi_turn` goes to `conversational_agent`.
 * Whether later turns refer back is a feature of the model.
 */
export function applyMultiTurnRule(
  scores: Float32Array,
  features: FeatureBatch,
  width: number,
  rule: MultiTurnRule,
): void {
  if (rule.from < 0 || rule.to < 0) return;
  for (let row = 0; row < features.rows; row++) {
    if ((features.userTurns[row] ?? 0) >= multiTurnMinimum) continue;
    const from = row * width + rule.from;
    const to = row * width + rule.to;
    scores[to] = (scores[to] ?? 0) + (scores[from] ?? 0);
    scores[from] = 0;
  }
}
