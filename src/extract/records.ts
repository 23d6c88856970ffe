/** One message of the person, as `extracted/all_messages.jsonl` holds it. */
export interface ExtractedMessage {
  readonly id: string;
  readonly conversation_id: string;
  readonly title: string;
  readonly text: string;
  /** What it answers: the assistant's message before it on the same path, at most 500 characters; null at the start. */
  readonly context: string | null;
  /** Model that answered it, else the one before, else the conversation's. */
  readonly model: string | null;
  /** ISO 8601, UTC; null where the export has none. */
  readonly timestamp: string | null;
  readonly word_count: number;
  readonly char_count: number;
  /** `side`: on a branch that the person left by editing or going back; only with `--branches all`. */
  readonly branch: 'active' | 'side';
}

/** What the assistant answered to a message, as `extracted/replies.jsonl` holds it. */
export interface AssistantReply {
  /** Of the person's message. */
  readonly id: string;
  readonly conversation_id: string;
  readonly text: string;
  readonly model: string | null;
  readonly finish: 'stop' | 'length' | 'interrupted' | null;
  readonly rating: 'up' | 'down' | null;
  /** What the person says next, on the same branch, says that it was wrong. */
  readonly disputed: boolean;
  /** The person's message has another answer of the assistant. */
  readonly regenerated: boolean;
}

/** What a message is, by local rules. */
export interface MessageCategories {
  readonly topic_category: string;
  readonly tone: string;
  /** Words that show reasoning, each once, in order of appearance. */
  readonly reasoning_markers: readonly string[];
  /** The kind of reasoning with most markers; null without one. */
  readonly reasoning_style: string | null;
  readonly question_types: readonly string[];
  readonly length_category: string;
  readonly has_code: boolean;
}

export type CategorisedMessage = ExtractedMessage & MessageCategories;

/** Messages shorter than this say nothing of a person. */
export const minimumMessageChars = 10;
export const maximumContextChars = 500;
