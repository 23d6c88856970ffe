import type { CategorisedMessage } from './records.ts';
import { proseOf, sentencesOf, wordsOf } from './words.ts';

/** How something is said, whatever it is about: one number each, before they are standardised. */
export const styleNames = [
  'log words',
  'log words a sentence',
  'letters a word',
  'questions a sentence',
  'exclamations a sentence',
  'commas a word',
  'lower-case beginnings',
  'lines of a list',
  'code',
  'reasoning markers',
  'formal',
  'casual',
  'technical',
  'exploratory',
  'first person',
  'contractions',
] as const;

const readChars = 20_000;
const firstPerson = new Set(['i', "i'm", "i've", "i'd", "i'll", 'me', 'my', 'we', 'our', 'us']);

/** One number for each of `styleNames`. */
export function styleOf(message: CategorisedMessage): Float32Array {
  const prose = proseOf(message.text.slice(0, readChars));
  const words = wordsOf(prose);
  const sentences = sentencesOf(prose);
  const wordCount = Math.max(1, words.length);
  const sentenceCount = Math.max(1, sentences.length);
  const count = (pattern: RegExp): number => prose.match(pattern)?.length ?? 0;
  const share = (test: (sentence: string) => boolean): number =>
    sentences.filter(test).length / sentenceCount;
  const tone = (name: string): number => (message.tone === name ? 1 : 0);
  return Float32Array.from([
    Math.log1p(message.word_count),
    Math.log1p(wordCount / sentenceCount),
    words.reduce((sum, word) => sum + word.length, 0) / wordCount,
    Math.min(1, count(/[?？]/gu) / sentenceCount),
    Math.min(1, count(/[!！]/gu) / sentenceCount),
    Math.min(0.3, count(/,/g) / wordCount),
    share((sentence) => /^\p{Ll}/u.test(sentence)),
    share((sentence) => /^(?:[-*•]|\d+[.)])\s*/.test(sentence)),
    message.has_code ? 1 : 0,
    Math.min(5, message.reasoning_markers.length),
    tone('formal'),
    tone('casual'),
    tone('technical'),
    tone('exploratory'),
    words.filter((word) => firstPerson.has(word)).length / wordCount,
    words.filter((word) => word.includes("'")).length / wordCount,
  ]);
}
