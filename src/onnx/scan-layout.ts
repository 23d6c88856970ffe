/** The two sides of a row: everything the assistant says, and everything the user says. */
export const side = { assistant: 0, user: 1 } as const;
export type Side = (typeof side)[keyof typeof side];

/** Counters that are neither byte classes nor lexicon categories. */
export const tally = {
  bytes: 0,
  words: 1,
  wordBytes: 2,
  sentences: 3,
  questions: 4,
  bullets: 5,
  headings: 6,
  numberedRun: 7,
  numberedLines: 8,
  codeFences: 9,
  codeBytes: 10,
  turnMarkers: 11,
  capitalised: 12,
  segments: 13,
  startsAsData: 14,
  endsAsQuestion: 15,
  laterBackReferences: 16,
  longWords: 17,
  firstSentenceHedges: 18,
  firstSentenceQuestion: 19,
  firstSentenceDeferral: 20,
  firstSentenceWords: 21,
} as const;
export const tallyCount = 22;

const bucketBits = 16;
export const bucketCount = 1 << bucketBits;
/** The lower half of the buckets holds words, the upper half pairs of words: a word's vector never falls on a pair. */
export const wordBucketCount = bucketCount >> 1;
/** Features kept per side, word and bigram each counting one; the rest of a long text only counts. See bench/results.md. */
export const featureLimits = [128, 48] as const;
