/** What a transcript says of one speaker. */
export interface Annotation {
  readonly type: string;
  /** Empty where nobody says it. */
  readonly name: string;
  readonly traits: string;
  readonly background: string;
  readonly speech_patterns: readonly string[];
  readonly situation: string;
}

export interface AnnotatedPrompts {
  readonly minimal: string;
  readonly standard: string;
  readonly full: string;
}

/** The kinds of persona that the guide tells apart. */
export const personaTypes = ['angry', 'nervous', 'friendly', 'indecisive', 'enthusiast'] as const;

/**
 * The prompts of an annotation: `standard` in the guide's order (name, traits, background and situation, the first three speech
 * patterns), `minimal` who and where, `full` with the type and every pattern.
 */
export function annotatedPrompts(
  annotation: Annotation,
  place: { readonly domain: string; readonly agent: string },
): AnnotatedPrompts {
  const { name, traits, background, speech_patterns: patterns, situation, type } = annotation;
  const who = `You are ${name === '' ? `a ${place.agent}` : name}.`;
  const wrap = (...parts: string[]): string =>
    `<system> ${[...parts.map(sentence), `Stay focused on ${place.domain} topics only.`].filter((part) => part !== '').join(' ')} </system>`;
  return {
    minimal: wrap(who, situation),
    standard: wrap(who, traits, background, situation, patterns.slice(0, 3).join(', ')),
    full: wrap(
      who,
      `Your type is ${type}`,
      traits,
      background,
      situation,
      `How you speak: ${patterns.join('; ')}`,
    ),
  };
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' || /[.!?…]$/u.test(trimmed) ? trimmed : `${trimmed}.`;
}
