import type { Card } from '../../core/card.ts';
import { type CompiledRules } from './label.ts';
import { firedByText } from './routes.ts';

/** What a person in this role talks about, out of `details.professional_context`. */
export interface ContextWords {
  readonly projects: readonly string[];
  readonly artefacts: readonly string[];
  readonly teams: readonly string[];
  /** Titles of people met daily. */
  readonly colleagues: readonly string[];
  /** Titles above. */
  readonly executives: readonly string[];
  /** Organisations outside. */
  readonly customers: readonly string[];
}

const fallback: ContextWords = {
  projects: ['Harbour', 'Lantern', 'Meadow'],
  artefacts: ['summary page', 'open points', 'action list'],
  teams: ['Core Team', 'Partner Team', 'Office'],
  colleagues: ['Specialist', 'Coordinator', 'Associate'],
  executives: ['CEO', 'CFO', 'COO'],
  customers: ['Acme'],
};

export function contextWordsOf(card: Card): ContextWords {
  const given = card.details['professional_context'] ?? {};
  const words = (key: keyof ContextWords): readonly string[] => {
    const value = given[key];
    const texts = Array.isArray(value) ? value.filter((text) => typeof text === 'string' && text !== '') : [];
    return texts.length > 0 ? (texts as string[]) : fallback[key];
  };
  return {
    projects: words('projects'),
    artefacts: words('artefacts'),
    teams: words('teams'),
    colleagues: words('colleagues'),
    executives: words('executives'),
    customers: words('customers'),
  };
}

/** The texts that fire none of the card's rules, so that only what is meant to decide does; all of them where none is neutral. */
export function neutralOnly(rules: CompiledRules, texts: readonly string[]): readonly string[] {
  const neutral = texts.filter((text) => isNeutral(rules, text));
  return neutral.length > 0 ? neutral : texts;
}

function isNeutral(rules: CompiledRules, text: string): boolean {
  const { weighty: _people, ...fired } = firedByText(rules, text);
  return Object.values(fired).every((hits) => hits.length === 0);
}
