/** Who speaks: the agent is the persona (a customer), the user is the other side (a barista). */
export const turnRoles = ['agent', 'user'] as const;
export type TurnRole = (typeof turnRoles)[number];

export interface Turn {
  readonly role: TurnRole;
  readonly text: string;
  /** Pause before the turn in milliseconds; only where the persona's card gives a range. */
  readonly gap_ms?: number;
}

/** One conversation as it is published. Keys are written in this order. */
export interface Conversation {
  readonly persona_id: string;
  /** `conv_0001`; given by us, never by a model. */
  readonly conversation_id: string;
  /** Name of the scenario as its list prints it. */
  readonly scenario: string;
  readonly system_prompt: string;
  readonly turns: readonly Turn[];
}

/** How many turns a conversation has at least and at most; both included. */
export type TurnRange = readonly [number, number];

/** What belongs to a domain, in lower-case words: what a conversation is about, what is small talk, what has no business there. */
export interface TopicWords {
  readonly words: readonly string[];
  readonly small_talk: readonly string[];
  readonly foreign: readonly string[];
}
