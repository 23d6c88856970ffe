import { lexiconPhrases, lexiconWords } from './lexicon-words.ts';
import { categories, type Category, categoryCount } from './lexicon-categories.ts';

/** FNV-1a 32-bit, the hash of a word's lower-cased bytes everywhere in the featuriser. */
const fnvOffset = 0x811c9dc5 | 0;
const fnvPrime = 0x01000193;

const tableBits = 11;
/** Places of a table but one: the low bits of a hash are where its search begins. */
export const lexiconMask = (1 << tableBits) - 1;
/** Bytes of one table: a hash and its bits to a place. */
export const lexiconBytes = 8 << tableBits;

/** Open-addressed hash table: word (or phrase) hash at even places, its category bits after it. About 16 KiB a table. */
export type Lexicon = Int32Array;

/** Single words. The last two words of a phrase carry `phraseInner` and `phraseEnd`, so that few words cost a phrase look-up. */
export const wordLexicon: Lexicon = emptyLexicon();
/** Two- to four-word phrases by `joinHash` of their word hashes. */
export const phraseLexicon: Lexicon = emptyLexicon();

fillLexicons();

/** Hash of a sequence of words, extended by one word. */
function joinHash(left: number, right: number): number {
  return (Math.imul(left ^ (left >>> 15), 0x2c1b3c6d) + right) | 0;
}

/** Hash of one lower-cased word given as text. */
export function hashWord(word: string): number {
  let hash = fnvOffset;
  for (const byte of Buffer.from(word, 'utf8')) hash = Math.imul(hash ^ byte, fnvPrime);
  return hash;
}

/** Bit of a category in the masks of the tables. */
export function categoryBit(category: Category): number {
  return 1 << categories[category];
}

function emptyLexicon(): Lexicon {
  return new Int32Array(lexiconBytes / Int32Array.BYTES_PER_ELEMENT);
}

function fillLexicons(): void {
  if (categoryCount > 31)
    throw new RangeError(`${categoryCount} lexicon categories do not fit in a bit mask`);
  for (const [category, words] of Object.entries(lexiconWords)) {
    for (const word of words.split(' ')) add(wordLexicon, hashWord(word), bitOf(category));
  }
  for (const [category, phrases] of Object.entries(lexiconPhrases)) {
    for (const phrase of phrases.split('|')) addPhrase(phrase.split(' '), bitOf(category));
  }
}

function bitOf(category: string): number {
  // The word lists are keyed by Category (see `satisfies` there); Object.entries only loses that type.
  return categoryBit(category as Category);
}

function addPhrase(words: readonly string[], bits: number): void {
  const hashes = words.map(hashWord);
  add(phraseLexicon, hashes.slice(1).reduce(joinHash, hashes[0] ?? 0), bits);
  add(wordLexicon, hashes.at(-1) ?? 0, categoryBit('phraseEnd'));
  add(wordLexicon, hashes.at(-2) ?? 0, categoryBit('phraseInner'));
}

function add(lexicon: Lexicon, hash: number, bits: number): void {
  let place = hash & lexiconMask;
  while (lexicon[place * 2] !== 0 && lexicon[place * 2] !== hash) place = (place + 1) & lexiconMask;
  lexicon[place * 2] = hash;
  lexicon[place * 2 + 1] = (lexicon[place * 2 + 1] ?? 0) | bits;
}
