import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { requireCards } from '../../cards/read-cards.ts';
import type { Card } from '../../core/card.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import { cardPrompts } from '../../lora/card-prompts.ts';
import { allExchanges, type LoraSource } from './lora-source.ts';
import { findExtracted, readExtracted } from './read-extract.ts';

/**
 * The messages of a discovered persona of an extract folder. Prompts are those of the card that is given, else of the folder's own
 * card, which the user may have edited, else the discovered one.
 * @throws ConfigError `extract-missing`, `persona-unknown`
 */
export async function openExtractSource(
  folder: string,
  persona: string,
  params: { readonly card: Card | null; readonly taxonomy: Taxonomy },
): Promise<LoraSource & { readonly id: string }> {
  const found = await findExtracted(folder, persona);
  const card = params.card ?? (await ownCard(join(folder, 'cards', `${found.id}.yaml`), params.taxonomy));
  return {
    id: found.id,
    prompts: card ? cardPrompts(card) : { minimal: null, standard: found.systemPrompt, full: null },
    inputs: found.inputs,
    selection: { extract: found.id },
    read: async (target) => allExchanges(await readExtracted(folder, found, target)),
  };
}

async function ownCard(path: string, taxonomy: Taxonomy): Promise<Card | null> {
  if (!existsSync(path)) return null;
  return (await requireCards([path], taxonomy)).cards[0]?.card ?? null;
}
