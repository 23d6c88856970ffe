export const roles = ['system', 'user', 'assistant', 'tool'] as const;
export type Role = (typeof roles)[number];

export interface ToolCall {
  readonly id: string | null;
  readonly name: string;
  /** JSON text, as trainers and the OpenAI format expect it. */
  readonly arguments: string;
}

export interface Message {
  readonly role: Role;
  readonly content: string;
  /** Speaker or tool name. */
  readonly name?: string;
  readonly toolCalls?: readonly ToolCall[];
}

/** One training example, whatever shape it came in. */
export interface Row {
  readonly messages: readonly Message[];
  /** JSON text of the tool definitions offered to the assistant. */
  readonly tools?: string;
  /** JSON text of the columns that the shape did not use; only when asked for. */
  readonly extra?: string;
}

/** Why a record is no row. `code` is counted in the report; `excerpt` goes to quarantine. */
export interface RowReject {
  readonly code: string;
  readonly message: string;
  /** First 200 characters of the offending record. */
  readonly excerpt: string;
}

/** One record of an input: adapted, or rejected. */
export type RowEntry = {
  /** Position of the record in its file, from 0 (byte offset where `Unit.rowUnit` is `byte`). */
  readonly row: number;
  /** How many input records stand behind this entry: more than 1 where utterances were grouped. */
  readonly records: number;
} & (
  | { readonly value: Row; /** What the file held; only when asked for. */ readonly record?: unknown }
  | { readonly reject: RowReject }
);

/** A run of consecutive entries of one unit, in file order; at most a few hundred rows or a few MiB. */
export type RowBatch = readonly RowEntry[];
