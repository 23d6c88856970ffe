import type { Card } from '../../core/card.ts';

export const promptLevels = ['minimal', 'standard', 'full'] as const;
export type PromptLevel = (typeof promptLevels)[number];

/**
 * The `<system>` prompt of a persona in a situation. `standard` is the guide's format word for word: name, traits, situation, the
 * first three speech patterns, and the domain; `minimal` only says who and where; `full` holds all that the card says.
 * The same card, situation and level give the same text. An empty situation is left out.
 */
export function generateSystemPrompt(
  card: Card,
  situation: string,
  options: { readonly domain: string; readonly level: PromptLevel },
): string {
  const parts = partsOf(card, situation, options.level);
  const said = [...parts, `Stay focused on ${options.domain} topics only.`];
  return `<system> ${said.filter((part) => part !== '').join(' ')} </system>`;
}

/**
 * The level of a cell where several are wanted, so that a third of the prompts each is minimal, standard and full, evenly over
 * personas and over scenarios.
 */
export function mixedLevel(persona: number, scenario: number): PromptLevel {
  return promptLevels[(persona + scenario) % promptLevels.length] ?? 'standard';
}

function partsOf(card: Card, situation: string, level: PromptLevel): string[] {
  const who = `You are ${card.name}.`;
  if (level === 'minimal') return [who, situation];
  const speech = card.voice.speech_patterns;
  if (level === 'standard') return [who, card.summary, situation, speech.slice(0, 3).join(', ')];
  return [who, ...identityParts(card), card.summary, situation, ...voiceParts(card), ...ruleParts(card)];
}

function identityParts({ identity }: Card): string[] {
  const { age, gender, role } = identity;
  const known = [age === null ? '' : `${age} years old`, gender ?? '', role ?? ''].filter(
    (part) => part !== '',
  );
  return known.length === 0 ? [] : [sentence(known.join(', '))];
}

function voiceParts({ voice }: Card): string[] {
  const { speech_patterns: patterns, phrases, tone, gap_ms: gap, word_limit: limit } = voice;
  return [
    patterns.length === 0 ? '' : sentence(`How you speak: ${patterns.join('; ')}`),
    phrases.length === 0 ? '' : `Phrases of yours: ${phrases.map((phrase) => `"${phrase}"`).join(', ')}.`,
    tone === null ? '' : sentence(`Your tone is ${tone}`),
    gap === null ? '' : `You pause ${gap[0]} to ${gap[1]} ms before you answer.`,
    limit === null ? '' : `You say at most ${limit} words at a time.`,
  ];
}

function ruleParts({ rules: { conversation } }: Card): string[] {
  if (!conversation) return [];
  const { what_engages, what_frustrates, what_escalates, what_ends_conversation } =
    conversation.behavioral_triggers;
  return [
    sentence(conversation.opening_behavior),
    sentence(conversation.response_style),
    listed('What engages you', what_engages),
    listed('What frustrates you', what_frustrates),
    listed('What makes it worse', what_escalates),
    listed('What ends the conversation for you', what_ends_conversation),
  ];
}

function listed(title: string, items: readonly string[]): string {
  return items.length === 0 ? '' : sentence(`${title}: ${items.join('; ')}`);
}

/** With a full stop where it has no end. */
function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' || /[.!?…]$/u.test(trimmed) ? trimmed : `${trimmed}.`;
}
