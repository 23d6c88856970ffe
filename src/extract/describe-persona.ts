import { dominantOf, sharesOf } from './cluster-profile.ts';
import type { DiscoveredPersona } from './persona.ts';

/** What can be said of a persona in words, from counts alone. */
export interface PersonaDescription {
  /** One paragraph. */
  readonly summary: string;
  readonly traits: readonly string[];
  readonly speechPatterns: readonly string[];
  readonly tone: string;
  readonly reasoningStyle: string | null;
  readonly averageWords: number;
}

/** Puts a profile into words. The same profile gives the same words. */
export function describePersona({ profile, noun, terms }: DiscoveredPersona): PersonaDescription {
  const tone = largest(profile.tones) ?? 'neutral';
  const reasoningStyle = largest(profile.reasonings);
  const averageWords = Math.round(profile.words / Math.max(1, profile.size));
  const topics = dominantOf(profile.topics, profile.size);
  const questions = Object.keys(sharesOf(profile.questions, profile.size)).slice(0, 3);
  const markers = Object.keys(sharesOf(profile.markers, profile.size)).slice(0, 5);
  const about = terms.slice(0, 5).map(({ term }) => term);
  return {
    summary:
      `Found in ${profile.size} messages of ${profile.conversations} conversations. Cares about ${noun.focus}; what comes first is ${noun.priority}.` +
      (about.length > 0 ? ` Talks of ${listed(about)}.` : '') +
      ` ${toneSentences[tone] ?? toneSentences['neutral']}`,
    traits: [
      `cares about ${noun.focus}`,
      `wants ${noun.priority}`,
      ...(topics.length > 0 ? [`mostly ${listed(topics)}`] : []),
      toneTraits[tone] ?? 'plain in tone',
      lengthTrait(averageWords),
    ],
    speechPatterns: [
      ...(questions.length > 0 ? [`asks ${listed(questions.map((type) => `"${type}"`))}`] : []),
      ...(markers.length > 0 ? [`reasons with ${listed(markers.map((word) => `"${word}"`))}`] : []),
      ...(profile.withCode / Math.max(1, profile.size) > 0.2 ? ['shows code or output'] : []),
    ],
    tone,
    reasoningStyle,
    averageWords,
  };
}

function largest(counts: Readonly<Record<string, number>>): string | null {
  return Object.keys(sharesOf(counts, 1))[0] ?? null;
}

function lengthTrait(words: number): string {
  if (words < 30) return 'brief';
  return words < 100 ? 'says what is needed' : 'explains at length';
}

const toneTraits: Readonly<Record<string, string>> = {
  formal: 'polite and formal',
  casual: 'casual and direct',
  technical: 'technical and exact',
  exploratory: 'open and exploring',
};

const toneSentences: Readonly<Record<string, string>> = {
  formal: 'The tone is polite and formal.',
  casual: 'The tone is casual.',
  technical: 'The tone is technical.',
  exploratory: 'The tone is open; ideas are tried out in words.',
  neutral: 'The tone is plain.',
};

/** `a, b and c`. */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
