import { stemmer } from 'stemmer';

/** Stems of the words of a text, in order. `1:1` and `1on1` read as one-on-one; `disclose` never holds `close`. */
export function stemsOf(text: string): string[] {
  const words =
    text
      .toLowerCase()
      .replace(oneOnOne, ' one on one ')
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.map(stem);
}

/** Stems without the words that carry no meaning of their own. */
export function contentStemsOf(text: string): string[] {
  return stemsOf(text).filter((word) => !stopWords.has(word));
}

/** Whether the phrase stands in the text, word beside word. An empty phrase stands nowhere. */
export function hasPhrase(text: readonly string[], phrase: readonly string[]): boolean {
  if (phrase.length === 0) return false;
  for (
    let start = text.indexOf(phrase[0] ?? '');
    start >= 0;
    start = text.indexOf(phrase[0] ?? '', start + 1)
  ) {
    if (phrase.every((word, offset) => text[start + offset] === word)) return true;
  }
  return false;
}

const oneOnOne = /\b1\s?(?::|-on-|on)\s?1s?\b/g;
const stopWords = new Set(
  'a an and as at by for from in into is it its of on or our that the their this to we with you your'.split(
    ' ',
  ),
);

/** Stems cost a microsecond each and texts repeat their words: remembered, at most 50,000. */
const remembered = new Map<string, string>();

function stem(word: string): string {
  const known = remembered.get(word);
  if (known !== undefined) return known;
  const found = stemmer(word);
  if (remembered.size < 50_000) remembered.set(word, found);
  return found;
}
