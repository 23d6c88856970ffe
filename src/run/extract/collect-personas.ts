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
import { replaceSpans } from '../../lib/pii/replace-spans.ts';
import type { ClusterParams, KeptClusters } from './cluster-stage.ts';
import { drawOf, readEncoded } from './message-stream.ts';

const mostTerms = 20;
const mostPhrases = 12;
const mostExamples = 8;
/** Messages a cluster that the separation is measured on. */
const separationSample = 600;
const separationChars = 1000;

interface CollectParams extends Omit<ClusterParams, 'clusters'> {
  /** Cluster of each message, as fitted. */
  readonly assigned: Uint8Array;
  readonly distances: Float32Array;
  readonly choice: ClusterChoice;
  readonly kept: KeptClusters;
}

/** Looks at every message once and says what each kept cluster is: counts, terms, phrases, examples, a name. */
export async function collectPersonas(
  params: CollectParams,
): Promise<{ readonly personas: DiscoveredPersona[]; readonly samples: WordSample[] }> {
  const { kept, seed, assigned } = params;
  const collected = startCollecting(params);
  const { clusters, terms, phrases, samples } = collected;
  const countedShare = (2 * params.sample) / Math.max(1, params.messages);
  for await (const { index, message } of readEncoded(params.out, params.encoded, params.signal)) {
    const place = kept.place(assigned[index] ?? 0);
    const cluster = clusters[place];
    if (!cluster) continue;
    const distance = params.distances[index] ?? 0;
    cluster.counter.add(message);
    cluster.distances += distance;
    cluster.picker.offer({ id: message.id, text: message.text, context: message.context, distance });
    if (drawOf(message.id, `${seed}/words`) >= countedShare) continue;
    const said = withoutPii(message.text);
    terms.add(place, said, message.conversation_id);
    phrases.add(place, said, message.conversation_id);
    if (cluster.sampled >= separationSample) continue;
    cluster.sampled++;
    samples.push({
      cluster: place,
      words: [...new Set(wordsOf(proseOf(message.text.slice(0, separationChars))))],
      fold: Math.floor(drawOf(message.conversation_id, `${seed}/fold`) * separationFolds),
    });
  }
  return { personas: compose(params, collected), samples };
}

/** A number, which no term and no phrase holds, so that none goes through it; without blanks, so that an address of a page stays one. */
const hidden = '[0]';

function withoutPii(text: string): string {
  return replaceSpans(text, findPii(text), () => hidden);
}

type Collected = ReturnType<typeof startCollecting>;

function startCollecting({ rules, kept }: CollectParams) {
  const signs = compileSigns(rules.names);
  const patterns = signPatterns(rules.names).length;
  const isPrivate = (text: string): boolean => findPii(text).length > 0;
  const stopWords = new Set(Object.values(rules.stopWords).flat());
  const samples: WordSample[] = [];
  return {
    clusters: kept.order.map(() => ({
      counter: createProfileCounter(signs, patterns),
      picker: createExamplePicker(mostExamples, isPrivate),
      distances: 0,
      sampled: 0,
    })),
    terms: createTermCounter(kept.order.length, stopWords),
    phrases: createPhraseCounter(kept.order.length),
    samples,
  };
}

function compose({ rules, kept, choice }: CollectParams, collected: Collected): DiscoveredPersona[] {
  const profiles = collected.clusters.map(({ counter }) => counter.profile);
  const names = nameClusters(profiles, rules.names);
  const terms = collected.terms.terms(mostTerms);
  const phrases = collected.phrases.phrases(mostPhrases);
  return collected.clusters.flatMap(({ picker, distances }, cluster) => {
    const [name, profile] = [names[cluster], profiles[cluster]];
    if (!name || !profile) return [];
    const own = kept.order[cluster] ?? 0;
    return {
      ...name,
      cluster,
      profile,
      terms: terms[cluster] ?? [],
      phrases: phrases[cluster] ?? [],
      examples: picker.examples,
      silhouette: choice.silhouetteOfCluster[own] ?? 0,
      radius: distances / Math.max(1, profile.size),
      centroid: choice.fit.centroids[own] ?? [],
    };
  });
}
