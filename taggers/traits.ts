import { join } from 'node:path';
import { ConfigError } from '../src/core/errors.ts';
import type { Tagger, TraitHeads } from '../src/core/tagger.ts';
import { openBagModel } from '../src/onnx/bag-model.ts';
import { featuriseFor } from '../src/onnx/featurise.ts';
import { suggestName } from '../src/lib/nearest.ts';
import { type Heads, TraitRow, traitScorers } from './measured-traits.ts';
import type { TaggerFolder } from './tagger-json.ts';

/** The model's output columns, in this order. */
const heads = ['formality', 'positive', 'negative', 'support', 'humour'] as const;

/**
 * Trait tagger: the measurable traits are counted exactly from the assistant's text, the others read from five learnt heads,
 * its own or those that another model's pass over the same rows gave.
 * Holds the heads' table, 1 MiB of int8.
 */
export async function openTraits({ folder, json, info }: TaggerFolder): Promise<Tagger> {
  const path = join(folder, 'tagger.json');
  if (json.kind !== 'traits' || json.heads.join() !== heads.join()) {
    throw new ConfigError(`${path}: heads must be ${heads.join(', ')}`, { code: 'tagger-json-invalid' });
  }
  const scorers = info.labels.map((label) => {
    const scorer = traitScorers[label];
    if (scorer) return scorer;
    throw new ConfigError(`${path}: no rule or head measures the trait "${label}"`, {
      code: 'tagger-unknown-label',
      hint: suggestName(label, Object.keys(traitScorers)),
    });
  });
  const model = await openBagModel(join(folder, json.model), { outputs: heads.length, readsUser: false });
  const reader = {};
  return {
    info,
    async tag(batch, given) {
      const features = featuriseFor(reader, batch);
      const outputs = (given && ownHeads(given)) ?? (await model.score(features));
      const row = new TraitRow(features);
      const scores = new Float32Array(features.rows * scorers.length);
      for (let r = 0; r < features.rows; r++) {
        row.at(r);
        if (row.isEmpty) continue;
        const learnt = headsAt(outputs, r * heads.length);
        for (let t = 0; t < scorers.length; t++)
          scores[r * scorers.length + t] = scorers[t]?.(row, learnt) ?? 0;
      }
      return { scores };
    },
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}

/** The given heads in the order of ours; undefined where one is missing. */
function ownHeads({ names, values }: TraitHeads): Float32Array | undefined {
  const columns = heads.map((head) => names.indexOf(head));
  if (columns.includes(-1)) return undefined;
  const rows = values.length / names.length;
  return Float32Array.from({ length: rows * heads.length }, (_, i) => {
    const row = Math.floor(i / heads.length);
    return values[row * names.length + (columns[i % heads.length] ?? 0)] ?? 0;
  });
}

function headsAt(outputs: Float32Array, at: number): Heads {
  return {
    formality: outputs[at] ?? 0,
    positive: outputs[at + 1] ?? 0,
    negative: outputs[at + 2] ?? 0,
    support: outputs[at + 3] ?? 0,
    humour: outputs[at + 4] ?? 0,
  };
}
