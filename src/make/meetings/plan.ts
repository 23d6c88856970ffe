import type { Card } from '../../core/card.ts';
import { ConfigError } from '../../core/errors.ts';
import type { ImportanceLabel } from '../../core/meeting.ts';
import { largestRemainder } from '../../lib/largest-remainder.ts';
import { seededRandom } from '../../lib/seeded-random.ts';
import { type CalendarEntry, planCalendar } from './calendar.ts';
import { pick, shuffled, spread } from './draw.ts';
import { type CompiledRules, rulesOfCard } from './label.ts';
import { planPreparation, type PlannedPrep } from './plan-preparation.ts';
import { type GroupQuota, planQuotas } from './quotas.ts';
import { assertReachable, type Mention, mentionsOfCard, type Route, routesOfIntent } from './routes.ts';
import { planSeatings, type Seating } from './seats.ts';
import { workingTimeOf } from './working-time.ts';

/** One thing to be worded: a single meeting or a whole series. What it should become is decided; what it is labelled is not. */
export interface MeetingGroup {
  /** Position in the plan, from 0. */
  readonly index: number;
  readonly intent: ImportanceLabel;
  readonly route: Route;
  /** Phrases of the card that the wording has to hold. */
  readonly mention: readonly string[];
  /** The preparation that the wording has to call for; null: none. */
  readonly prep: PlannedPrep | null;
  readonly isSeries: boolean;
  readonly seating: Seating;
  readonly entry: CalendarEntry;
}

export interface MeetingPlan {
  readonly card: Card;
  readonly rules: CompiledRules;
  readonly mentions: ReadonlyMap<Route, readonly Mention[]>;
  readonly groups: readonly MeetingGroup[];
  readonly weeks: number;
  readonly seed: string;
}

/**
 * Plans `count` rows of a card before anything is written: importance, type, preparation, people, length and slot, such that
 * every printed share holds by construction. The same card, count and seed give the same plan.
 * @throws ConfigError when the card has no oracle rules, or rules that cannot give every importance
 */
export function planMeetings(params: {
  readonly card: Card;
  readonly count: number;
  readonly seed: string;
}): MeetingPlan {
  const { card, count } = params;
  const rules = rulesOfCard(card);
  if (rules === null) {
    throw new ConfigError(`card ${card.id} has no oracle rules`, {
      code: 'card-without-oracle',
      hint: 'meetings are labelled by rules.oracle; take a card of kind oracle',
    });
  }
  const mentions = mentionsOfCard(rules);
  assertReachable(card.id, mentions);
  const seed = `meetings/${params.seed}/${card.id}/${count}`;
  const random = seededRandom(seed);
  const quotas = planQuotas(count, random);
  const preps = planPreparation(rules, quotas.map(toPrepNeed));
  const routes = planRoutes(quotas, mentions, random);
  const seatings = planSeatings(
    quotas.map((quota, index) => ({ weight: rowsOf(quota), weighty: weightyOf(routes[index]) })),
    random,
  );
  const { entries, weeks } = planCalendar(quotas, workingTimeOf(card), random);
  const groups = quotas.flatMap((quota, index): MeetingGroup[] => {
    const [route, prep, seating, entry] = [
      routes[index],
      preps[index] ?? null,
      seatings[index],
      entries[index],
    ];
    if (!route || !seating || !entry) return [];
    const mention = chooseMention(mentions, route, prep, quota.intent, random);
    return [{ index, intent: quota.intent, route, mention, prep, isSeries: quota.isSeries, seating, entry }];
  });
  return { card, rules, mentions, weeks, seed, groups };
}

/** The same group with other phrases of the same route, for another attempt. */
export function remention(plan: MeetingPlan, group: MeetingGroup, round: number): MeetingGroup {
  const random = seededRandom(`${plan.seed}/again/${group.index}/${round}`);
  return { ...group, mention: chooseMention(plan.mentions, group.route, group.prep, group.intent, random) };
}

function rowsOf({ isSeries, occurrences, exceptions }: GroupQuota): number {
  return isSeries ? occurrences + exceptions : 1;
}

function toPrepNeed(quota: GroupQuota): { intent: ImportanceLabel; rows: number; needsPrep: boolean } {
  return { intent: quota.intent, rows: rowsOf(quota), needsPrep: quota.needsPrep };
}

function planRoutes(
  quotas: readonly GroupQuota[],
  mentions: ReadonlyMap<Route, readonly Mention[]>,
  random: () => number,
): Route[] {
  const byIntent = new Map<ImportanceLabel, Route[]>();
  for (const [name, routes] of Object.entries(routesOfIntent)) {
    const intent = name as ImportanceLabel;
    const open = routes.filter(([route]) => (mentions.get(route) ?? []).length > 0);
    const size = quotas.filter((quota) => quota.intent === intent).length;
    const counts = largestRemainder(
      open.map(([, weight]) => weight),
      size,
    );
    byIntent.set(
      intent,
      spread(
        open.map(([route]) => route),
        counts,
        random,
      ),
    );
  }
  return quotas.map(({ intent }) => byIntent.get(intent)?.pop() ?? 'nothing');
}

function weightyOf(route: Route | undefined): 'must' | 'may' | 'never' {
  if (route === 'always-people') return 'must';
  return route === 'always' ? 'never' : 'may';
}

/** Phrases that do not by themselves call for another preparation than the planned one, where there are such. */
function chooseMention(
  mentions: ReadonlyMap<Route, readonly Mention[]>,
  route: Route,
  prep: PlannedPrep | null,
  intent: ImportanceLabel,
  random: () => number,
): readonly string[] {
  const all = mentions.get(route) ?? [];
  const isWorthIt = intent === 'critical' || intent === 'high';
  const fitting = all.filter(
    ({ requiredMinutes, callsOptionalPrep }) =>
      requiredMinutes <= (prep?.minutes ?? 0) && (prep !== null || !isWorthIt || !callsOptionalPrep),
  );
  const chosen = pick(fitting.length > 0 ? fitting : all, random);
  return chosen.phrases.length > 1 && random() < 0.3 ? shuffled(chosen.phrases, random) : chosen.phrases;
}
