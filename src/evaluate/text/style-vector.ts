import { plainQuotes, wordsOf } from '../../lib/words.ts';

/** How many of the most frequent words are counted: mostly function words (Burrows 2002; 150 as in later stylometry). */
const frequentWords = 150;

/** What punctuation and length say of a voice, each as a rate, whatever the length of the text. */
const habits: readonly ((turns: readonly string[], words: number) => number)[] = [
  (turns) => rate(turns, /\?/u),
  (turns) => rate(turns, /!/u),
  (turns) => rate(turns, /\.{3}|…/u),
  (turns) => rate(turns, /[—–]/u),
  (turns) => rate(turns, /\d/u),
  (turns, words) => words / Math.max(1, turns.length),
  (turns, words) => words / Math.max(1, sentences(turns)),
  (turns, words) => turns.join('').replaceAll(/[^,]/gu, '').length / Math.max(1, words),
  (turns, words) => turns.join('').replaceAll(/[^']/gu, '').length / Math.max(1, words),
  (turns, words) => turns.join('').length / Math.max(1, words),
];

/**
 * A voice as numbers: rates of the most frequent words of the whole set, of punctuation and lengths; each number standardised over
 * the set, so that all count alike (the vectors of Burrows's Delta). Names in `ignore` are not counted: a voice is not its name.
 * @param texts the turns of one speaker in one conversation each
 */
export function styleVectors(
  texts: readonly (readonly string[])[],
  ignore: ReadonlySet<string>,
): Float64Array[] {
  const plain = texts.map((turns) => turns.map(plainQuotes));
  const words = plain.map((turns) => turns.flatMap(wordsOf).filter((word) => !ignore.has(word)));
  const chosen = mostFrequent(words);
  const rows = words.map((own, index) => {
    const counts = new Map<string, number>();
    for (const word of own) counts.set(word, (counts.get(word) ?? 0) + 1);
    const rates = chosen.map((word) => (counts.get(word) ?? 0) / Math.max(1, own.length));
    const turns = plain[index] ?? [];
    return Float64Array.from([...rates, ...habits.map((habit) => habit(turns, own.length))]);
  });
  return standardise(rows);
}

function mostFrequent(texts: readonly (readonly string[])[]): string[] {
  const counts = new Map<string, number>();
  for (const words of texts) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, frequentWords)
    .map(([word]) => word);
}

/** Mean 0 and deviation 1 of every number; one that never changes becomes 0. */
function standardise(rows: readonly Float64Array[]): Float64Array[] {
  const width = rows[0]?.length ?? 0;
  const result = rows.map(() => new Float64Array(width));
  for (let i = 0; i < width; i++) {
    const values = rows.map((row) => row[i] ?? 0);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    if (deviation < 1e-12) continue;
    for (const [index, value] of values.entries()) {
      const row = result[index];
      if (row) row[i] = (value - mean) / deviation;
    }
  }
  return result;
}

function rate(turns: readonly string[], mark: RegExp): number {
  return turns.filter((turn) => mark.test(turn)).length / Math.max(1, turns.length);
}

function sentences(turns: readonly string[]): number {
  return turns.reduce(
    (sum, turn) => sum + Math.max(1, turn.split(/[.!?…]+(?:\s|$)/u).filter(Boolean).length),
    0,
  );
}
