import type { Finding } from '../core/finding.ts';
import type { Taxonomy } from '../core/taxonomy.ts';
import type { Archetypes } from './archetypes.ts';
import { checkArchetype } from './check-archetype.ts';
import { checkIdentity } from './check-identity.ts';
import { checkRules } from './check-rules.ts';
import { checkTaxonomy } from './check-taxonomy.ts';
import type { LoadedCard } from './read-cards.ts';

/**
 * Everything that can be said of cards without a model: rules that are missing or contradict each other, facts that cannot all be
 * true, names that nobody knows, ids used twice. In the order of the cards.
 */
export function validateCards(
  loaded: readonly LoadedCard[],
  known: { readonly taxonomy: Taxonomy; readonly archetypes: Archetypes },
): Finding[] {
  const ofEach = loaded.flatMap(({ card, place }) => [
    ...checkTaxonomy(card, place, known.taxonomy),
    ...checkIdentity(card, place),
    ...checkRules(card, place),
    ...checkArchetype(card, place, known.archetypes),
  ]);
  return [...ofEach, ...checkUnique(loaded)];
}

function checkUnique(loaded: readonly LoadedCard[]): Finding[] {
  const ids = new Map<string, string>();
  const names = new Map<string, string>();
  return loaded.flatMap(({ card, place }) => {
    const findings: Finding[] = [];
    const sameId = ids.get(card.id);
    if (sameId !== undefined) {
      const message = `id: "${card.id}" is also the id of ${sameId}`;
      findings.push({ code: 'card-duplicate-id', severity: 'error', place, message });
    }
    const name = card.name.trim().toLowerCase();
    const sameName = names.get(name);
    if (sameName !== undefined && sameId === undefined) {
      const message = `name: "${card.name}" is also the name of ${sameName}`;
      findings.push({ code: 'card-duplicate-name', severity: 'warning', place, message });
    }
    if (sameId === undefined) ids.set(card.id, place);
    if (sameName === undefined) names.set(name, place);
    return findings;
  });
}
