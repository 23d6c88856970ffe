import type { Card } from '../../src/core/card.ts';
import { newCard } from '../../src/cards/new-card.ts';
import { testTaxonomy } from '../support/taxonomy.ts';

const taxonomy = testTaxonomy();

/** A card that is all right, with changes. */
export function sampleCard(changes: Partial<Card> = {}): Card {
  const card = newCard(
    { id: 'alex', name: 'Alex', kind: 'character', persona: 'roleplay_character' },
    taxonomy,
  );
  return {
    ...card,
    summary: 'A regular.',
    identity: { ...card.identity, age: 40, role: 'Bus driver' },
    voice: { ...card.voice, phrases: ['How much?!'] },
    ...changes,
  };
}
