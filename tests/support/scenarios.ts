import { join } from 'node:path';

import type { Card } from '../../src/core/card.ts';
import type { Conversation } from '../../src/core/conversation.ts';
import { seededRandom } from '../../src/lib/seeded-random.ts';
import { templateDialogue } from '../../src/make/conversations/dialogue.ts';
import type { Grammar } from '../../src/make/conversations/grammar.ts';
import { type ScenarioSet, turnRangeOf } from '../../src/make/conversations/scenario-set.ts';
import { generateSystemPrompt } from '../../src/make/conversations/system-prompt.ts';
import { requireCards } from '../../src/cards/read-cards.ts';
import { readGrammar, readScenarioSet } from '../../src/run/make/read-scenarios.ts';
import { loadTaxonomy } from '../../taggers/index.ts';

const configs = join(import.meta.dirname, '..', '..', 'configs');
export const shippedCards = join(configs, 'cards', 'coffee-shop');
export const shippedScenarios = join(configs, 'scenarios', 'coffee-shop.yaml');

export interface Shipped {
  readonly cards: readonly Card[];
  readonly set: ScenarioSet;
  readonly grammar: Grammar;
}

/** The cards, scenarios and sentences of the package. */
export async function loadShipped(): Promise<Shipped> {
  const { cards } = await requireCards([shippedCards], await loadTaxonomy());
  const set = await readScenarioSet(shippedScenarios);
  const grammar = await readGrammar(shippedScenarios, set);
  if (!grammar) throw new TypeError('the shipped scenarios have no grammar');
  return { cards: cards.map(({ card }) => card), set, grammar };
}

/** All cells as the template provider makes them, without pauses. */
export function templateConversations({ cards, set, grammar }: Shipped, seed = '42'): Conversation[] {
  return cards.flatMap((card, persona) =>
    set.scenarios.map((scenario, scenarioIndex) => ({
      persona_id: card.id,
      conversation_id: `conv_${String(persona * set.scenarios.length + scenarioIndex + 1).padStart(4, '0')}`,
      scenario: scenario.name,
      system_prompt: generateSystemPrompt(card, scenario.situation, {
        domain: set.domain,
        level: 'standard',
      }),
      turns: templateDialogue(
        { card, scenario, scenarioIndex, range: turnRangeOf(set, card.identity.type), grammar },
        seededRandom(`${seed} ${card.id} ${scenarioIndex}`),
      ),
    })),
  );
}
