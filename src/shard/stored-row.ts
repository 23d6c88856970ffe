import type { Role } from '../core/row.ts';

/**
 * An output row as the writers take it: field names and nesting of the Parquet schema, long texts as UTF-8 views (no
 * string is built on the way from spill to shard), labels as shared strings. One leaf column is all views or all strings:
 * the writer's statistics compare like with like.
 */
export interface StoredRow {
  readonly messages: readonly StoredMessage[];
  readonly tools: Uint8Array | null;
  readonly persona: string;
  readonly personaScore: number;
  readonly taggedBy: string;
  readonly traits: readonly string[];
  readonly traitScores: readonly number[];
  readonly source: string;
  readonly rowKey: Uint8Array;
  readonly phase: string | null;
  readonly adapter: string | null;
  readonly copy: number;
  readonly synthetic: boolean;
  readonly extra: Uint8Array | null;
}

export interface StoredMessage {
  readonly role: Role;
  readonly content: Uint8Array;
  readonly name: Uint8Array | null;
  readonly tool_calls: readonly StoredToolCall[] | null;
}

export interface StoredToolCall {
  readonly id: Uint8Array | null;
  readonly type: 'function';
  readonly function: { readonly name: Uint8Array; readonly arguments: Uint8Array };
}
