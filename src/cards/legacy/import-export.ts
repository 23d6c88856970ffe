import type { Card } from '../../core/card.ts';
import type { Finding } from '../../core/finding.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import { coffeeFormat } from './coffee.ts';
import { exportDiscovered, importDiscovered, type DiscoveredDocument } from './discovered.ts';
import type { LegacyFormat, PersonaFormat } from './format.ts';
import { instanceFormat } from './instance.ts';
import { oracleFormat } from './oracle.ts';
import { type JsonObject, type Remainder, remainderOf, withRemainder } from './remainder.ts';
import { objectOf, numberOf } from './values.ts';

const formats: Readonly<Record<Exclude<LegacyFormat, 'discovered'>, PersonaFormat>> = {
  coffee: coffeeFormat,
  oracle: oracleFormat,
  instance: instanceFormat,
};

export interface Imported {
  readonly cards: readonly Card[];
  readonly findings: readonly Finding[];
}

/** What the card keeps under `extra.<format>`. */
interface Kept {
  /** Place in the list it came from. */
  readonly position: number;
  readonly rest: Remainder;
}

/**
 * Cards of personas in the format of another tool. An object that lacks a field which its format demands is a finding and no card.
 * Exporting the cards gives back the same objects, whatever else they hold; where a card was changed, the change is exported.
 */
export function importPersonas(
  format: Exclude<LegacyFormat, 'discovered'>,
  documents: readonly { readonly document: unknown; readonly place: string }[],
  taxonomy: Taxonomy,
): Imported {
  const { toCard, fromCard, required } = formats[format];
  const ids = new Set<string>();
  const cards: Card[] = [];
  const findings: Finding[] = [];
  for (const [position, { document, place }] of documents.entries()) {
    const object = objectOf(document);
    const missing = required.filter((key) => object === null || !Object.hasOwn(object, key));
    findings.push(...missing.map((key) => missingField(format, key, place)));
    if (object === null || missing.length > 0) continue;
    const plain = toCard(object, taxonomy);
    const card = { ...plain, id: freeId(plain.id, ids) };
    const kept: Kept = { position, rest: remainderOf(object, fromCard(card)) };
    cards.push({ ...card, extra: { ...card.extra, [format]: kept } });
  }
  return { cards, findings };
}

/** The objects of a format, in the order in which they were imported; cards from elsewhere follow in their own order. */
export function exportPersonas(
  format: Exclude<LegacyFormat, 'discovered'>,
  cards: readonly Card[],
): { readonly id: string; readonly document: JsonObject }[] {
  const kept = (card: Card): Kept | null => objectOf(card.extra[format]) as Kept | null; // only imports write there
  const place = (card: Card): number => numberOf(kept(card)?.position) ?? Number.MAX_SAFE_INTEGER;
  return cards
    .toSorted((a, b) => place(a) - place(b))
    .map((card) => ({
      id: card.id,
      document: withRemainder(formats[format].fromCard(card), kept(card)?.rest ?? {}),
    }));
}

/** The same of what was discovered in an export: two documents for all cards. */
export function importDiscoveredPersonas(
  document: DiscoveredDocument,
  place: string,
  taxonomy: Taxonomy,
): Imported {
  const personas: unknown = document.prompts['personas'];
  if (!Array.isArray(personas))
    return { cards: [], findings: [missingField('discovered', 'personas', place)] };
  const findings = personas.flatMap((persona: unknown, index) => {
    const at = `${place} [${index}]`;
    const object = objectOf(persona);
    return ['name', 'system_prompt']
      .filter((key) => object === null || !Object.hasOwn(object, key))
      .map((key) => missingField('discovered', key, at));
  });
  return findings.length > 0
    ? { cards: [], findings }
    : { cards: importDiscovered(document, taxonomy), findings };
}

export { exportDiscovered };

/** Which format a parsed document has; null when it is none of them. */
export function detectFormat(document: unknown): LegacyFormat | null {
  const object = objectOf(document);
  if (object && Array.isArray(object['personas'])) return 'discovered';
  const sample = Array.isArray(document) ? objectOf(document[0]) : object;
  if (!sample) return null;
  const marks: readonly (readonly [LegacyFormat, readonly string[]])[] = [
    ['instance', ['template_id', 'detail_categories', 'archetype_specific_data']],
    ['oracle', ['importance_criteria', 'priority_framework', 'prep_time_needs', 'rsvp_rules']],
    ['coffee', ['speech_patterns', 'traits', 'conversation_count']],
  ];
  return marks.find(([, keys]) => keys.some((key) => Object.hasOwn(sample, key)))?.[0] ?? null;
}

function missingField(format: LegacyFormat, key: string, place: string): Finding {
  const message = `${key}: is missing; a persona of the format "${format}" has it`;
  return { code: 'legacy-missing-field', severity: 'error', place, message };
}

function freeId(id: string, taken: Set<string>): string {
  let free = id;
  for (let count = 2; taken.has(free); count++) free = `${id}_${count}`;
  taken.add(free);
  return free;
}
