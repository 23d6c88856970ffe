import { proseOf, wordsOf } from './words.ts';

/** Words and word pairs of the clusters, counted; feed it messages in any order. */
export interface TermCounter {
  add(cluster: number, text: string, conversation: string): void;
  /** Terms that set each cluster apart, strongest first, by c-TF-IDF. */
  terms(most: number): readonly (readonly ScoredTerm[])[];
}

export interface ScoredTerm {
  readonly term: string;
  readonly score: number;
  readonly count: number;
}

interface TermFacts {
  readonly counts: Uint32Array;
  /** The first conversation it was met in, until there is a second. */
  readonly conversation: string;
  isSpread: boolean;
}

/** Of a message, what its beginning says. */
const readChars = 2000;
/** A name or a slip that one conversation is about is no term of a person. */
const fewestUses = 3;

/**
 * c-TF-IDF (Grootendorst 2022): frequency of a term in a cluster × log(1 + words a cluster on average / frequency of the term in
 * all). Single words and pairs of neighbours without stop words and numbers. Memory: the different words and pairs of what is added.
 */
export function createTermCounter(clusters: number, stopWords: ReadonlySet<string>): TermCounter {
  const facts = new Map<string, TermFacts>();
  const totals = new Float64Array(clusters);
  const conversations = new Set<string>();
  const isTerm = (word: string): boolean =>
    word.length > 2 && word.length < 30 && !stopWords.has(word) && !/^\p{N}/u.test(word);
  return {
    add(cluster, text, conversation) {
      if (conversations.size < 2) conversations.add(conversation);
      const words = wordsOf(proseOf(text.slice(0, readChars)));
      let before: string | null = null;
      for (const word of words) {
        const own = isTerm(word) ? word : null;
        if (own) {
          totals[cluster] = (totals[cluster] ?? 0) + 1;
          count(facts, own, cluster, { clusters, conversation });
          if (before) count(facts, `${before} ${own}`, cluster, { clusters, conversation });
        }
        before = own;
      }
    },
    terms(most) {
      const average = totals.reduce((sum, total) => sum + total, 0) / clusters;
      const known = [...facts].filter(
        ([, { isSpread, counts }]) => (isSpread || conversations.size < 2) && sumOf(counts) >= fewestUses,
      );
      return Array.from(totals, (total, cluster) => {
        const scored = known.map(([term, { counts }]) => ({
          term,
          count: counts[cluster] ?? 0,
          score: ((counts[cluster] ?? 0) / Math.max(1, total)) * Math.log(1 + average / sumOf(counts)),
        }));
        return withoutParts(scored.filter((one) => one.count >= fewestUses).toSorted(byScore), most);
      });
    },
  };
}

function count(
  facts: Map<string, TermFacts>,
  term: string,
  cluster: number,
  { clusters, conversation }: { readonly clusters: number; readonly conversation: string },
): void {
  let known = facts.get(term);
  if (!known) {
    known = { counts: new Uint32Array(clusters), conversation, isSpread: false };
    facts.set(term, known);
  }
  known.counts[cluster] = (known.counts[cluster] ?? 0) + 1;
  if (known.conversation !== conversation) known.isSpread = true;
}

function sumOf(counts: Uint32Array): number {
  return counts.reduce((sum, one) => sum + one, 0);
}

function byScore(a: ScoredTerm, b: ScoredTerm): number {
  return b.score - a.score || (a.term < b.term ? -1 : 1);
}

/** Of a pair and its words only what comes first. */
function withoutParts(ranked: readonly ScoredTerm[], most: number): ScoredTerm[] {
  const taken: ScoredTerm[] = [];
  const words = new Set<string>();
  for (const one of ranked) {
    if (taken.length === most) break;
    const parts = one.term.split(' ');
    if (parts.every((part) => words.has(part))) continue;
    for (const part of parts) words.add(part);
    taken.push(one);
  }
  return taken;
}
