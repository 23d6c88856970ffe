import { join } from 'node:path';
import { stringify } from 'yaml';

import type { Card } from '../core/card.ts';
import { ConfigError } from '../core/errors.ts';
import { writeFileAtomic } from '../lib/atomic-file.ts';
import { cardSchema } from './schema.ts';

/**
 * A card as YAML: keys in the order of the format, keys of open objects as they are, unknown and empty values left out. Reading it
 * gives the same card; the same card gives the same bytes.
 */
export function formatCard(card: Card): string {
  return stringify(shortCard(card), { lineWidth: 110, aliasDuplicateObjects: false });
}

/**
 * Writes each card to `<id>.yaml` in the folder, whole or not at all. Returns the paths in the order of the cards.
 * @throws ConfigError when two cards have the same id
 */
export async function writeCards(folder: string, cards: readonly Card[]): Promise<string[]> {
  const ids = new Set<string>();
  for (const { id } of cards) {
    if (ids.has(id)) {
      throw new ConfigError(`two cards have the id "${id}", which names their file`, {
        code: 'card-duplicate-id',
        hint: 'give one of them another id',
      });
    }
    ids.add(id);
  }
  const paths: string[] = [];
  for (const card of cards) {
    const path = join(folder, `${card.id}.yaml`);
    await writeFileAtomic(path, formatCard(card));
    paths.push(path);
  }
  return paths;
}

/** The card with its keys in the order of the schema and without what reading fills in by itself. */
function shortCard(card: Card): Record<string, unknown> {
  const ordered: Record<string, unknown> = cardSchema.parse(card);
  const entries = Object.entries(ordered).map(([key, value]): [string, unknown] => [
    key,
    openKeys.includes(key) ? value : withoutEmpty(value),
  ]);
  return Object.fromEntries(entries.filter(([key, value]) => key === 'summary' || !isEmpty(value)));
}

/** Objects whose keys are the user's, and the taxonomy, where empty phases are not those of the taxonomy: nothing is left out. */
const openKeys = ['taxonomy', 'details', 'context', 'extra'];
const openInside = ['location', 'demographics', 'data', 'rsvp'];

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [
    key,
    openInside.includes(key) ? inner : withoutEmpty(inner),
  ]);
  return Object.fromEntries(entries.filter(([key, inner]) => !isLeftOut(key, inner)));
}

/** An open object that is empty says something else than null; null is what reading fills in. */
function isLeftOut(key: string, value: unknown): boolean {
  if (key === 'location' || key === 'demographics') return value === null;
  return isEmpty(value);
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
