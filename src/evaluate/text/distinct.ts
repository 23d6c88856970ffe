/** Words of one text, in order. */
export type Words = readonly string[];

/** Share of different n-grams among all n-grams of the texts (Li et al. 2016); null where there is none. */
export function distinctShare(texts: readonly Words[], n: number): number | null {
  const seen = new Set<string>();
  let all = 0;
  for (const words of texts)
    for (let i = 0; i + n <= words.length; i++) {
      seen.add(words.slice(i, i + n).join(' '));
      all++;
    }
  return all === 0 ? null : seen.size / all;
}

/** Words of the window in which types are counted: shorter texts fall back on what there is (Covington and McFall 2010). */
const windowWords = 100;

/**
 * Moving-average type-token ratio over all texts joined: types in a window of 100 words, averaged over all windows, so that more
 * text does not lower it. null where there are no words. One step a word.
 */
export function movingTypeShare(texts: readonly Words[]): number | null {
  const words = texts.flat();
  const size = Math.min(windowWords, words.length);
  if (size === 0) return null;
  const counts = new Map<string, number>();
  let sum = 0;
  for (const [index, word] of words.entries()) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
    if (index >= size) {
      const leaving = words[index - size] ?? '';
      const left = (counts.get(leaving) ?? 1) - 1;
      if (left === 0) counts.delete(leaving);
      else counts.set(leaving, left);
    }
    if (index >= size - 1) sum += counts.size / size;
  }
  return sum / (words.length - size + 1);
}
