import type { ImportanceLabel } from '../../core/meeting.ts';
import { ConfigError } from '../../core/errors.ts';
import { type CompiledRules, firedRules, type FiredRules, importanceOf } from './label.ts';

/** How a meeting comes to its importance; what the words and people of the meeting must hold. */
export type Route =
  | 'always-priority'
  | 'always-usually'
  | 'always-people'
  | 'always'
  | 'priority'
  | 'usually'
  | 'sometimes'
  | 'nothing'
  | 'rarely';

export const routesOfIntent: Readonly<Record<ImportanceLabel, readonly (readonly [Route, number])[]>> = {
  critical: [
    ['always-priority', 0.35],
    ['always-usually', 0.25],
    ['always-people', 0.4],
  ],
  high: [
    ['always', 0.5],
    ['priority', 0.5],
  ],
  medium: [
    ['usually', 0.4],
    ['sometimes', 0.4],
    ['nothing', 0.2],
  ],
  low: [['rarely', 1]],
};

/** Phrases of a card that together take a route, and what preparation they call for by themselves. */
export interface Mention {
  readonly route: Route;
  readonly phrases: readonly string[];
  readonly requiredMinutes: number;
  readonly callsOptionalPrep: boolean;
}

/** Every way the phrases of a card can take each route without taking a stronger or weaker one by accident. */
export function mentionsOfCard(rules: CompiledRules): Map<Route, Mention[]> {
  const { always, usually, sometimes, rarely } = rules.importance;
  const texts = (phrases: readonly { readonly text: string }[]): string[] => phrases.map(({ text }) => text);
  const keywords = rules.priorities.flatMap((priority) => texts(priority.keywords));
  const pairs = (left: string[], right: string[]): string[][] =>
    left.flatMap((one) => right.map((other) => [one, other]));
  const singles = (phrases: string[]): string[][] => phrases.map((phrase) => [phrase]);
  const candidates: Readonly<Record<Route, string[][]>> = {
    'always-priority': pairs(texts(always), keywords),
    'always-usually': pairs(texts(always), texts(usually)),
    'always-people': singles(texts(always)),
    always: singles(texts(always)),
    priority: singles(keywords),
    usually: singles(texts(usually)),
    sometimes: singles(texts(sometimes)),
    nothing: [[]],
    rarely: singles(texts(rarely)),
  };
  return new Map(
    Object.entries(candidates).map(([name, phrases]) => {
      const route = name as Route;
      return [route, phrases.flatMap((chosen) => mentionOf(rules, route, chosen))];
    }),
  );
}

/** What a text alone fires, with nobody in the room. */
export function firedByText(rules: CompiledRules, text: string): FiredRules {
  return firedRules(rules, {
    subject: text,
    bodyPreview: '',
    attendees: [],
    organizer: { emailAddress: { name: '', address: '' } },
  });
}

/** @throws ConfigError when the rules of a card leave an importance that no meeting can have */
export function assertReachable(cardId: string, mentions: ReadonlyMap<Route, readonly Mention[]>): void {
  for (const [intent, routes] of Object.entries(routesOfIntent)) {
    if (routes.some(([route]) => (mentions.get(route) ?? []).length > 0)) continue;
    throw new ConfigError(`card ${cardId}: no meeting can be "${intent}" by its rules`, {
      code: 'card-intent-unreachable',
      hint: 'give rules.oracle.importance phrases at every strength that do not contain each other',
    });
  }
}

function mentionOf(rules: CompiledRules, route: Route, phrases: readonly string[]): Mention[] {
  const fired = firedByText(rules, phrases.join(', '));
  const expected: ImportanceLabel = route === 'always-people' ? 'high' : intentOfRoute(route);
  if (importanceOf(fired) !== expected) return [];
  return [
    {
      route,
      phrases,
      requiredMinutes: Math.max(0, ...fired.requires.map(({ minutes }) => minutes)),
      callsOptionalPrep: fired.optional.length > 0,
    },
  ];
}

function intentOfRoute(route: Route): ImportanceLabel {
  const found = Object.entries(routesOfIntent).find(([, routes]) => routes.some(([name]) => name === route));
  return (found?.[0] ?? 'medium') as ImportanceLabel;
}
