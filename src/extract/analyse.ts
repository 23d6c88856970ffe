import type { ClusterChoice } from './choose-clusters.ts';
import { dominantOf, round4, sharesOf } from './cluster-profile.ts';
import type { DiscoveredPersona } from './persona.ts';
import type { PairSeparation } from './separation.ts';

/** `clusters/cluster_analysis.json`. */
export function analysisOf(found: {
  readonly personas: readonly DiscoveredPersona[];
  readonly choice: ClusterChoice;
  readonly separation: readonly PairSeparation[];
  readonly seed: number;
  readonly messages: number;
  readonly sampled: number;
  readonly unclustered: number;
  readonly minimumSize: number;
}): Readonly<Record<string, unknown>> {
  const { choice, personas } = found;
  return {
    k: choice.k,
    forced: choice.isForced,
    silhouette: round4(choice.silhouette),
    stability: round4(choice.stability),
    seed: found.seed,
    messages: found.messages,
    sampled: found.sampled,
    unclustered: found.unclustered,
    minimum_cluster_size: found.minimumSize,
    candidates: choice.candidates.map(({ k, silhouette, stability }) => ({
      k,
      silhouette: round4(silhouette),
      stability: round4(stability),
    })),
    clusters: personas.map(clusterOf),
    separation: found.separation,
  };
}

function clusterOf(persona: DiscoveredPersona): Readonly<Record<string, unknown>> {
  const { profile } = persona;
  const { size } = profile;
  return {
    cluster: persona.cluster,
    id: persona.id,
    name: persona.name,
    size,
    conversations: profile.conversations,
    dominant_topics: dominantOf(profile.topics, size),
    dominant_tones: dominantOf(profile.tones, size),
    dominant_reasonings: dominantOf(profile.reasonings, size),
    dominant_lengths: dominantOf(profile.lengths, size),
    topics: sharesOf(profile.topics, size),
    tones: sharesOf(profile.tones, size),
    reasonings: sharesOf(profile.reasonings, size),
    lengths: sharesOf(profile.lengths, size),
    question_types: sharesOf(profile.questions, size),
    code_ratio: round4(profile.withCode / Math.max(1, size)),
    avg_words: Math.round((profile.words / Math.max(1, size)) * 10) / 10,
    silhouette: round4(persona.silhouette),
    radius: round4(persona.radius),
    terms: persona.terms.map(({ term }) => term),
    phrases: persona.phrases,
    sample_ids: persona.examples.map(({ id }) => id),
  };
}
