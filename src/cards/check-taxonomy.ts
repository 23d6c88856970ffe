import type { Card } from '../core/card.ts';
import type { Finding } from '../core/finding.ts';
import type { Taxonomy } from '../core/taxonomy.ts';
import { suggestName } from '../lib/nearest.ts';

/** Whether the card points at a class that the tagger knows, and says of it what the taxonomy says. */
export function checkTaxonomy(card: Card, place: string, taxonomy: Taxonomy): Finding[] {
  const { persona, category } = card.taxonomy;
  const known = taxonomy.personas.find(({ id }) => id === persona);
  if (!known) {
    const names = taxonomy.personas.map(({ id }) => id);
    const message = `taxonomy.persona: no behaviour class "${persona}"; ${suggestName(persona, names)}`;
    return [{ code: 'card-unknown-persona', severity: 'error', place, message }];
  }
  if (category === known.category) return [];
  const message = `taxonomy.category: "${category}", but ${persona} is of category ${known.category}`;
  return [{ code: 'card-category-differs', severity: 'error', place, message }];
}
