import { join } from 'node:path';

import { readArchetypes } from '../../cards/archetypes.ts';
import { type Diversity, diversityOf } from '../../cards/diversity.ts';
import { type LoadedCard, readCards, requireCards } from '../../cards/read-cards.ts';
import { validateCards } from '../../cards/validate.ts';
import type { Finding } from '../../core/finding.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';

/** What the card verbs need from outside: the taxonomy, and the folder `configs` of the package. */
export interface CardTools {
  readonly taxonomy: Taxonomy;
  readonly configsFolder: string;
}

export type { Diversity };
export type ListedCard = LoadedCard;

export interface CardsChecked {
  readonly cards: number;
  readonly findings: readonly Finding[];
}

/** All cards of files and folders. @throws ConfigError, ValidationError when a card cannot be read */
export async function listCards(
  paths: readonly string[],
  { taxonomy }: CardTools,
): Promise<readonly ListedCard[]> {
  return (await requireCards(paths, taxonomy)).cards;
}

/** Reads the cards and says everything that is wrong with them, unreadable ones among it. @throws ConfigError */
export async function checkCards(paths: readonly string[], tools: CardTools): Promise<CardsChecked> {
  const archetypes = await readArchetypes(join(tools.configsFolder, 'archetypes.yaml'));
  const read = await readCards(paths, tools.taxonomy);
  const findings = [...read.findings, ...validateCards(read.cards, { taxonomy: tools.taxonomy, archetypes })];
  return { cards: read.cards.length, findings };
}

/** How varied the cards are, in the six dimensions of meeting personas. @throws ConfigError, ValidationError */
export async function measureCards(paths: readonly string[], tools: CardTools): Promise<Diversity> {
  return diversityOf((await listCards(paths, tools)).map(({ card }) => card));
}
