import {
  checkConversations,
  type ConversationRules,
  turnRulesFor,
} from '../../check/conversations/check-conversations.ts';
import { checkTurns } from '../../check/conversations/turn-rules.ts';
import type { Card } from '../../core/card.ts';
import type { Turn } from '../../core/conversation.ts';
import { ConfigError } from '../../core/errors.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';
import { seededRandom } from '../../lib/seeded-random.ts';
import {
  cellName,
  type ConversationCell,
  conversationAsk,
} from '../../make/conversations/conversation-ask.ts';
import { canSpeak, templateDialogue } from '../../make/conversations/dialogue.ts';
import type { Grammar } from '../../make/conversations/grammar.ts';
import { type ScenarioSet, turnRangeOf } from '../../make/conversations/scenario-set.ts';
import {
  generateSystemPrompt,
  mixedLevel,
  type PromptLevel,
} from '../../make/conversations/system-prompt.ts';
import type { Measure, MeasureGroup } from '../check/check-kind.ts';
import { findNearConversations } from '../check/conversations-kind.ts';
import { measureConversations } from '../check/text-measures.ts';
import { conversationFiles, type MadeConversation } from './conversation-files.ts';
import type { MakeJob, Maker } from './maker.ts';

export interface ConversationsParams {
  /** In order; the first ones are the trial. */
  readonly cards: readonly Card[];
  readonly set: ScenarioSet;
  /** null: only a model can answer. */
  readonly grammar: Grammar | null;
  /** Only the first so many personas; null: all. */
  readonly personas: number | null;
  readonly level: PromptLevel | 'mixed';
  /** Told after each conversation, in the order in which they come. */
  readonly onMade?: (line: string) => void;
}

/**
 * Every persona in every scenario, each once. Identifiers count through personas and scenarios, so that a trial with the first
 * personas is the beginning of the whole. What the model says is checked turn by turn; prompts and pauses are ours.
 * @throws ConfigError `conversations-no-cards`, `conversations-too-few-cards`
 */
export function conversationsMaker(params: ConversationsParams): Maker {
  const { set, grammar, level } = params;
  const cards = chooseCards(params);
  const cells = cards.flatMap((card) =>
    set.scenarios.map((scenario, scenarioIndex): ConversationCell => ({ card, scenario, scenarioIndex })),
  );
  const rules = rulesFor(cards, set);
  return {
    name: 'conversations',
    options: {
      cards: cards.map(({ id }) => id),
      domain: set.domain,
      scenarios: set.scenarios.map(({ id }) => id),
      level,
    },
    async make(job) {
      const done = new Map<string, number>();
      const made = await job.each(cells, async (cell, index) => {
        const conversation = await makeOne({ cell, index, set, grammar, level, rules }, job);
        const count = (done.get(cell.card.id) ?? 0) + 1;
        done.set(cell.card.id, count);
        const failed = conversation === null ? ': no answer was accepted' : '';
        params.onMade?.(`${cell.card.id} conversation ${count}/${set.scenarios.length}${failed}`);
        return conversation;
      });
      const conversations = made.filter((conversation) => conversation !== null);
      // A preview makes only some of the cells; the grid is checked where all were asked for.
      const isWhole = made.length === cells.length;
      const { findings } = checkConversations(conversations, {
        ...rules,
        scenarios: isWhole ? rules.scenarios : [],
      });
      const measures = job.isTrial ? [] : await measureConversations(conversations, rules.cards, null);
      for (const { measures: figures } of measures) params.onMade?.(figures.flatMap(figureOf).join(' · '));
      return {
        files: [
          ...conversationFiles(conversations),
          { path: 'quality.json', content: qualityJson(measures) },
        ],
        counts: {
          conversations: conversations.length,
          personas: new Set(conversations.map(({ persona_id: id }) => id)).size,
          turns: conversations.reduce((sum, { turns }) => sum + turns.length, 0),
        },
        findings: [...findings, ...findNearConversations(conversations)],
        missing: made.length - conversations.length,
      };
    },
  };
}

/** Figures to four digits. Those that need an encoder are left to `check`: they take longer than all the rest. */
function qualityJson(groups: readonly MeasureGroup[]): string {
  const rounded = groups.map(({ name, measures }) => [
    name,
    Object.fromEntries(
      measures.flatMap(({ name: figure, value }) =>
        value === null ? [] : [[figure, Math.round(value * 1e4) / 1e4]],
      ),
    ),
  ]);
  return canonicalJson(Object.fromEntries(rounded));
}

function figureOf({ name, value }: Measure): string[] {
  return value === null ? [] : [`${name} ${Number.isInteger(value) ? value : value.toFixed(3)}`];
}

function chooseCards({ cards, personas }: ConversationsParams): readonly Card[] {
  const speakers = cards.filter(({ kind }) => kind === 'character');
  if (speakers.length === 0)
    throw new ConfigError('no card of kind character among the cards', {
      code: 'conversations-no-cards',
      hint: 'give cards with --cards; configs/cards/coffee-shop has twenty',
    });
  if (personas !== null && personas > speakers.length)
    throw new ConfigError(`--personas ${personas}: there are only ${speakers.length} cards`, {
      code: 'conversations-too-few-cards',
    });
  return speakers.slice(0, personas ?? speakers.length);
}

function rulesFor(cards: readonly Card[], set: ScenarioSet): ConversationRules {
  return {
    scenarios: set.scenarios.map(({ name }) => name),
    topic: set.topic,
    range: set.turns,
    typeRanges: set.type_turns,
    cards: new Map(cards.map((card) => [card.id, card])),
  };
}

async function makeOne(
  params: {
    readonly cell: ConversationCell;
    readonly index: number;
    readonly set: ScenarioSet;
    readonly grammar: Grammar | null;
    readonly level: PromptLevel | 'mixed';
    readonly rules: ConversationRules;
  },
  job: MakeJob,
): Promise<MadeConversation | null> {
  const { cell, set, rules } = params;
  const turnRules = turnRulesFor(cell.card, rules);
  const place = cellName(cell);
  const answer = await job.llm.ask(
    conversationAsk({
      cell,
      set,
      check: (turns) => checkTurns(turns, turnRules, place),
      template: (random) => speak(cell, params, random),
    }),
  );
  if (!answer.value) return null;
  const { card, scenario, scenarioIndex } = cell;
  const persona = Math.floor(params.index / set.scenarios.length);
  const level = params.level === 'mixed' ? mixedLevel(persona, scenarioIndex) : params.level;
  return {
    persona_id: card.id,
    conversation_id: `conv_${String(params.index + 1).padStart(4, '0')}`,
    scenario: scenario.name,
    system_prompt: generateSystemPrompt(card, scenario.situation, { domain: set.domain, level }),
    turns: withPauses(answer.value, card, seededRandom(`pauses ${job.seed} ${place}`)),
    provenance: answer.provenance,
    _synthetic: true,
  };
}

function speak(
  cell: ConversationCell,
  { set, grammar }: { readonly set: ScenarioSet; readonly grammar: Grammar | null },
  random: () => number,
): readonly Turn[] {
  if (!grammar || !canSpeak(grammar, cell.scenario.id))
    throw new ConfigError(`the template provider has no sentences for the scenario "${cell.scenario.id}"`, {
      code: 'grammar-missing',
      hint: 'name a model with --provider or --profile, or give the scenario file a grammar',
    });
  return templateDialogue({ ...cell, range: turnRangeOf(set, cell.card.identity.type), grammar }, random);
}

/** Pauses before the persona's turns, drawn from the card's range in steps of 10 ms; none where the card has no range. */
function withPauses(turns: readonly Turn[], card: Card, random: () => number): Turn[] {
  const range = card.voice.gap_ms;
  return turns.map(({ role, text }) => {
    if (!range || role !== 'agent') return { role, text };
    const drawn = range[0] + Math.round((random() * (range[1] - range[0])) / 10) * 10;
    return { role, text, gap_ms: Math.min(range[1], drawn) };
  });
}
