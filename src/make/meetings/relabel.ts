import type { Card } from '../../core/card.ts';
import type { MeetingLabel } from '../../core/meeting.ts';
import {
  type CompiledRules,
  firedRules,
  type FiredRules,
  type LabelledEvent,
  labelMeeting,
  rulesOfCard,
} from './label.ts';

/** What the rules say of an event that somebody else may have labelled. */
export interface Relabelled {
  readonly label: MeetingLabel;
  readonly matchesPriority: boolean;
  readonly hasWeightyPeople: boolean;
  /** Rules of one strength fired, and no others. */
  readonly isClear: boolean;
}

/** Labels events again by the rules of their persona; null for a persona that is not among the cards. */
export function relabelBy(
  cards: readonly Card[],
): (personaId: string, event: LabelledEvent) => Relabelled | null {
  const rules = new Map<string, CompiledRules>();
  for (const card of cards) {
    const compiled = rulesOfCard(card);
    if (compiled) rules.set(card.id, compiled);
  }
  return (personaId, event) => {
    const known = rules.get(personaId);
    if (!known) return null;
    const fired = firedRules(known, event);
    return {
      label: labelMeeting(known, event),
      matchesPriority: fired.priorities.length > 0,
      hasWeightyPeople: fired.weighty.length > 0,
      isClear: strengthsOf(fired) === 1,
    };
  };
}

function strengthsOf({ always, usually, sometimes, rarely, priorities }: FiredRules): number {
  return [[...always, ...priorities], usually, sometimes, rarely].filter((hits) => hits.length > 0).length;
}
