import { type BasePersona, pick } from './base-persona.ts';
import type { PersonaLibrary } from './library.ts';
import type { Scenario } from './scenario.ts';

/** What the template provider fills its sentences with. */
export interface GrammarContext {
  readonly base: BasePersona;
  readonly scenario: Scenario;
  readonly library: PersonaLibrary;
}

/** Years that a person of this age can have worked in a trade that is learned until about 24. */
const learnedUntil = 24;

/**
 * A sentence with its slots filled: `{city}`, `{years}`, `{money:500-900}`, `{12-40}`, and words of the scenario such as `{topic}`.
 * A sentence that is one number alone becomes a number.
 */
export function fill(sentence: string, context: GrammarContext, random: () => number): string | number {
  const filled = sentence.replaceAll(/\{([^{}]+)\}/g, (_whole, slot: string) =>
    slotValue(slot, context, random),
  );
  return /^\d+$/.test(filled) ? Number(filled) : filled.charAt(0).toUpperCase() + filled.slice(1);
}

/** A value for a field of a detail category, or for any field that the grammar does not know. */
export function fieldValue(
  category: string,
  field: string,
  context: GrammarContext,
  random: () => number,
): string | number {
  const { grammar } = context.library;
  const ways = grammar.details[category]?.[field] ?? grammar.other;
  const sentence = (pick(ways, random) ?? '').replaceAll('{field}', field.replaceAll('_', ' '));
  return fill(sentence, context, random);
}

function slotValue(slot: string, context: GrammarContext, random: () => number): string {
  const { base, scenario, library } = context;
  const range = /^(?:(money):)?(\d+)-(\d+)$/.exec(slot);
  if (range) return numberText(range, library, random);
  switch (slot) {
    case 'name':
      return base.name.split(' ')[0] ?? base.name;
    case 'role':
      return base.role.charAt(0).toLowerCase() + base.role.slice(1);
    case 'city':
      return base.location.city;
    case 'area':
      return base.location.specific_area ?? base.location.city;
    case 'years':
      return String(1 + Math.floor(random() * Math.max(1, Math.min(30, base.age - learnedUntil))));
    case 'relative':
      return `${pick(['Asha', 'Ravi', 'Meera', 'Sam', 'Nina', 'Jo'], random)}`;
    default:
      return pick(scenario.words[slot] ?? otherWords[slot] ?? [slot], random) ?? slot;
  }
}

function numberText(range: RegExpExecArray, { locale }: PersonaLibrary, random: () => number): string {
  const [from, to] = [Number(range[2]), Number(range[3])];
  const number = from + Math.floor(random() * (to - from + 1));
  if (range[1] === undefined) return String(number);
  const amount = Math.round((number * locale.money.factor) / 100) * 100;
  return `${locale.money.sign}${String(amount).replaceAll(/\B(?=(\d{3})+$)/g, ',')}`;
}

/** For scenarios that do not bring these words. */
const otherWords: Readonly<Record<string, readonly string[]>> = {
  topic: ['the matter at hand'],
  offer: ['what is offered'],
  rival: ['the way it is done today'],
  worry: ['that it goes wrong'],
  pressure: ['too little time'],
  peers: ['colleagues'],
  learner: ['the other side'],
  goal: ['a decision that lasts'],
  place: ['the usual place'],
};
