import { join } from 'node:path';
import type { Tagger } from '../src/core/tagger.ts';
import { runBagModel } from '../src/onnx/bag-batches.ts';
import { featuriseFor } from '../src/onnx/featurise.ts';
import { openSession } from '../src/onnx/session.ts';
import { explainBag } from './explain-bag.ts';
import { applyMultiTurnRule, multiTurnRule } from './multi-turn-rule.ts';
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
    explain: (batch, chosen, most) => explainBag(session, batch, { labels: info.labels, chosen, most }),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
