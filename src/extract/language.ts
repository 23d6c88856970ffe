import { wordsOf } from './words.ts';

/**
 * Guesses the language of a text by the stop words it holds; `other` where letters are of no Latin script, null where there are
 * too few words to tell. Reads the first 2,000 characters.
 */
export function createLanguageGuesser(
  stopWords: Readonly<Record<string, readonly string[]>>,
): (text: string) => string | null {
  const languages = Object.entries(stopWords).map(([name, words]) => ({ name, words: new Set(words) }));
  return (text) => {
    const beginning = text.slice(0, 2000);
    const letters = beginning.match(/\p{L}/gu)?.length ?? 0;
    const latin = beginning.match(/\p{Script=Latin}/gu)?.length ?? 0;
    if (letters >= 10 && latin < letters / 2) return 'other';
    const words = wordsOf(beginning);
    if (words.length < 5) return null;
    const counts = languages.map(({ words: known }) => words.filter((word) => known.has(word)).length);
    const most = Math.max(...counts);
    return most >= 2 ? (languages[counts.indexOf(most)]?.name ?? null) : null;
  };
}
