import type { Finding } from '../core/finding.ts';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** The JSON object wanted: name and JSON Schema in the strictest common subset (every field required, no extra ones). */
export interface AnswerSchema {
  readonly name: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

/** What `Ask.accept` says: a value (its findings are warnings), or findings that the next attempt is told. */
export type Acceptance<T> =
  | { readonly value: T; readonly findings?: readonly Finding[] }
  | { readonly findings: readonly Finding[] };

/** One thing asked of a language model, complete in itself: what is sent, what must come back, what stands in for it offline. */
export interface Ask<T> {
  /** Stable name of the cell that the answer fills, unique in a job: `persona_001/03`. */
  readonly cell: string;
  readonly messages: readonly ChatMessage[];
  readonly temperature: number;
  readonly maxTokens: number;
  /** null: the answer is prose. */
  readonly schema: AnswerSchema | null;
  /** Checks an answer: the parsed JSON where there is a schema, else the text. Pure; must not throw. */
  readonly accept: (answer: unknown) => Acceptance<T>;
  /** The answer of the `template` provider, from a seeded source of numbers in [0, 1). Must be accepted by `accept`. */
  readonly template: (random: () => number) => unknown;
}

/** Where a value comes from; stands beside everything that was made. */
export interface AnswerProvenance {
  readonly provider: string;
  readonly model: string;
  /** sha256 of what was sent, hexadecimal. */
  readonly prompt_hash: string;
  readonly attempt: number;
}

export interface Answer<T> {
  readonly cell: string;
  /** null: no attempt was accepted; the findings say why. */
  readonly value: T | null;
  readonly findings: readonly Finding[];
  readonly provenance: AnswerProvenance;
}

/** What makers are handed. Concurrency, limits, cache, journal, budget and retries lie behind it. */
export interface Llm {
  /**
   * Asks, and settles when there is an accepted value or no attempt is left. Any number of asks may be made at once.
   * @throws BudgetError when the budget is used up; InterruptedError; FatalError when the endpoint refuses everything
   */
  ask<T>(ask: Ask<T>): Promise<Answer<T>>;
}
