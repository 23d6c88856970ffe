/** Words of style descriptions, each with the trait that the tagger can see of it. */
const traitWords: Readonly<Record<string, string>> = {
  technical: 'technical',
  precise: 'direct',
  direct: 'direct',
  blunt: 'direct',
  decisive: 'direct',
  concise: 'brief',
  brief: 'brief',
  short: 'brief',
  terse: 'brief',
  detailed: 'detailed',
  thorough: 'detailed',
  comprehensive: 'detailed',
  'long-form': 'detailed',
  verbose: 'detailed',
  supportive: 'supportive',
  warm: 'supportive',
  understanding: 'supportive',
  empathetic: 'supportive',
  empathic: 'supportive',
  caring: 'supportive',
  imaginative: 'vivid',
  descriptive: 'vivid',
  narrative: 'vivid',
  vivid: 'vivid',
  poetic: 'vivid',
  'step-by-step': 'methodical',
  methodical: 'methodical',
  systematic: 'methodical',
  structured: 'methodical',
  balanced: 'nuanced',
  nuanced: 'nuanced',
  formal: 'formal',
  professional: 'formal',
  casual: 'casual',
  informal: 'casual',
  friendly: 'casual',
  chatty: 'casual',
  humorous: 'humorous',
  funny: 'humorous',
  witty: 'humorous',
  playful: 'humorous',
  curious: 'inquisitive',
  inquisitive: 'inquisitive',
  exploratory: 'exploratory',
  brainstorming: 'exploratory',
  cautious: 'hedged',
  hedged: 'hedged',
  tentative: 'hedged',
  positive: 'positive',
  optimistic: 'positive',
  enthusiastic: 'positive',
  cheerful: 'positive',
  critical: 'critical',
  sceptical: 'critical',
  skeptical: 'critical',
};

export interface WantedTraits {
  /** Trait ids, each once, in order of appearance. */
  readonly traits: readonly string[];
  /** Parts of the description that no trait stands for. */
  readonly unmatched: readonly string[];
}

/** Traits that a description of a style asks for: `technical, precise, concise` → technical, direct, brief. */
export function wantedTraits(descriptions: readonly string[], known: readonly string[]): WantedTraits {
  const traits = new Set<string>();
  const unmatched = new Set<string>();
  for (const part of descriptions.flatMap((text) => text.toLowerCase().split(/[,;/]|\band\b/))) {
    const words = part
      .trim()
      .split(/[\s_]+/)
      .filter((word) => word !== '');
    const found = words.flatMap((word) => (known.includes(word) ? [word] : (traitWords[word] ?? [])));
    for (const trait of found) traits.add(trait);
    if (found.length === 0 && words.length > 0) unmatched.add(part.trim());
  }
  return { traits: [...traits].filter((trait) => known.includes(trait)), unmatched: [...unmatched] };
}
