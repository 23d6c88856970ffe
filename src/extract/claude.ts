import {
  type BrokenConversation,
  type ConversationTree,
  isoTime,
  isRecord,
  textOrNull,
  type TreeNode,
} from './conversation-tree.ts';
import { tooLongText } from './value-reader.ts';

/**
 * A conversation of a Claude export. Older files are a list, one message after the other; newer ones name the parent of each
 * message and the leaf that the person sees.
 */
export function readClaude(
  value: Readonly<Record<string, unknown>>,
  fallbackId: string,
): ConversationTree | BrokenConversation {
  const messages = value['chat_messages'];
  if (!Array.isArray(messages)) return { broken: 'no-messages' };
  if (messages.length === 0) return { broken: 'no-messages' };
  const id = textOrNull(value['uuid']) ?? fallbackId;
  const isTree = messages.some((message) => isRecord(message) && textOrNull(message['parent_message_uuid']));
  const nodes = new Map<string, TreeNode>();
  let before: string | null = null;
  for (const [index, message] of (messages as readonly unknown[]).entries()) {
    if (!isRecord(message)) return { broken: 'broken-node' };
    const node = readMessage(message, textOrNull(message['uuid']) ?? `${id}/${index}`);
    const parent = isTree ? textOrNull(message['parent_message_uuid']) : before;
    nodes.set(node.id, { ...node, parent: parent === noParent ? null : parent });
    before = node.id;
  }
  return {
    id,
    title: textOrNull(value['name']) ?? '',
    nodes,
    current: isTree ? textOrNull(value['current_leaf_message_uuid']) : before,
    model: textOrNull(value['model']),
  };
}

/** What the first message of a conversation names as its parent. */
const noParent = '00000000-0000-4000-8000-000000000000';

function readMessage(message: Readonly<Record<string, unknown>>, id: string): Omit<TreeNode, 'parent'> {
  const { sender } = message;
  const content: readonly unknown[] = Array.isArray(message['content']) ? message['content'] : [];
  const { text, notes } = readText(message['text'], content);
  return {
    id,
    messageId: id,
    role: sender === 'human' ? 'user' : sender === 'assistant' ? 'assistant' : 'other',
    text,
    notes,
    timestamp: isoTime(message['created_at']),
    model: null,
    finish: message['stop_reason'] === 'max_tokens' ? 'length' : null,
  };
}

function readText(
  plain: unknown,
  content: readonly unknown[],
): { readonly text: string | null; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const texts: string[] = [];
  for (const part of content) {
    if (!isRecord(part)) continue;
    if (part['text'] === tooLongText) return { text: null, notes: ['too-long'] };
    if (part['type'] === 'text' && typeof part['text'] === 'string') texts.push(part['text']);
    else notes.push(`content:${typeof part['type'] === 'string' ? part['type'].slice(0, 60) : 'unnamed'}`);
  }
  if (texts.length === 0 && plain === tooLongText) return { text: null, notes: ['too-long'] };
  const text = (texts.length > 0 ? texts.join('\n') : typeof plain === 'string' ? plain : '').trim();
  return text === '' ? { text: null, notes: [...notes, 'no-text'] } : { text, notes };
}
