import { join } from 'node:path';
import type { Tagger } from '../src/core/tagger.ts';
import { openBagModel } from '../src/onnx/bag-model.ts';
import { featuriseFor } from '../src/onnx/featurise.ts';
import { explainBag } from './explain-bag.ts';
import { applyMultiTurnRule, multiTurnRule } from './multi-turn-rule.ts';
import type { TaggerFolder } from './tagger-json.ts';

/** Persona tagger over hashed words of both sides and structural features. Holds the table, 4 MiB of int8. */
export async function openHashedBag({ folder, json, info }: TaggerFolder): Promise<Tagger> {
  const model = await openBagModel(join(folder, json.model), {
    outputs: info.labels.length,
    readsUser: true,
  });
  const rule = multiTurnRule(info.labels);
  const reader = {};
  return {
    info,
    async tag(batch) {
      const features = featuriseFor(reader, batch);
      const scores = await model.score(features);
      applyMultiTurnRule(scores, features, info.labels.length, rule);
      return { scores };
    },
    explain: (batch, chosen, most) => explainBag(model, batch, { labels: info.labels, chosen, most }),
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}
