/** Finds words and phrases at word borders: `word`, `begin*`, `several words`. */
export interface WordMatcher {
  /** For each occurrence the group and the pattern as written, in order of the words. Longer phrases come before shorter ones. */
  match(words: readonly string[]): readonly WordHit[];
}

export interface WordHit {
  /** Index of the group. */
  readonly group: number;
  readonly pattern: string;
  /** Index of the first word. */
  readonly at: number;
}

interface Pattern {
  readonly group: number;
  readonly text: string;
  readonly words: readonly string[];
  readonly isOpen: boolean;
}

/**
 * Compiles groups of patterns. What a word can begin is remembered, so that a text costs one look-up a word. With `longestOnly`
 * words of a phrase are hits of nothing shorter: `what if` is no `what` and no `if`.
 */
export function compileMatcher(
  groups: readonly (readonly string[])[],
  { longestOnly = false }: { readonly longestOnly?: boolean } = {},
): WordMatcher {
  const patterns = groups.flatMap((texts, group) => texts.map((text) => compile(text, group)));
  const byFirst = new Map<string, Pattern[]>();
  const open = patterns.filter((pattern) => pattern.isOpen);
  for (const pattern of patterns) {
    if (pattern.isOpen) continue;
    const first = pattern.words[0] ?? '';
    byFirst.set(first, [...(byFirst.get(first) ?? []), pattern]);
  }
  const known = new Map<string, readonly Pattern[]>();
  const candidates = (word: string): readonly Pattern[] => {
    let found = known.get(word);
    if (!found) {
      const begun = open.filter((pattern) => word.startsWith(pattern.words[0] ?? ''));
      found = [...(byFirst.get(word) ?? []), ...begun].toSorted((a, b) => b.words.length - a.words.length);
      if (known.size < maximumKnown) known.set(word, found);
    }
    return found;
  };
  return {
    match(words) {
      const hits: WordHit[] = [];
      let taken = 0;
      for (const [at, word] of words.entries()) {
        if (at < taken) continue;
        for (const { group, text, words: wanted } of candidates(word)) {
          if (wanted.length > 1 && !wanted.every((each, i) => words[at + i] === each)) continue;
          if (at < taken && wanted.length < taken - at) continue;
          hits.push({ group, pattern: text, at });
          if (longestOnly) taken = Math.max(taken, at + wanted.length);
        }
      }
      return hits;
    },
  };
}

/** Words of an export beyond this many are looked up anew each time: about 20 MiB. */
const maximumKnown = 200_000;

function compile(text: string, group: number): Pattern {
  const isOpen = text.endsWith('*');
  const words = (isOpen ? text.slice(0, -1) : text).toLowerCase().split(/[\s.]+/);
  return { group, text: isOpen ? text.slice(0, -1) : text, words, isOpen };
}
