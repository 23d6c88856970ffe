import { type FeatureBatch, measureCount } from '../src/onnx/featurise.ts';
import { categories, type Category } from '../src/onnx/lexicon-categories.ts';
import { tally, tallyCount } from '../src/onnx/scan-layout.ts';

/** Learnt heads of one row, each in [0, 1]. */
export interface Heads {
  readonly formality: number;
  readonly positive: number;
  readonly negative: number;
  readonly support: number;
  readonly humour: number;
}

/** Limits of the definitions in traits.yaml; counts per 100 words unless named otherwise. */
const limits = {
  briefWords: 100,
  detailedWords: 300,
  contrasts: 2,
  steps: 3,
  technicalShare: 0.05,
  explorations: 2,
  options: 3,
  directHedges: 1,
  hedgedHedges: 3,
  questions: 2,
  vividWords: 2,
};

/**
 * Score of each trait by its id, in [0, 1]. Measured traits score 0.5 exactly at the limit of their definition and hold from there
 * on (threshold 0.5); learnt ones carry the head's value and the definition's own threshold. A row without assistant text
 * scores 0 everywhere.
 */
export const traitScorers: Readonly<Record<string, (row: TraitRow, heads: Heads) => number>> = {
  formal: (_, heads) => heads.formality,
  casual: (_, heads) => 1 - heads.formality,
  brief: (row) => atLeast(limits.briefWords - 0.5, row.words),
  detailed: (row) => atLeast(row.words, limits.detailedWords),
  supportive: (_, heads) => heads.support,
  positive: (_, heads) => Math.max(0, heads.positive - heads.negative),
  critical: scoreCritical,
  nuanced: (row) => {
    const bothSides = row.count('bothSides') > 0 || (row.count('proSide') > 0 && row.count('conSide') > 0);
    return Math.min(atLeast(row.count('contrast'), limits.contrasts), bothSides ? 1 : 0.25);
  },
  methodical: (row) =>
    atLeast(Math.max(row.tally('numberedRun'), row.count('step'), chainedSteps(row)), limits.steps),
  technical: (row) =>
    row.tally('codeFences') > 0
      ? 1
      : atLeast(technicalTerms(row) / Math.max(1, row.words), limits.technicalShare),
  exploratory: (row) =>
    atLeast(Math.max(row.count('option') / limits.explorations, distinctOptions(row) / limits.options), 1),
  direct: (row) => (answersAtOnce(row) ? atLeast(limits.directHedges, row.per100('hedge') + 1e-3) : 0),
  hedged: (row) => atLeast(row.per100('hedge'), limits.hedgedHedges),
  humorous: (_, heads) => heads.humour,
  inquisitive: (row) => {
    const questions = row.tally('questions');
    return row.tally('endsAsQuestion') > 0
      ? Math.max(0.75, atLeast(questions, limits.questions))
      : atLeast(questions, limits.questions);
  },
  vivid: (row) => atLeast(row.per100('sensory') + row.per100('simile'), limits.vividWords),
};

/** Exact counts of one row's assistant side, code left out. Reused for every row: `at` moves it. */
export class TraitRow {
  readonly #measures: Int32Array;
  readonly #rows: number;
  #base = 0;

  constructor(features: FeatureBatch) {
    this.#measures = features.measures;
    this.#rows = features.rows;
  }

  at(row: number): this {
    if (row >= this.#rows) throw new RangeError(`row ${row} of ${this.#rows}`);
    this.#base = row * measureCount;
    return this;
  }

  get words(): number {
    return this.tally('words');
  }

  get isEmpty(): boolean {
    return this.tally('bytes') === 0;
  }

  tally(name: keyof typeof tally): number {
    return this.#measures[this.#base + tally[name]] ?? 0;
  }

  count(category: Category): number {
    return this.#measures[this.#base + tallyCount + categories[category]] ?? 0;
  }

  per100(category: Category): number {
    return (this.count(category) * 100) / Math.max(1, this.words);
  }
}

/** value / (value + limit): 0.5 at the limit, rising with the value, never 0.5 below it. */
function atLeast(value: number, limit: number): number {
  if (!(value > 0)) return 0;
  return value / (value + limit);
}

/** Negative judgement of the thing discussed counts as criticism only when the text gives reasons. */
function scoreCritical(row: TraitRow, heads: Heads): number {
  const negative = Math.max(0, heads.negative - heads.positive);
  return row.count('reason') > 0 ? negative : Math.min(negative, 0.3);
}

/** Everyday words such as "class" or "memory" count only beside terms that are technical by themselves. */
function technicalTerms(row: TraitRow): number {
  const strict = row.count('technical');
  return strict === 0 ? 0 : strict + row.count('technicalLoose');
}

/** "First …, then …, finally …" at the heads of clauses; without a beginning it is no chain. */
function chainedSteps(row: TraitRow): number {
  const first = row.count('orderFirst');
  if (first === 0) return 0;
  return 1 + row.count('orderMiddle') + row.count('orderLast');
}

/** List items under a word such as "ideas" or "options". */
function distinctOptions(row: TraitRow): number {
  if (row.count('optionNoun') === 0) return row.count('option');
  return Math.max(row.tally('bullets'), row.tally('numberedLines'), row.count('option'));
}

/** The first sentence is a statement: no question, no hedge, no throat-clearing ("Great question", "Let me", "I think"). */
function answersAtOnce(row: TraitRow): boolean {
  return (
    row.tally('firstSentenceWords') > 0 &&
    row.tally('firstSentenceQuestion') === 0 &&
    row.tally('firstSentenceHedges') === 0 &&
    row.tally('firstSentenceDeferral') === 0
  );
}
