import { cutWhole } from '../lib/pii/cut-whole.ts';
import type { BrokenConversation, ConversationTree, TreeNode } from './conversation-tree.ts';
import {
  type AssistantReply,
  type ExtractedMessage,
  maximumContextChars,
  minimumMessageChars,
} from './records.ts';
import { parentOf, type WalkedTree, walkTree } from './walk-tree.ts';
import { wordsOf } from './words.ts';

export interface ConversationMessages {
  readonly messages: readonly ExtractedMessage[];
  readonly replies: readonly UnjudgedReply[];
  /** Messages in the conversation, of anybody, on any branch. */
  readonly seen: number;
  /** Messages of the person among them. */
  readonly fromPerson: number;
  /** Why messages of the person were left out, and what else was met, with counts. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly notes: Readonly<Record<string, number>>;
}

/** An answer before it is judged: with the id of its own message, which ratings name, and what the person says next, if anything. */
export type UnjudgedReply = Omit<AssistantReply, 'rating' | 'disputed'> & {
  readonly reply_id: string;
  readonly next_text: string | null;
};

/** The person's messages of one conversation with what they answer, on the path that the person sees or on all branches. */
export function messagesOf(
  tree: ConversationTree,
  branches: 'active' | 'all',
): ConversationMessages | BrokenConversation {
  const walked = walkTree(tree);
  if ('broken' in walked) return walked;
  const messages: ExtractedMessage[] = [];
  const replies: UnjudgedReply[] = [];
  const skipped = new Tally();
  const notes = new Tally();
  for (const note of walked.notes) notes.add(note);
  for (const node of tree.nodes.values()) for (const note of node.notes) notes.add(note);
  const onPath = new Set(walked.active.map((node) => node.id));
  for (const node of [...walked.active, ...walked.side]) {
    if (node.role !== 'user') continue;
    const branch = onPath.has(node.id) ? 'active' : 'side';
    const reason = whyLeftOut(node, branch, branches);
    if (reason) {
      skipped.add(reason);
      continue;
    }
    const { reply, next } = replyTo(node, walked, onPath);
    messages.push(describe(node, { tree, branch, reply }));
    if (reply) replies.push(describeReply(node, { reply, next }, tree, walked));
  }
  const nodes = [...tree.nodes.values()].filter((node) => !node.notes.includes('no-message'));
  return {
    messages,
    replies,
    seen: nodes.length,
    fromPerson: nodes.filter((node) => node.role === 'user').length,
    skipped: skipped.counts,
    notes: notes.counts,
  };
}

class Tally {
  readonly counts: Record<string, number> = {};

  add(name: string): void {
    this.counts[name] = (this.counts[name] ?? 0) + 1;
  }
}

function whyLeftOut(node: TreeNode, branch: 'active' | 'side', branches: 'active' | 'all'): string | null {
  if (branch === 'side' && branches === 'active') return 'side-branch';
  if (node.text === null) return node.notes.find((note) => note !== 'asset') ?? 'no-text';
  return node.text.length < minimumMessageChars ? 'too-short' : null;
}

function describe(
  node: TreeNode,
  around: {
    readonly tree: ConversationTree;
    readonly branch: 'active' | 'side';
    readonly reply: TreeNode | null;
  },
): ExtractedMessage {
  const { tree, branch, reply } = around;
  const text = node.text ?? '';
  const before = answeredBy(node, tree.nodes);
  return {
    id: node.messageId,
    conversation_id: tree.id,
    title: tree.title,
    text,
    context: cutWhole(before?.text ?? '', maximumContextChars) || null,
    model: reply?.model ?? before?.model ?? tree.model,
    timestamp: node.timestamp,
    word_count: wordsOf(text).length,
    char_count: text.length,
    branch,
  };
}

/** The visible message of the assistant that stands before one of the person. */
function answeredBy(node: TreeNode, nodes: ReadonlyMap<string, TreeNode>): TreeNode | null {
  for (let before = parentOf(node, nodes); before; before = parentOf(before, nodes)) {
    if (before.role === 'user' && before.text !== null) return null;
    if (before.role === 'assistant' && before.text !== null) return before;
  }
  return null;
}

/** The last visible answer before the person speaks again, and that next turn: along the active path, elsewhere along the newest branch. */
function replyTo(
  node: TreeNode,
  { children }: WalkedTree,
  onPath: ReadonlySet<string>,
): { readonly reply: TreeNode | null; readonly next: TreeNode | null } {
  let reply: TreeNode | null = null;
  for (let at: TreeNode | undefined = node; at;) {
    const next: readonly TreeNode[] = children.get(at.id) ?? [];
    at = next.find((child) => onPath.has(child.id)) ?? next.at(-1);
    if (at?.role === 'user') return { reply, next: at };
    if (at?.role === 'assistant' && at.text !== null) reply = at;
  }
  return { reply, next: null };
}

function describeReply(
  node: TreeNode,
  { reply, next }: { readonly reply: TreeNode; readonly next: TreeNode | null },
  tree: ConversationTree,
  { children }: WalkedTree,
): UnjudgedReply {
  const answers = (children.get(node.id) ?? []).filter((child) => child.role === 'assistant');
  return {
    id: node.messageId,
    conversation_id: tree.id,
    text: reply.text ?? '',
    model: reply.model ?? tree.model,
    finish: reply.finish,
    regenerated: answers.length > 1,
    reply_id: reply.messageId,
    next_text: next?.text ?? null,
  };
}

/** At most `limit` UTF-16 units, never half a character. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const last = text.charCodeAt(limit - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit);
}
