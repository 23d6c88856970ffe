import { round4 } from './cluster-profile.ts';

/** How well two personas can be told apart. */
export interface PairSeparation {
  readonly a: string;
  readonly b: string;
  /** Messages whose side of the two is told right from their words alone, each side counting alike; 0.5 is chance. */
  readonly accuracy: number;
  /** Distance of the centroids over the mean distance of the messages to them; below 1 they overlap. */
  readonly distance: number;
  readonly verdict: 'distinct' | 'too similar';
  readonly advice: 'prompt is enough' | 'train an adapter';
}

/** Below this accuracy a prompt hardly makes a difference that a reader would notice; chosen by us. */
const tooSimilarBelow = 0.8;
/** Nearer than this the two lie in each other. */
const overlapBelow = 0.9;

/** One message for the test: its words, counted once each. */
export interface WordSample {
  readonly cluster: number;
  readonly words: readonly string[];
  /** Messages of one conversation are tested together. */
  readonly fold: number;
}

const folds = 5;
export const separationFolds = folds;

/**
 * Every pair of clusters, told apart by naive Bayes over their words in five folds of whole conversations: another view than
 * the one that made the clusters. Holds the words of the samples.
 */
export function measureSeparation(
  samples: readonly WordSample[],
  clusters: readonly {
    readonly name: string;
    readonly centroid: readonly number[];
    readonly radius: number;
  }[],
): PairSeparation[] {
  const pairs: PairSeparation[] = [];
  for (let a = 0; a < clusters.length; a++) {
    for (let b = a + 1; b < clusters.length; b++) {
      const [one, other] = [clusters[a], clusters[b]];
      if (!one || !other) continue;
      const accuracy = pairAccuracy(samples, a, b);
      const apart = Math.sqrt(
        one.centroid.reduce((sum, value, i) => sum + (value - (other.centroid[i] ?? 0)) ** 2, 0),
      );
      const distance = apart / Math.max(1e-9, (one.radius + other.radius) / 2);
      const isSimilar = accuracy < tooSimilarBelow || distance < overlapBelow;
      pairs.push({
        a: one.name,
        b: other.name,
        accuracy: round4(accuracy),
        distance: round4(distance),
        verdict: isSimilar ? 'too similar' : 'distinct',
        advice: isSimilar ? 'train an adapter' : 'prompt is enough',
      });
    }
  }
  return pairs;
}

function pairAccuracy(samples: readonly WordSample[], a: number, b: number): number {
  const own = samples.filter(({ cluster }) => cluster === a || cluster === b);
  const right = [0, 0];
  const all = [0, 0];
  for (let fold = 0; fold < folds; fold++) {
    const model = learn(
      own.filter((sample) => sample.fold !== fold),
      a,
    );
    for (const sample of own.filter((one) => one.fold === fold)) {
      const side = sample.cluster === a ? 0 : 1;
      all[side] = (all[side] ?? 0) + 1;
      if ((judge(model, sample.words) > 0 ? 0 : 1) === side) right[side] = (right[side] ?? 0) + 1;
    }
  }
  return ((right[0] ?? 0) / Math.max(1, all[0] ?? 0) + (right[1] ?? 0) / Math.max(1, all[1] ?? 0)) / 2;
}

/** Word → log odds for side a; messages with the word, with 1 added. */
function learn(samples: readonly WordSample[], a: number): ReadonlyMap<string, number> {
  const counts = new Map<string, [number, number]>();
  const sizes: [number, number] = [0, 0];
  for (const { cluster, words } of samples) {
    const side = cluster === a ? 0 : 1;
    sizes[side]++;
    for (const word of words) {
      const known = counts.get(word) ?? [0, 0];
      known[side]++;
      counts.set(word, known);
    }
  }
  const odds = new Map<string, number>();
  for (const [word, [inA, inB]] of counts) {
    if (inA + inB < 2) continue;
    odds.set(word, Math.log((inA + 1) / (sizes[0] + 2)) - Math.log((inB + 1) / (sizes[1] + 2)));
  }
  return odds;
}

function judge(model: ReadonlyMap<string, number>, words: readonly string[]): number {
  return words.reduce((sum, word) => sum + (model.get(word) ?? 0), 0);
}
