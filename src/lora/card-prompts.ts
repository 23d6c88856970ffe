import type { Card } from '../core/card.ts';
import type { PromptLevel } from './system-prompt.ts';

/** The prompts of a card; one without any is described by its summary and its voice. */
export function cardPrompts({
  name,
  summary,
  identity,
  voice,
  prompts,
}: Card): Readonly<Record<PromptLevel, string | null>> {
  if (prompts.minimal !== null || prompts.standard !== null || prompts.full !== null) return prompts;
  const minimal = [`You are ${name}${identity.role === null ? '' : `, ${identity.role}`}.`, summary]
    .filter((part) => part !== '')
    .join(' ');
  const manner = [...voice.traits, ...voice.speech_patterns];
  return {
    minimal,
    standard: manner.length > 0 ? `${minimal} How you speak: ${manner.join('; ')}.` : null,
    full: null,
  };
}
