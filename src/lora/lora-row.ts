export const loraTargets = ['self', 'assistant', 'endpoint'] as const;
/** Who speaks the reply that is trained: the person, the assistant that answered, or a model asked for it. */
export type LoraTarget = (typeof loraTargets)[number];

/** An exchange that may become a row. */
export interface Candidate {
  /** Of the record it comes from; names the row in the index. */
  readonly id: string;
  /** Rows of one conversation stay on one side of the split. */
  readonly conversation: string;
  /** Of this row alone; left out: that of all rows. */
  readonly system?: string;
  /** What is answered; empty: nothing is known of it. */
  readonly user: string;
  readonly assistant: string;
  readonly signals?: ReplySignals;
  /** Of a reply that a model was asked for: such a row is marked. */
  readonly provenance?: Readonly<Record<string, unknown>>;
}

/** What a source holds for a target. */
export interface FoundExchanges {
  /** Of a large source a draw by hash. */
  readonly candidates: readonly Candidate[];
  /** Exchanges that there are, those that were not drawn too. */
  readonly total: number;
  /** Records in which no exchange could be read. */
  readonly unreadable: number;
}

/** What an export tells of an assistant's reply beside its text. */
export interface ReplySignals {
  /** `length`: cut off at the limit; null: not known. */
  readonly finish: 'stop' | 'length' | 'interrupted' | null;
  readonly rating: 'up' | 'down' | null;
  /** The person's next turn says that it was wrong. */
  readonly isDisputed: boolean;
}

export interface LoraMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** One line of a training file. */
export interface LoraRow {
  readonly messages: readonly [LoraMessage, LoraMessage, LoraMessage];
  readonly _synthetic?: true;
  readonly provenance?: Readonly<Record<string, unknown>>;
}

/** Tokens of a text. */
export type CountTokens = (text: string) => number;
