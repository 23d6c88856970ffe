import { join } from 'node:path';
import type { Tagger } from '../src/core/tagger.ts';
import { runBagModel } from '../src/onnx/bag-batches.ts';
import { type FeatureBatch, featuriseFor } from '../src/onnx/featurise.ts';
import { openSession } from '../src/onnx/session.ts';
import type { TaggerFolder } from './tagger-json.ts';

/** Persona tagger over hashed words of both sides and structural features. Holds the table, about 8 MiB as float32. */
export async function openHashedBag({ folder, json, info }: TaggerFolder): Promise<Tagger> {
  const session = await openSession(join(folder, json.model), {
    inputs: ['assistant', 'user', 'scales', 'dense'],
    output: 'scores',
    outputWidth: info.labels.length,
  });
  const rule = multiTurnRule(info.labels);
  const reader = {};
  return {
    info,
    async tag(batch) {
      const features = featuriseFor(reader, batch);
      const scores = await runBagModel(session, features, { outputs: info.labels.length, readsUser: true });
      applyMultiTurnRule(scores, features, info.labels.length, rule);
      return { scores };
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

/** User turns that a `multi_turn` row needs; taxonomy: ">= 3 user turns whose answers depend on earlier turns". */
const multiTurnMinimum = 3;

interface MultiTurnRule {
  readonly from: number;
  readonly to: number;
}

function multiTurnRule(labels: readonly string[]): MultiTurnRule {
  return { from: labels.indexOf('multi_turn'), to: labels.indexOf('conversational_agent') };
}

/**
 * `multi_turn` is a fact about the row's shape before it is a guess about its words: where the row has fewer than three user
 * turns (turns quoted as labelled lines count), what the model gave to `multi_turn` goes to `conversational_agent`.
 * Whether later turns refer back is a feature of the model.
 */
function applyMultiTurnRule(
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
