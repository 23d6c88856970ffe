import type { Card } from '../core/card.ts';
import type { Finding } from '../core/finding.ts';
import { suggestName } from '../lib/nearest.ts';
import type { Archetypes } from './archetypes.ts';

/** Whether the archetype is known and has the fields that it needs. A card without an archetype is fine. */
export function checkArchetype(card: Card, place: string, known: Archetypes): Finding[] {
  const { type, confidence, data } = card.archetype;
  const error = (code: string, message: string): Finding => ({ code, severity: 'error', place, message });
  if (type === null) return [];
  const archetype = known.archetypes.find(({ name }) => name === type);
  if (!archetype) {
    const names = known.archetypes.map(({ name }) => name);
    return [error('card-unknown-archetype', `archetype.type: "${type}"; ${suggestName(type, names)}`)];
  }
  const findings: Finding[] = [];
  if (confidence !== null && (confidence < 0 || confidence > 1)) {
    findings.push(error('card-confidence', `archetype.confidence: ${confidence} is not between 0 and 1`));
  }
  for (const [field, { choices }] of Object.entries(archetype.required_fields)) {
    const value = data[field];
    if (isBlank(value)) {
      findings.push(
        error('card-archetype-field', `archetype.data.${field}: ${type} needs it, and it is missing`),
      );
    } else if (choices && (typeof value !== 'string' || !choices.includes(value))) {
      const message = `archetype.data.${field}: ${JSON.stringify(value)}; one of ${choices.join(', ')}`;
      findings.push(error('card-archetype-field', message));
    }
  }
  return findings;
}

function isBlank(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === 'string') return value.trim() === '';
  return Array.isArray(value) && value.length === 0;
}
