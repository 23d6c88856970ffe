import { findPii } from './find-pii.ts';

/** More than a find with blanks in it is long; one without is a word. A private key is found by how it begins. */
const longestFind = 512;
/** Letters without capitals (Han, kana, Thai, …) are left out: many of their scripts put no blanks between words. */
const partOfWord = /^[^\s\p{Lo}]/u;
const lastWord = /(?<![^\s\p{Lo}])[^\s\p{Lo}]+$/u;

/**
 * At most `limit` UTF-16 units from the beginning, never half a character, word or find of `findPii`: of half an address nobody
 * could tell later that it is one. Looks at what lies around the limit, not at the whole text.
 */
export function cutWhole(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const beginning = text.slice(0, limit);
  const cut = partOfWord.test(text.slice(limit, limit + 2)) ? beginning.replace(lastWord, '') : beginning;
  const halved = findPii(text.slice(0, limit + longestFind)).find(
    ({ start, end }) => start < cut.length && end > cut.length,
  );
  return halved ? text.slice(0, halved.start) : cut;
}
