/** What a word or phrase of the lexicon is counted as; the value is its bit and its place in the counters. */
export const categories = {
  hedge: 0,
  contraction: 1,
  slang: 2,
  connective: 3,
  contrast: 4,
  orderFirst: 5,
  orderMiddle: 6,
  orderLast: 7,
  step: 8,
  option: 9,
  optionNoun: 10,
  secondPerson: 11,
  firstPerson: 12,
  validation: 13,
  sensory: 14,
  simile: 15,
  technical: 16,
  positive: 17,
  negative: 18,
  reason: 19,
  proSide: 20,
  conSide: 21,
  bothSides: 22,
  backReference: 23,
  deferral: 24,
  roleLabel: 25,
  phraseEnd: 26,
  refusal: 27,
  narrative: 28,
  /** Not counted: the last word but one of a phrase. */
  phraseInner: 29,
  /** Everyday words that are technical only in the company of others: "class", "function", "tree". */
  technicalLoose: 30,
} as const;

export type Category = keyof typeof categories;
export const categoryCount = Object.keys(categories).length;
