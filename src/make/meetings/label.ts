import type { Card, OracleRules, PrepRule } from '../../core/card.ts';
import type { GraphEvent, ImportanceLabel, MeetingLabel } from '../../core/meeting.ts';
import { contentStemsOf, hasPhrase, stemsOf } from '../../lib/stemmed-text.ts';
import { isCustomer, isExecutive } from './seniority.ts';

/** The oracle of a card, ready to label: stems of every phrase, computed once. */
export interface CompiledRules {
  readonly importance: Readonly<Record<keyof OracleRules['importance'], readonly Phrase[]>>;
  readonly priorities: readonly { readonly name: string; readonly keywords: readonly Phrase[] }[];
  readonly prep: Readonly<Record<keyof OracleRules['prep'], readonly CompiledPrep[]>>;
}

interface Phrase {
  readonly text: string;
  readonly stems: readonly string[];
}

interface CompiledPrep {
  readonly match: string;
  readonly stems: readonly string[];
  readonly minutes: number;
}

/** What an event is labelled by: text and people. Nothing that says what was intended. */
export type LabelledEvent = Pick<GraphEvent, 'subject' | 'bodyPreview' | 'attendees' | 'organizer'>;

/** Everything that fired. */
export interface FiredRules {
  readonly always: readonly string[];
  readonly usually: readonly string[];
  readonly sometimes: readonly string[];
  readonly rarely: readonly string[];
  /** Names of the priorities. */
  readonly priorities: readonly string[];
  /** Names of executives or customers in the meeting; empty where none. */
  readonly weighty: readonly string[];
  readonly requires: readonly CompiledPrep[];
  readonly optional: readonly CompiledPrep[];
  readonly none: readonly CompiledPrep[];
}

export function compileRules(oracle: OracleRules): CompiledRules {
  const phrases = (texts: readonly string[]): Phrase[] =>
    texts.map((text) => ({ text, stems: stemsOf(text) }));
  const prep = (rules: readonly PrepRule[], fallback: number): CompiledPrep[] =>
    rules.map((rule) => ({
      match: rule.match,
      stems: contentStemsOf(rule.match),
      minutes: minutesOf(rule, fallback),
    }));
  const { always, usually, sometimes, rarely } = oracle.importance;
  return {
    importance: {
      always: phrases(always),
      usually: phrases(usually),
      sometimes: phrases(sometimes),
      rarely: phrases(rarely),
    },
    priorities: oracle.priorities.map(({ name, keywords }) => ({ name, keywords: phrases(keywords) })),
    prep: {
      requires: prep(oracle.prep.requires, requiredMinutes),
      optional: prep(oracle.prep.optional, optionalMinutes),
      none: prep(oracle.prep.none, optionalMinutes),
    },
  };
}

/** Compiled rules of a card that has an oracle; null for any other. */
export function rulesOfCard(card: Card): CompiledRules | null {
  return card.rules.oracle === null ? null : compileRules(card.rules.oracle);
}

/**
 * Labels an event by rules alone. Importance, strongest first: critical = an `always` rule and a priority, a `usually` rule, an
 * executive or a customer; high = an `always` rule or a priority; medium = a `usually` or `sometimes` rule, or no rule at all;
 * low = a `rarely` rule and nothing stronger.
 */
export function labelMeeting(rules: CompiledRules, event: LabelledEvent): MeetingLabel {
  const fired = firedRules(rules, event);
  const importance = importanceOf(fired);
  const prep = prepOf(fired, importance);
  return {
    importance_label: importance,
    prep_needed: prep.minutes > 0,
    prep_time_minutes: prep.minutes,
    reasoning: [...importanceReasons(fired, importance), ...prep.reasons].join('; '),
  };
}

export function firedRules(rules: CompiledRules, event: LabelledEvent): FiredRules {
  // A sentence mark no phrase holds stands between the two, so that no phrase spans both.
  const text = [...stemsOf(event.subject), '', ...stemsOf(event.bodyPreview)];
  const words = new Set(text);
  const hits = (phrases: readonly Phrase[]): string[] =>
    phrases.filter(({ stems }) => hasPhrase(text, stems)).map((phrase) => phrase.text);
  const prepHits = (list: readonly CompiledPrep[]): CompiledPrep[] =>
    list.filter(({ stems }) => stems.length > 0 && stems.every((stem) => words.has(stem)));
  return {
    always: hits(rules.importance.always),
    usually: hits(rules.importance.usually),
    sometimes: hits(rules.importance.sometimes),
    rarely: hits(rules.importance.rarely),
    priorities: rules.priorities.filter(({ keywords }) => hits(keywords).length > 0).map(({ name }) => name),
    weighty: weightyPeople(event),
    requires: prepHits(rules.prep.requires),
    optional: prepHits(rules.prep.optional),
    none: prepHits(rules.prep.none),
  };
}

export function importanceOf(fired: FiredRules): ImportanceLabel {
  const hasAlways = fired.always.length > 0;
  const hasPriority = fired.priorities.length > 0;
  if (hasAlways && (hasPriority || fired.usually.length > 0 || fired.weighty.length > 0)) return 'critical';
  if (hasAlways || hasPriority) return 'high';
  if (fired.usually.length > 0 || fired.sometimes.length > 0 || fired.rarely.length === 0) return 'medium';
  return 'low';
}

function weightyPeople({ organizer, attendees }: LabelledEvent): string[] {
  const people = [
    organizer.emailAddress,
    ...attendees.filter(({ type }) => type !== 'resource').map(({ emailAddress }) => emailAddress),
  ];
  return [
    ...new Set(people.filter((person) => isExecutive(person) || isCustomer(person)).map(({ name }) => name)),
  ];
}

function importanceReasons(fired: FiredRules, importance: ImportanceLabel): string[] {
  const reasons = [
    ...fired.always.map((text) => `Always important: ${text}`),
    ...fired.priorities.map((name) => `Matches priority: ${name}`),
    ...fired.usually.map((text) => `Usually important: ${text}`),
    ...fired.sometimes.map((text) => `Sometimes important: ${text}`),
    ...fired.rarely.map((text) => `Rarely important: ${text}`),
  ];
  if (reasons.length === 0) return ['No importance rule fired: medium'];
  if (importance === 'critical' && fired.weighty.length > 0)
    reasons.push(`Executive or customer attends: ${fired.weighty.join(', ')}`);
  return reasons;
}

/** A required preparation counts always, an optional one in a critical or high meeting. The longest of those that fired. */
function prepOf(fired: FiredRules, importance: ImportanceLabel): { minutes: number; reasons: string[] } {
  const reasons = [
    ...fired.requires.map(({ match }) => `Requires prep: ${match}`),
    ...fired.optional.map(({ match }) => `Optional prep: ${match}`),
    ...fired.none.map(({ match }) => `No prep: ${match}`),
  ];
  if (fired.requires.length > 0) return { minutes: longest(fired.requires), reasons };
  const isWorthIt = importance === 'critical' || importance === 'high';
  return { minutes: isWorthIt && fired.optional.length > 0 ? longest(fired.optional) : 0, reasons };
}

function longest(rules: readonly CompiledPrep[]): number {
  return Math.max(...rules.map(({ minutes }) => minutes));
}

/** Middle of the range, 15 … 90. */
function minutesOf({ minutes }: PrepRule, fallback: number): number {
  const middle = minutes === null ? fallback : (minutes[0] + minutes[1]) / 2;
  return Math.min(90, Math.max(15, Math.round(middle)));
}

/** Where a card does not say: the middle of the printed "15-60 minutes", and the shortest. */
const requiredMinutes = 30;
const optionalMinutes = 15;
