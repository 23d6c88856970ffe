import { byteClassCount } from './byte-classes.ts';
import { categoryCount } from './lexicon-categories.ts';
import { lexiconBytes } from './lexicon.ts';
import { featureLimits, side, tallyCount } from './scan-layout.ts';

const int32 = Int32Array.BYTES_PER_ELEMENT;
let next = 0;

function place(bytes: number): number {
  const at = next;
  next += Math.ceil(bytes / 8) * 8;
  return at;
}

/** Where the scanner's counters, tables and text lie in its memory, in bytes; both sides of the border read these numbers. */
export const scanMemory = {
  classes: place(2 * byteClassCount * int32),
  lexical: place(2 * categoryCount * int32),
  tallies: place(2 * tallyCount * int32),
  assistantFeatures: place(featureLimits[side.assistant] * int32),
  userFeatures: place(featureLimits[side.user] * int32),
  featureCounts: place(2 * int32),
  countersEnd: place(0),
  classOfByte: place(256),
  letterOfByte: place(256),
  endsWord: place(256),
  wordLexicon: place(lexiconBytes),
  phraseLexicon: place(lexiconBytes),
  /** The text of one batch begins here and has no end. */
  text: place(0),
} as const;
