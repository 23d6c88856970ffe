/** Words of a text in lower case, apostrophes kept inside (`don't`); curly apostrophes count as straight ones. */
export function wordsOf(text: string): string[] {
  return plainQuotes(text).toLowerCase().match(wordPattern) ?? [];
}

const wordPattern = /[\p{L}\p{N}]+(?:['-][\p{L}\p{N}]+)*/gu;

/** Curly quotes and apostrophes as straight ones. */
export function plainQuotes(text: string): string {
  return text.replaceAll(/[\u2018\u2019]/gu, "'").replaceAll(/[\u201C\u201D]/gu, '"');
}

/** ` i've been waiting ` of "I've been waiting…": words between blanks, so that one text can be looked for inside another. */
export function plainWords(text: string): string {
  return ` ${wordsOf(text).join(' ')} `;
}
