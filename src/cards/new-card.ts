import type { Card, CardKind } from '../core/card.ts';
import type { Taxonomy } from '../core/taxonomy.ts';

/** A card that says nothing yet but who it is, with the taxonomy's category, adapter and phases of its persona. */
export function newCard(
  who: { readonly id: string; readonly name: string; readonly kind: CardKind; readonly persona: string },
  taxonomy: Taxonomy,
): Card {
  const known = taxonomy.personas.find(({ id }) => id === who.persona);
  return {
    schema: 'persona-card/1',
    id: who.id,
    name: who.name,
    kind: who.kind,
    taxonomy: {
      persona: who.persona,
      category: known?.category ?? '',
      adapter: known?.adapter ?? '',
      phases: known?.phases ?? [],
    },
    summary: '',
    identity: { age: null, gender: null, role: null, type: null, location: null, demographics: null },
    voice: {
      traits: [],
      speech_patterns: [],
      phrases: [],
      tone: null,
      reasoning_style: null,
      gap_ms: null,
      word_limit: null,
    },
    archetype: { type: null, confidence: null, data: {} },
    details: {},
    rules: { conversation: null, oracle: null },
    context: {},
    prompts: { minimal: null, standard: null, full: null },
    evidence: null,
    provenance: { source: 'import', model: null, prompt_hash: null, seed: null },
    extra: {},
  };
}

/** A card id made of any text: letters without accents and digits, everything else an underscore. */
export function slugOf(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '_')
    .replace(/^[^a-z0-9]+/, '')
    .replace(/_+$/, '')
    .slice(0, 100);
  return plain === '' ? 'card' : plain;
}
