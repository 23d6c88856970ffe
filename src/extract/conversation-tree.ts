/** A conversation of any export as a tree of messages: what the readers of the formats make and the extractor walks. */
export interface ConversationTree {
  readonly id: string;
  readonly title: string;
  readonly nodes: ReadonlyMap<string, TreeNode>;
  /** The last message of the path that the person sees; null where the export does not say. */
  readonly current: string | null;
  readonly model: string | null;
}

export interface TreeNode {
  readonly id: string;
  /** Id of the message; that of the node where it has none. */
  readonly messageId: string;
  readonly parent: string | null;
  readonly role: 'user' | 'assistant' | 'other';
  /** What the person sees; null where there is nothing to read. */
  readonly text: string | null;
  /** Why `text` is null, and for others that stand beside the text: counted, `hidden`, `content:thoughts`. */
  readonly notes: readonly string[];
  readonly timestamp: string | null;
  readonly model: string | null;
  readonly finish: 'stop' | 'length' | 'interrupted' | null;
}

/** A conversation that is none: skipped, and counted under the reason. */
export interface BrokenConversation {
  readonly broken: string;
}

/** Seconds since 1970, or ISO text, as ISO 8601 in UTC; null for anything else. */
export function isoTime(value: unknown): string | null {
  const date =
    typeof value === 'number' ? new Date(value * 1000) : typeof value === 'string' ? new Date(value) : null;
  return date && Number.isFinite(date.getTime()) ? date.toISOString() : null;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
