/** Reads as: a slug, `tier1_sales_manager_pipeline`. */
export type CardId = string;

export const cardKinds = ['character', 'oracle', 'training', 'discovered', 'behaviour'] as const;
export type CardKind = (typeof cardKinds)[number];

/**
 * A persona: who is speaking. Cards are unlimited; each points at one of the 57 behaviour classes that the tagger predicts.
 * Keys that a format of its own has and the card has not are kept under `extra`, so that an export gives back what was imported.
 */
export interface Card {
  readonly schema: 'persona-card/1';
  readonly id: CardId;
  readonly name: string;
  readonly kind: CardKind;
  readonly taxonomy: {
    readonly persona: string;
    readonly category: string;
    readonly adapter: string;
    readonly phases: readonly string[];
  };
  /** One paragraph of prose. */
  readonly summary: string;
  readonly identity: CardIdentity;
  readonly voice: CardVoice;
  readonly archetype: {
    /** PERSUASION, CONFRONTATION, …; null where unknown. */
    readonly type: string | null;
    readonly confidence: number | null;
    readonly data: Readonly<Record<string, unknown>>;
  };
  /** Detail category → its fields. */
  readonly details: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly rules: {
    readonly conversation: ConversationRules | null;
    readonly oracle: OracleRules | null;
  };
  readonly context: Readonly<Record<string, unknown>>;
  readonly prompts: {
    readonly minimal: string | null;
    readonly standard: string | null;
    readonly full: string | null;
  };
  readonly evidence: CardEvidence | null;
  readonly provenance: CardProvenance;
  /** What another format holds and this one has no place for, by format. */
  readonly extra: Readonly<Record<string, unknown>>;
}

export interface CardIdentity {
  readonly age: number | null;
  readonly gender: string | null;
  readonly role: string | null;
  /** `angry`, `Experienced gynaecologist`. */
  readonly type: string | null;
  readonly location: Readonly<Record<string, unknown>> | null;
  readonly demographics: Readonly<Record<string, unknown>> | null;
}

export interface CardVoice {
  readonly traits: readonly string[];
  readonly speech_patterns: readonly string[];
  readonly phrases: readonly string[];
  readonly tone: string | null;
  readonly reasoning_style: string | null;
  /** Shortest and longest pause before a turn, milliseconds. */
  readonly gap_ms: readonly [number, number] | null;
  readonly word_limit: number | null;
}

export interface ConversationRules {
  readonly opening_behavior: string;
  readonly response_style: string;
  readonly behavioral_triggers: {
    readonly what_engages: readonly string[];
    readonly what_frustrates: readonly string[];
    readonly what_escalates: readonly string[];
    readonly what_ends_conversation: readonly string[];
  };
}

/** Preference rules of a meeting persona: they label, a model never does. */
export interface OracleRules {
  readonly tier: 1 | 2 | 3;
  readonly importance: {
    readonly always: readonly string[];
    readonly usually: readonly string[];
    readonly sometimes: readonly string[];
    readonly rarely: readonly string[];
  };
  readonly priorities: readonly {
    readonly name: string;
    /** Share of working time, 0 … 1; null where the source does not say. */
    readonly share: number | null;
    readonly keywords: readonly string[];
  }[];
  readonly rsvp: Readonly<Record<string, readonly string[]>>;
  readonly prep: {
    readonly requires: readonly PrepRule[];
    readonly optional: readonly PrepRule[];
    readonly none: readonly PrepRule[];
  };
}

export interface PrepRule {
  /** Head phrase whose words must all stand in the meeting. */
  readonly match: string;
  /** Shortest and longest preparation; null where the source does not say. */
  readonly minutes: readonly [number, number] | null;
}

/** Where a discovered card comes from. */
export interface CardEvidence {
  readonly cluster: number | null;
  /** Messages behind it. */
  readonly size: number;
  readonly terms: readonly string[];
  readonly sample_ids: readonly string[];
}

export interface CardProvenance {
  readonly source: 'seed' | 'llm' | 'template' | 'extract' | 'hand' | 'import';
  readonly model: string | null;
  readonly prompt_hash: string | null;
  readonly seed: number | null;
}
