import { proseOf, sentencesOf, wordsOf } from './words.ts';

/** Runs of three to five words that a person repeats, by cluster. */
export interface PhraseCounter {
  add(cluster: number, text: string, conversation: string): void;
  /** The phrases that a cluster has most of beyond its part, longest where one contains the other. */
  phrases(most: number): readonly (readonly string[])[];
}

interface PhraseFacts {
  readonly counts: Uint32Array;
  readonly conversation: string;
  isSpread: boolean;
}

const readChars = 600;
const lengths = [3, 4, 5];
/** Only words that begin a sentence: that is where people have their manners. */
const sentenceWords = 7;
const fewestUses = 3;

/** Counts phrases at the beginnings of sentences. Memory: the different phrases of what is added. */
export function createPhraseCounter(clusters: number): PhraseCounter {
  const facts = new Map<string, PhraseFacts>();
  const sizes = new Float64Array(clusters);
  const conversations = new Set<string>();
  return {
    add(cluster, text, conversation) {
      sizes[cluster] = (sizes[cluster] ?? 0) + 1;
      if (conversations.size < 2) conversations.add(conversation);
      const seen = new Set<string>();
      for (const sentence of sentencesOf(proseOf(text.slice(0, readChars)))) {
        const words = wordsOf(sentence).slice(0, sentenceWords);
        for (const length of lengths) {
          if (words.length >= length) seen.add(words.slice(0, length).join(' '));
        }
      }
      for (const phrase of seen) count(facts, phrase, cluster, { clusters, conversation });
    },
    phrases(most) {
      const known = [...facts].filter(([, { isSpread }]) => isSpread || conversations.size < 2);
      return Array.from(sizes, (size, cluster) => {
        const scored = known.flatMap(([phrase, { counts }]) => {
          const own = counts[cluster] ?? 0;
          if (own < fewestUses || /\p{N}/u.test(phrase)) return [];
          const elsewhere = counts.reduce((sum, one) => sum + one, 0) - own;
          const others = sizes.reduce((sum, one) => sum + one, 0) - size;
          const lift = own / Math.max(1, size) / ((elsewhere + 1) / Math.max(1, others));
          return lift > 1.5
            ? [{ phrase, score: own * Math.log(lift) * Math.sqrt(phrase.split(' ').length) }]
            : [];
        });
        scored.sort((a, b) => b.score - a.score || (a.phrase < b.phrase ? -1 : 1));
        return withoutContained(
          scored.map(({ phrase }) => phrase),
          most,
        );
      });
    },
  };
}

function count(
  facts: Map<string, PhraseFacts>,
  phrase: string,
  cluster: number,
  { clusters, conversation }: { readonly clusters: number; readonly conversation: string },
): void {
  let known = facts.get(phrase);
  if (!known) {
    known = { counts: new Uint32Array(clusters), conversation, isSpread: false };
    facts.set(phrase, known);
  }
  known.counts[cluster] = (known.counts[cluster] ?? 0) + 1;
  if (known.conversation !== conversation) known.isSpread = true;
}

function withoutContained(ranked: readonly string[], most: number): string[] {
  const taken: string[] = [];
  for (const phrase of ranked) {
    if (taken.length === most) break;
    const isKnown = taken.some(
      (one) => ` ${one} `.includes(` ${phrase} `) || ` ${phrase} `.includes(` ${one} `),
    );
    if (!isKnown) taken.push(phrase);
  }
  return taken;
}
