import { newCard, slugOf } from '../new-card.ts';
import type { PersonaFormat } from './format.ts';
import { known, numberOf, textOf, textsOf } from './values.ts';

/** `personas.json` of the coffee shop: id, name, type, traits (prose), speech_patterns, conversation_count. */
export const coffeeFormat: PersonaFormat = {
  name: 'coffee',
  persona: 'roleplay_character',
  required: ['id', 'name', 'type', 'traits', 'speech_patterns'],
  toCard(document, taxonomy) {
    const name = textOf(document['name']) ?? '';
    const id = slugOf(textOf(document['id']) ?? name);
    const card = newCard({ id, name, kind: 'character', persona: coffeeFormat.persona }, taxonomy);
    const patterns = textsOf(document['speech_patterns']);
    const summary = textOf(document['traits']) ?? '';
    return {
      ...card,
      summary,
      identity: { ...card.identity, type: textOf(document['type']) },
      voice: {
        ...card.voice,
        speech_patterns: patterns,
        phrases: quotedPhrases([summary, ...patterns]),
        gap_ms: gapOf(patterns),
      },
      context: known({ conversation_count: numberOf(document['conversation_count']) }),
    };
  },
  fromCard(card) {
    return known({
      id: card.id,
      name: card.name,
      type: card.identity.type,
      traits: card.summary,
      speech_patterns: card.voice.speech_patterns,
      conversation_count: numberOf(card.context['conversation_count']),
    });
  },
};

/** What stands in single quotes, apostrophes inside words apart: `'I've been waiting...'`. Each once, in order. */
function quotedPhrases(texts: readonly string[]): string[] {
  const quoted = texts.flatMap((text) =>
    [...text.matchAll(/(?<![\p{L}\p{N}])'((?:[^']|(?<=\p{L})'(?=\p{L}))+)'(?![\p{L}\p{N}])/gu)].map(
      (match) => match[1] ?? '',
    ),
  );
  return [...new Set(quoted)];
}

/** `(80-240ms gaps)` → [80, 240]. */
function gapOf(patterns: readonly string[]): [number, number] | null {
  const match = patterns.map((pattern) => /(\d+)\s*[-–]\s*(\d+)\s*ms/.exec(pattern)).find((found) => found);
  return match ? [Number(match[1]), Number(match[2])] : null;
}
