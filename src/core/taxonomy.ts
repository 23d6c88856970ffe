export interface Persona {
  readonly id: string;
  readonly category: string;
  readonly parent: string;
  /** Default target share in percent. */
  readonly share: number;
  readonly adapter: string;
  readonly phases: readonly string[];
  readonly aliases: readonly string[];
  readonly description: string;
}

export interface Trait {
  readonly id: string;
  /** At most one trait of a group holds for a row; null: independent. */
  readonly group: string | null;
  readonly target: number | null;
  readonly definition: string;
}

export interface Category {
  readonly id: string;
  /** Printed target band in percent. */
  readonly min: number;
  readonly max: number;
}

/** The order of `personas` and `traits` is the order of every score array and bit mask in the project. */
export interface Taxonomy {
  readonly personas: readonly Persona[];
  readonly categories: readonly Category[];
  readonly traits: readonly Trait[];
}

/** Persona that stands for "no class is sure enough". */
export const abstainPersona = 'general_assistant';
