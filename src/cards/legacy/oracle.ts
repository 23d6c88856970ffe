import type { Card, OracleRules } from '../../core/card.ts';
import { newCard, slugOf } from '../new-card.ts';
import type { PersonaFormat } from './format.ts';
import { formatPrep, parsePrep } from './prep-text.ts';
import type { JsonObject } from './remainder.ts';
import { known, numberOf, objectOf, objectsOf, textOf, textsOf } from './values.ts';

/** The meeting persona `tierN_*.json`: explicit preference rules that label meetings. */
export const oracleFormat: PersonaFormat = {
  name: 'oracle',
  persona: 'roleplay_character',
  required: ['id', 'name', 'tier', 'importance_criteria', 'priority_framework'],
  toCard(document, taxonomy) {
    const name = textOf(document['name']) ?? '';
    const id = slugOf(textOf(document['id']) ?? name);
    const card = newCard({ id, name, kind: 'oracle', persona: oracleFormat.persona }, taxonomy);
    const demographics = objectOf(document['demographics']);
    const meetings = objectOf(document['meeting_context']) ?? {};
    return {
      ...card,
      summary: textOf(document['notes']) ?? '',
      identity: { ...card.identity, demographics },
      rules: { conversation: null, oracle: rulesOf(document) },
      context: known({
        weekly_hours: hoursOf(meetings['weekly_meeting_hours']),
        breakdown: objectOf(meetings['typical_breakdown']),
        work_style: document['work_style'],
        career_stage: document['career_stage'],
        stress_level: document['stress_level'],
        notes: document['notes'],
      }),
    };
  },
  fromCard(card) {
    const { context } = card;
    return known({
      id: card.id,
      name: card.name,
      demographics: card.identity.demographics,
      meeting_context: known({
        weekly_meeting_hours: formatHours(context['weekly_hours']),
        typical_breakdown: context['breakdown'],
      }),
      ...rulesToDocument(card),
      work_style: context['work_style'],
      career_stage: context['career_stage'],
      stress_level: context['stress_level'],
      notes: context['notes'],
    });
  },
};

function rulesOf(document: JsonObject): OracleRules | null {
  const tier = document['tier'];
  if (tier !== 1 && tier !== 2 && tier !== 3) return null;
  const importance = objectOf(document['importance_criteria']) ?? {};
  const prep = objectOf(document['prep_time_needs']) ?? {};
  const rsvp = Object.entries(objectOf(document['rsvp_rules']) ?? {});
  return {
    tier,
    importance: {
      always: textsOf(importance['always_important']),
      usually: textsOf(importance['usually_important']),
      sometimes: textsOf(importance['sometimes_important']),
      rarely: textsOf(importance['rarely_important']),
    },
    priorities: objectsOf(document['priority_framework']).map((priority) => ({
      name: textOf(priority['name']) ?? '',
      share: shareOf(priority['time_commitment']),
      keywords: textsOf(priority['keywords']),
    })),
    rsvp: Object.fromEntries(rsvp.map(([key, value]) => [key, textsOf(value)])),
    prep: {
      requires: textsOf(prep['requires_prep']).map(parsePrep),
      optional: textsOf(prep['optional_prep']).map(parsePrep),
      none: textsOf(prep['no_prep']).map(parsePrep),
    },
  };
}

function rulesToDocument({ rules }: Card): JsonObject {
  const { oracle } = rules;
  if (!oracle) return {};
  return {
    tier: oracle.tier,
    importance_criteria: {
      always_important: oracle.importance.always,
      usually_important: oracle.importance.usually,
      sometimes_important: oracle.importance.sometimes,
      rarely_important: oracle.importance.rarely,
    },
    priority_framework: oracle.priorities.map(({ name, share, keywords }) =>
      known({ name, time_commitment: share === null ? null : formatShare(share), keywords }),
    ),
    rsvp_rules: oracle.rsvp,
    prep_time_needs: {
      requires_prep: oracle.prep.requires.map(formatPrep),
      optional_prep: oracle.prep.optional.map(formatPrep),
      no_prep: oracle.prep.none.map(formatPrep),
    },
  };
}

/** `40%`, `about 40 % of the week`, 40 and 0.4 are 0.4. */
function shareOf(value: unknown): number | null {
  const percent = textOf(value)?.match(/(\d+(?:\.\d+)?)\s*%/)?.[1];
  const number = percent === undefined ? numberOf(value) : Number(percent);
  if (number === null || number < 0 || number > 100) return null;
  return percent === undefined && number <= 1 ? number : number / 100;
}

function formatShare(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`;
}

/** `28-32`, `28-32 hours`, 30 → [28, 32], [30, 30]. */
function hoursOf(value: unknown): [number, number] | null {
  const number = numberOf(value);
  if (number !== null) return [number, number];
  const match = /(\d+(?:\.\d+)?)\s*(?:(?:-|–|to)\s*(\d+(?:\.\d+)?))?/.exec(textOf(value) ?? '');
  return match ? [Number(match[1]), Number(match[2] ?? match[1])] : null;
}

function formatHours(value: unknown): string | number | null {
  if (!Array.isArray(value)) return numberOf(value);
  const [from, to] = [numberOf(value[0]), numberOf(value[1])];
  if (from === null || to === null) return null;
  return from === to ? from : `${from}-${to}`;
}
