import type { Card } from '../../core/card.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import type { JsonObject } from './remainder.ts';

export const legacyFormats = ['coffee', 'discovered', 'oracle', 'instance'] as const;
export type LegacyFormat = (typeof legacyFormats)[number];

/** A format whose document is one object a persona. */
export interface PersonaFormat {
  readonly name: LegacyFormat;
  /** Behaviour class of its personas. */
  readonly persona: string;
  /** Keys without which an object is no persona of this format. */
  readonly required: readonly string[];
  /** What the card can hold of an object. Total: a value of another type than expected is left out. */
  readonly toCard: (document: JsonObject, taxonomy: Taxonomy) => Card;
  /** The object as far as the card alone can tell. */
  readonly fromCard: (card: Card) => JsonObject;
}
