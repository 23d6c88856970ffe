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
 * A conversation of a ChatGPT export. `mapping` is a tree by `parent` whose root has no message; `weight` 0 marks what the
 * person never saw. Content types without text for people (thoughts, execution_output, …) are noted.
 */
export function readChatGpt(
  value: Readonly<Record<string, unknown>>,
  fallbackId: string,
): ConversationTree | BrokenConversation {
  const { mapping } = value;
  if (!isRecord(mapping)) return { broken: 'no-mapping' };
  const nodes = new Map<string, TreeNode>();
  for (const [id, node] of Object.entries(mapping)) {
    if (!isRecord(node)) return { broken: 'broken-node' };
    nodes.set(id, readNode(id, node));
  }
  if (nodes.size === 0) return { broken: 'no-messages' };
  return {
    id: textOrNull(value['conversation_id']) ?? textOrNull(value['id']) ?? fallbackId,
    title: textOrNull(value['title']) ?? '',
    nodes,
    current: textOrNull(value['current_node']),
    model: textOrNull(value['default_model_slug']),
  };
}

function readNode(id: string, node: Readonly<Record<string, unknown>>): TreeNode {
  const parent = textOrNull(node['parent']);
  const { message } = node;
  if (!isRecord(message)) {
    return {
      id,
      messageId: id,
      parent,
      role: 'other',
      text: null,
      notes: ['no-message'],
      timestamp: null,
      model: null,
      finish: null,
    };
  }
  const metadata = isRecord(message['metadata']) ? message['metadata'] : {};
  const author = isRecord(message['author']) ? message['author']['role'] : null;
  const content = readContent(message['content']);
  const hidden = message['weight'] === 0 || metadata['is_visually_hidden_from_conversation'] === true;
  const aside =
    author === 'assistant' &&
    (message['channel'] === 'commentary' || (textOrNull(message['recipient']) ?? 'all') !== 'all');
  const reason = hidden ? 'hidden' : aside ? 'tool-call' : null;
  return {
    id,
    messageId: textOrNull(message['id']) ?? id,
    parent,
    role: author === 'user' || author === 'assistant' ? author : 'other',
    text: reason ? null : content.text,
    notes: reason ? [reason] : content.notes,
    timestamp: isoTime(message['create_time']),
    model: textOrNull(metadata['model_slug']),
    finish: readFinish(message, metadata),
  };
}

/** Types whose parts are what was said; the others are looked at by nobody and counted by name. */
const readableTypes: ReadonlySet<unknown> = new Set(['text', 'multimodal_text']);

function readContent(content: unknown): { readonly text: string | null; readonly notes: readonly string[] } {
  if (!isRecord(content)) return { text: null, notes: ['no-content'] };
  const type = content['content_type'];
  if (!readableTypes.has(type)) {
    return { text: null, notes: [`content:${typeof type === 'string' ? type.slice(0, 60) : 'unnamed'}`] };
  }
  const parts = Array.isArray(content['parts']) ? (content['parts'] as readonly unknown[]) : [];
  if (parts.includes(tooLongText)) return { text: null, notes: ['too-long'] };
  const texts = parts.flatMap((part) => {
    if (typeof part === 'string') return [part];
    // Spoken messages come with their transcript.
    return isRecord(part) && typeof part['text'] === 'string' ? [part['text']] : [];
  });
  const text = texts.join('\n').trim();
  const assets = parts.some((part) => isRecord(part) && typeof part['text'] !== 'string');
  return {
    text: text === '' ? null : text,
    notes: [...(assets ? ['asset'] : []), ...(text === '' ? ['no-text'] : [])],
  };
}

function readFinish(
  message: Readonly<Record<string, unknown>>,
  metadata: Readonly<Record<string, unknown>>,
): TreeNode['finish'] {
  const details = metadata['finish_details'];
  const type = isRecord(details) ? details['type'] : null;
  if (type === 'stop') return 'stop';
  if (type === 'max_tokens') return 'length';
  if (type === 'interrupted' || message['status'] === 'in_progress') return 'interrupted';
  return message['status'] === 'finished_successfully' ? 'stop' : null;
}
