import type { Words } from './distinct.ts';
import { ngramsOf } from './repetition.ts';

const longestGram = 4;
/** Stands in for a count of 0, so that one missing order does not make the whole 0 (NLTK's smoothing method 1). */
const smallest = 0.1;

/**
 * Mean BLEU-4 of every text against all others (Zhu et al. 2018): 0 where nothing is shared, 1 where the texts are the same. Exact
 * and in one pass: of each n-gram only the two highest counts of any text are needed, since a text's references are all but itself.
 * null for fewer than two texts. Holds the n-grams of all texts.
 */
export function selfBleu(texts: readonly Words[]): number | null {
  const spoken = texts.filter((words) => words.length > 0);
  if (spoken.length < 2) return null;
  const lengths = spoken.map((words) => words.length).toSorted((a, b) => a - b);
  const logs = new Float64Array(spoken.length);
  for (let n = 1; n <= longestGram; n++) addOrder(spoken, n, logs);
  const scores = spoken.map((words, index) => {
    const reference = closestOther(lengths, words.length);
    const penalty = words.length >= reference ? 1 : Math.exp(1 - reference / words.length);
    return penalty * Math.exp(logs[index] ?? 0);
  });
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** Adds a quarter of the logarithm of the clipped precision of one order. */
function addOrder(texts: readonly Words[], n: number, logs: Float64Array): void {
  const counts = texts.map((words) => countGrams(ngramsOf(words, n)));
  const best = new Map<string, { text: number; count: number; second: number }>();
  for (const [text, grams] of counts.entries())
    for (const [gram, count] of grams) {
      const known = best.get(gram);
      if (!known) best.set(gram, { text, count, second: 0 });
      else if (count > known.count) best.set(gram, { text, count, second: known.count });
      else if (count > known.second) known.second = count;
    }
  for (const [text, grams] of counts.entries()) {
    let [clipped, all] = [0, 0];
    for (const [gram, count] of grams) {
      const known = best.get(gram);
      const elsewhere = known === undefined ? 0 : known.text === text ? known.second : known.count;
      clipped += Math.min(count, elsewhere);
      all += count;
    }
    logs[text] = (logs[text] ?? 0) + Math.log(Math.max(clipped, smallest) / Math.max(all, 1)) / longestGram;
  }
}

function countGrams(grams: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const gram of grams) counts.set(gram, (counts.get(gram) ?? 0) + 1);
  return counts;
}

/** The length of another text that is nearest; of two as near the shorter one. `lengths` is sorted and holds `own`. */
function closestOther(lengths: readonly number[], own: number): number {
  const at = lengths.indexOf(own);
  const [below, above] = [lengths[at - 1], lengths[at + 1]];
  if (below === undefined) return above ?? own;
  if (above === undefined) return below;
  return above - own < own - below ? above : below;
}
