import { readChatGpt } from './chatgpt.ts';
import { readClaude } from './claude.ts';
import { type BrokenConversation, type ConversationTree, isRecord } from './conversation-tree.ts';

export const exportKinds = ['chatgpt', 'claude'] as const;
export type ExportKind = (typeof exportKinds)[number];

/** Which export a record is of, told from its keys; null: of none that is known. */
export function kindOf(value: unknown): ExportKind | null {
  if (!isRecord(value)) return null;
  if ('mapping' in value) return 'chatgpt';
  return 'chat_messages' in value ? 'claude' : null;
}

/** Reads one record of an export. `index` names a conversation that has no id of its own. */
export function readConversation(value: unknown, index: number): ConversationTree | BrokenConversation {
  if (!isRecord(value)) return { broken: 'not-an-object' };
  const fallbackId = `conversation-${index}`;
  switch (kindOf(value)) {
    case 'chatgpt':
      return readChatGpt(value, fallbackId);
    case 'claude':
      return readClaude(value, fallbackId);
    default:
      return { broken: 'no-messages' };
  }
}
