import type { Card } from '../../core/card.ts';
import type { Conversation, TopicWords, TurnRange } from '../../core/conversation.ts';
import type { Finding } from '../../core/finding.ts';
import { checkGrid } from './grid-rules.ts';
import { readConversation } from './read-conversation.ts';
import { checkTurns, type TurnRules } from './turn-rules.ts';

export interface ConversationRules {
  /** Names in order; none: whatever stands in the data. */
  readonly scenarios: readonly string[];
  readonly topic: TopicWords | null;
  readonly range: TurnRange;
  /** Turns by persona type (`angry`). */
  readonly typeRanges: Readonly<Record<string, TurnRange>>;
  /** By id. */
  readonly cards: ReadonlyMap<string, Card>;
}

export interface CheckedConversations {
  /** Those whose turns could be read. */
  readonly conversations: readonly Conversation[];
  readonly findings: readonly Finding[];
}

/** Every rule of the format over all records, in order. */
export function checkConversations(
  records: readonly unknown[],
  rules: ConversationRules,
): CheckedConversations {
  const read = records.map((record, index) => readConversation(record, index));
  const conversations = read.flatMap(({ conversation }) => (conversation ? [conversation] : []));
  const findings = read.flatMap(({ conversation, findings: own }, index) => [
    ...own,
    ...(conversation ? checkOne(conversation, rules, index) : []),
  ]);
  return {
    conversations,
    findings: [
      ...findings,
      ...checkGrid(
        read.flatMap(({ cell }) => (cell ? [cell] : [])),
        rules.scenarios,
      ),
      ...unknownPersonas(conversations, rules),
    ],
  };
}

/** The rules that hold for the turns of one persona. */
export function turnRulesFor(
  card: Card | undefined,
  rules: Omit<ConversationRules, 'cards' | 'scenarios'>,
): TurnRules {
  return {
    range: rules.range,
    typeRange: rules.typeRanges[card?.identity.type ?? ''] ?? null,
    voice: card ? { ...card.voice, summary: card.summary } : null,
    topic: rules.topic,
  };
}

function checkOne(conversation: Conversation, rules: ConversationRules, index: number): Finding[] {
  const place = conversation.conversation_id === '' ? `record ${index}` : conversation.conversation_id;
  const turnRules = turnRulesFor(rules.cards.get(conversation.persona_id), rules);
  return [
    ...checkPrompt(conversation.system_prompt, place),
    ...checkTurns(conversation.turns, turnRules, place),
  ];
}

function checkPrompt(prompt: string, place: string): Finding[] {
  if (prompt.trim() === '' || /^<system>\s.+\s<\/system>$/su.test(prompt.trim())) return [];
  return [
    {
      code: 'system-prompt-marks',
      severity: 'error',
      place,
      message: 'The system prompt does not stand between <system> and </system>.',
    },
  ];
}

function unknownPersonas(conversations: readonly Conversation[], { cards }: ConversationRules): Finding[] {
  if (cards.size === 0) return [];
  const ids = [...new Set(conversations.map(({ persona_id: id }) => id))].filter((id) => id !== '');
  return ids
    .filter((id) => !cards.has(id))
    .toSorted()
    .map((id) => ({
      code: 'persona-unknown',
      severity: 'warning',
      place: id,
      message: 'No card has this id; its speech patterns were not looked for.',
    }));
}
