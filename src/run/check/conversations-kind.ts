import { join } from 'node:path';

import { checkConversations, type ConversationRules } from '../../check/conversations/check-conversations.ts';
import type { Conversation } from '../../core/conversation.ts';
import type { Finding } from '../../core/finding.ts';
import { requireCards } from '../../cards/read-cards.ts';
import { readScenarioSet } from '../make/read-scenarios.ts';
import { type CheckKind, type CheckOptions, type CheckTarget, fieldsOf } from './check-kind.ts';
import { NearRows } from './near-rows.ts';
import { readRecords } from './read-records.ts';
import { nearFindings } from './rows-kind.ts';
import { measureConversations } from './text-measures.ts';

const published = ['training_conversations.json', 'training_conversations.jsonl'];

/** Conversations of personas: the format, the grid of personas and scenarios, and how each persona speaks. */
export const conversationsKind: CheckKind = {
  name: 'conversations',
  recognises({ files, sample }) {
    if (files.some((name) => published.includes(name))) return true;
    const fields = fieldsOf(sample);
    if (fields === undefined || 'messages' in fields || 'annotation' in fields) return false;
    return 'conversation_id' in fields || 'persona_id' in fields || Array.isArray(fields['turns']);
  },
  async check(target, options) {
    const read = await readRecords(fileOf(target));
    const rules = await rulesFrom(options);
    const { conversations, findings } = checkConversations(read.records, rules);
    const near = new NearRows();
    const realRows = options.real === null ? null : await near.addReal(options.real, options.signal);
    const personas = new Set(conversations.map(({ persona_id: id }) => id));
    const scenarios = new Set(conversations.map(({ scenario }) => scenario));
    return {
      counts: {
        records: read.records.length,
        conversations: conversations.length,
        personas: personas.size,
        scenarios: scenarios.size,
        turns: conversations.reduce((sum, { turns }) => sum + turns.length, 0),
        ...(realRows === null ? {} : { 'real rows': realRows }),
      },
      findings: [...read.findings, ...findings, ...findNearConversations(conversations, near)],
      measures: options.measures ? await measureConversations(conversations, rules.cards, options.embed) : [],
    };
  },
};

/** Conversations that nearly repeat an earlier one, or a real row that `near` has taken in. */
export function findNearConversations(
  conversations: readonly Conversation[],
  near = new NearRows(),
): Finding[] {
  return conversations.flatMap(({ conversation_id: id, turns }) =>
    nearFindings(
      id,
      near.meet(
        id,
        turns.map(({ role, text }) => ({ role: messageRoles[role], content: text })),
      ),
    ),
  );
}

/** The persona is what a model learns to be. */
const messageRoles = { agent: 'assistant', user: 'user' } as const;

function fileOf({ path, isFolder, files }: CheckTarget): string {
  if (!isFolder) return path;
  const name =
    published.find((known) => files.includes(known)) ?? files.find((file) => /\.(?:json|jsonl)$/u.test(file));
  return name === undefined ? path : join(path, name);
}

async function rulesFrom(options: CheckOptions): Promise<ConversationRules> {
  const set = await readScenarioSet(options.scenarios);
  const { cards } = await requireCards(options.cards, options.taxonomy);
  return {
    scenarios: set.scenarios.map(({ name }) => name),
    topic: set.topic,
    range: set.turns,
    typeRanges: set.type_turns,
    cards: new Map(cards.map(({ card }) => [card.id, card])),
  };
}
