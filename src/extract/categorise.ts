import type { ExtractedMessage, MessageCategories } from './records.ts';
import { compileMatcher, type WordHit } from './word-matcher.ts';
import { proseOf, sentencesOf, wordsOf } from './words.ts';

/** configs/extract/categories.yaml. */
export interface CategoryRules {
  readonly topics: Readonly<Record<string, readonly string[]>>;
  readonly tones: Readonly<Record<string, readonly string[]>>;
  readonly reasoning: Readonly<Record<string, readonly string[]>>;
  readonly questions: Readonly<Record<string, readonly string[]>>;
  /** Fewer words than this. */
  readonly lengths: { readonly short: number; readonly medium: number; readonly long: number };
  readonly code_forms: readonly string[];
}

/** What code in a message counts as for the topic `coding`, in words. */
const codeWeight = 3;
/** Of a longer message, what its beginning says decides. */
const readChars = 20_000;

/** Compiles the rules; the result sorts messages by what their words say. Pure, no state but remembered words. */
export function createCategoriser(
  rules: CategoryRules,
): (message: Pick<ExtractedMessage, 'text' | 'word_count'>) => MessageCategories {
  const topics = groupCounter(rules.topics);
  const tones = groupCounter(rules.tones);
  const reasoning = groupCounter(rules.reasoning);
  const questions = questionFinder(rules.questions);
  const codeForms = rules.code_forms.map((form) => new RegExp(form, 'm'));
  return ({ text, word_count: wordCount }) => {
    const beginning = text.slice(0, readChars);
    const hasCode = codeForms.some((form) => form.test(beginning));
    const prose = proseOf(beginning);
    const words = wordsOf(prose);
    const topic = topics(words, hasCode ? { coding: codeWeight } : {});
    const reasons = reasoning(words, {});
    return {
      topic_category: topic.best ?? 'general',
      tone: tones(words, {}).best ?? 'neutral',
      reasoning_markers: [...new Set(reasons.hits.map((hit) => hit.pattern))],
      reasoning_style: reasons.best,
      question_types: questions(prose),
      length_category: lengthOf(wordCount, rules.lengths),
      has_code: hasCode,
    };
  };
}

function lengthOf(words: number, limits: CategoryRules['lengths']): string {
  if (words < limits.short) return 'short';
  if (words < limits.medium) return 'medium';
  return words < limits.long ? 'long' : 'very_long';
}

function groupCounter(groups: Readonly<Record<string, readonly string[]>>) {
  const names = Object.keys(groups);
  const matcher = compileMatcher(Object.values(groups), { longestOnly: true });
  return (
    words: readonly string[],
    more: Readonly<Record<string, number>>,
  ): { readonly best: string | null; readonly hits: readonly WordHit[] } => {
    const hits = matcher.match(words);
    const counts = names.map((name) => more[name] ?? 0);
    for (const { group } of hits) counts[group] = (counts[group] ?? 0) + 1;
    const most = Math.max(...counts);
    return { best: most > 0 ? (names[counts.indexOf(most)] ?? null) : null, hits };
  };
}

/** Types of the questions in a text: their words anywhere in a sentence that ends in a question mark, else at its beginning. */
function questionFinder(groups: Readonly<Record<string, readonly string[]>>) {
  const names = Object.keys(groups);
  const matcher = compileMatcher(Object.values(groups), { longestOnly: true });
  return (prose: string): string[] => {
    const found = new Set<number>();
    for (const sentence of sentencesOf(prose)) {
      const isQuestion = /[?？]["')\]]*$/u.test(sentence);
      for (const { group, at } of matcher.match(wordsOf(sentence)))
        if (isQuestion || at === 0) found.add(group);
    }
    return names.filter((_, group) => found.has(group));
  };
}
