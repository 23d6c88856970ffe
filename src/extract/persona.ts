import type { ExampleCandidate } from './choose-examples.ts';
import type { ClusterProfile } from './cluster-profile.ts';
import type { NounRule } from './name-clusters.ts';
import type { ScoredTerm } from './terms.ts';

/** A persona found in somebody's messages: what the prompts, the cards and the report are made from. */
export interface DiscoveredPersona {
  /** Slug of the name; unique. */
  readonly id: string;
  readonly name: string;
  readonly cluster: number;
  readonly noun: NounRule;
  readonly profile: ClusterProfile;
  readonly terms: readonly ScoredTerm[];
  /** Beginnings of sentences that it uses more than the others, lower case. */
  readonly phrases: readonly string[];
  readonly examples: readonly ExampleCandidate[];
  readonly silhouette: number;
  /** Mean distance of its messages to the centroid. */
  readonly radius: number;
  readonly centroid: readonly number[];
}
