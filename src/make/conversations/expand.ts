/** Facts of one conversation by slot name. A slot without a fact makes a sentence impossible. */
export type Facts = Readonly<Record<string, string>>;

/** One of the items; the list must not be empty. */
export function pick<T>(items: readonly T[], random: () => number): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new TypeError('nothing to pick from');
  return item;
}

/** The items in a random order. */
export function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const keyed = items.map((item) => ({ item, key: random() }));
  return keyed.toSorted((a, b) => a.key - b.key).map(({ item }) => item);
}

/** A sentence with its choices made and its slots filled; null where a fact is missing. */
export function expand(template: string, facts: Facts, random: () => number): string | null {
  const chosen = template.replace(/\[([^[\]]*\|[^[\]]*)\]/gu, (_whole, choices: string) =>
    pick(choices.split('|'), random),
  );
  let isWhole = true;
  const filled = chosen.replace(/\{(\w+)\}/gu, (_slot, name: string) => {
    const fact = facts[name];
    if (fact === undefined) isWhole = false;
    return fact ?? '';
  });
  return isWhole ? tidy(filled) : null;
}

/** Whether every slot of a sentence has a fact. */
export function hasFacts(template: string, facts: Facts): boolean {
  return [...template.matchAll(/\{(\w+)\}/gu)].every((match) => facts[match[1] ?? ''] !== undefined);
}

/** Articles that fit the next word, single blanks, and a capital at the start of every sentence. */
export function tidy(text: string): string {
  return text
    .replaceAll(/\b([Aa])(?:\(n\))? (?=[aeiou])(?!one|uni|use|usual)/gu, '$1n ')
    .replaceAll(/\b([Aa])\(n\) /gu, '$1 ')
    .replaceAll(/\s{2,}/gu, ' ')
    .trim()
    .replaceAll(
      /(^|(?<!\.\.)[.!?]\s+)(\p{Ll})/gu,
      (_all, before: string, letter: string) => before + letter.toUpperCase(),
    );
}
