import type { ClusterChoice } from '../../extract/choose-clusters.ts';
import { createExamplePicker } from '../../extract/choose-examples.ts';
import { createProfileCounter } from '../../extract/cluster-profile.ts';
import { compileSigns, nameClusters, signPatterns } from '../../extract/name-clusters.ts';
import type { DiscoveredPersona } from '../../extract/persona.ts';
import { createPhraseCounter } from '../../extract/phrases.ts';
import { separationFolds, type WordSample } from '../../extract/separation.ts';
import { createTermCounter } from '../../extract/terms.ts';
import { proseOf, wordsOf } from '../../extract/words.ts';
import { findPii } from '../../lib/pii/find-pii.ts';
import type { ClusterParams, KeptClusters } from './cluster-stage.ts';
import { drawOf, readEncoded } from './message-stream.ts';

const mostTerms = 20;
const mostPhrases = 12;
const mostExamples = 8;
/** Messages a cluster that the separation is measured on. */
const separationSample = 600;
const separationChars = 1000;

/** Looks at every message once and says what each kept cluster is: counts, terms, phrases, examples, a name. */
export async function collectPersonas(
  params: Omit<ClusterParams, 'clusters'> & {
    readonly assigned: Uint8Array;
    readonly distances: Float32Array;
    readonly choice: ClusterChoice;
    readonly kept: KeptClusters;
  },
): Promise<{ readonly personas: DiscoveredPersona[]; readonly samples: WordSample[] }> {
  const { rules, kept, seed, assigned } = params;
  const count = kept.order.length;
  const stopWords = new Set(Object.values(rules.stopWords).flat());
  const signs = compileSigns(rules.names);
  const patterns = signPatterns(rules.names).length;
  const profiles = kept.order.map(() => createProfileCounter(signs, patterns));
  const terms = createTermCounter(count, stopWords);
  const phrases = createPhraseCounter(count);
  const examples = kept.order.map(() =>
    createExamplePicker(mostExamples, (text) => findPii(text).length > 0),
  );
  const radii = kept.order.map(() => 0);
  const samples: WordSample[] = [];
  const sampled = kept.order.map(() => 0);
  const countedShare = (2 * params.sample) / Math.max(1, params.messages);
  for await (const { index, message } of readEncoded(params.out, params.encoded, params.signal)) {
    const place = kept.place(assigned[index] ?? 0);
    if (place < 0) continue;
    const distance = params.distances[index] ?? 0;
    profiles[place]?.add(message);
    radii[place] = (radii[place] ?? 0) + distance;
    examples[place]?.offer({ id: message.id, text: message.text, context: message.context, distance });
    if (drawOf(message.id, `${seed}/words`) >= countedShare) continue;
    terms.add(place, message.text, message.conversation_id);
    phrases.add(place, message.text, message.conversation_id);
    if ((sampled[place] ?? 0) >= separationSample) continue;
    sampled[place] = (sampled[place] ?? 0) + 1;
    samples.push({
      cluster: place,
      words: [...new Set(wordsOf(proseOf(message.text.slice(0, separationChars))))],
      fold: Math.floor(drawOf(message.conversation_id, `${seed}/fold`) * separationFolds),
    });
  }
  const found = profiles.map(({ profile }) => profile);
  const names = nameClusters(found, rules.names);
  const clusterTerms = terms.terms(mostTerms);
  const clusterPhrases = phrases.phrases(mostPhrases);
  const personas = found.flatMap((profile, cluster) => {
    const name = names[cluster];
    const own = kept.order[cluster] ?? 0;
    if (!name) return [];
    return {
      ...name,
      cluster,
      profile,
      terms: clusterTerms[cluster] ?? [],
      phrases: clusterPhrases[cluster] ?? [],
      examples: examples[cluster]?.examples ?? [],
      silhouette: params.choice.silhouetteOfCluster[own] ?? 0,
      radius: (radii[cluster] ?? 0) / Math.max(1, profile.size),
      centroid: params.choice.fit.centroids[own] ?? [],
    };
  });
  return { personas, samples };
}
