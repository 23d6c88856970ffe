import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

import { type Archetypes, readArchetypes } from '../../src/cards/archetypes.ts';
import { readCards } from '../../src/cards/read-cards.ts';
import { validateCards } from '../../src/cards/validate.ts';
import type { Card, OracleRules } from '../../src/core/card.ts';
import { testTaxonomy } from '../support/taxonomy.ts';
import { sampleCard } from './support.ts';

const taxonomy = testTaxonomy();
const configs = join(import.meta.dirname, '../../configs');
let archetypes: Archetypes;
beforeAll(async () => {
  archetypes = await readArchetypes(join(configs, 'archetypes.yaml'));
});

const codesOf = (...cards: Card[]): string[] =>
  validateCards(
    cards.map((card, index) => ({ card, place: `card ${index}` })),
    { taxonomy, archetypes },
  ).map(({ code }) => code);

const base = sampleCard();
const oracleRules: OracleRules = {
  tier: 1,
  importance: { always: ['pipeline'], usually: [], sometimes: [], rarely: ['all hands'] },
  priorities: ['a', 'b', 'c'].map((name) => ({ name, share: 0.3, keywords: [name] })),
  rsvp: {},
  prep: { requires: [], optional: [], none: [] },
};
const oracle = (rules: Partial<OracleRules>, id = 'tier1_sales'): Card => ({
  ...base,
  id,
  kind: 'oracle',
  rules: { conversation: null, oracle: { ...oracleRules, ...rules } },
});

test('cards that are all right have no findings', () => {
  expect(codesOf(base, oracle({}))).toEqual(['card-duplicate-name']);
  expect(codesOf(base, { ...oracle({}), name: 'Sam' })).toEqual([]);
});

const always = oracleRules.importance.always;
const broken: readonly [string, Card][] = [
  ['card-unknown-persona', { ...base, taxonomy: { ...base.taxonomy, persona: 'roleplay_charakter' } }],
  ['card-category-differs', { ...base, taxonomy: { ...base.taxonomy, category: 'technical' } }],
  ['card-name-is-role', { ...base, name: 'bus driver ' }],
  ['card-age-impossible', { ...base, identity: { ...base.identity, age: 400 } }],
  ['card-age-experience', { ...base, details: { professional_context: { years_experience: 30 } } }],
  ['card-age-experience', { ...base, details: { professional_context: { years_experience: '31 years' } } }],
  [
    'card-location-differs',
    {
      ...base,
      identity: { ...base.identity, location: { city: 'Pune' } },
      details: { lifestyle_context: { city: 'Delhi' } },
    },
  ],
  ['card-range-reversed', { ...base, voice: { ...base.voice, gap_ms: [240, 80] } }],
  ['card-word-limit', { ...base, voice: { ...base.voice, word_limit: 0 } }],
  ['card-no-rules', { ...base, kind: 'oracle' }],
  ['card-no-rules', { ...base, kind: 'training' }],
  ['card-no-rules', { ...base, voice: { ...base.voice, phrases: [] } }],
  [
    'card-contradictory-rules',
    oracle({ importance: { always, usually: [], sometimes: [], rarely: ['Pipeline!'] } }),
  ],
  ['card-contradictory-rules', oracle({ rsvp: { always_accept: ['1:1'], always_decline: ['1-1'] } })],
  [
    'card-contradictory-rules',
    oracle({
      prep: {
        requires: [{ match: 'board', minutes: [30, 60] }],
        optional: [],
        none: [{ match: 'Board', minutes: null }],
      },
    }),
  ],
  [
    'card-range-reversed',
    oracle({ prep: { requires: [{ match: 'board', minutes: [60, 30] }], optional: [], none: [] } }),
  ],
  ['card-tier-differs', oracle({ tier: 2 })],
  ['card-priority-count', oracle({ priorities: oracleRules.priorities.slice(0, 2) })],
  [
    'card-priority-shares',
    oracle({ priorities: oracleRules.priorities.map((one) => ({ ...one, share: 0.5 })) }),
  ],
  [
    'card-priority-keywords',
    oracle({ priorities: oracleRules.priorities.map((one, i) => (i ? one : { ...one, keywords: [] })) }),
  ],
  ['card-unknown-archetype', { ...base, archetype: { type: 'PERSUADION', confidence: null, data: {} } }],
  [
    'card-archetype-field',
    {
      ...base,
      archetype: {
        type: 'CONFRONTATION',
        confidence: null,
        data: { sub_type: 'WITNESS', power_dynamics: 'none', emotional_state: 'calm' },
      },
    },
  ],
  [
    'card-confidence',
    {
      ...base,
      archetype: {
        type: 'HELP_SEEKING',
        confidence: 80,
        data: { problem_description: 'p', emotional_state: 'e', desired_outcome: 'd', patience_level: 'l' },
      },
    },
  ],
];

test.each(broken)('%s', (code, card) => {
  expect(codesOf(card)).toEqual([code]);
});

test('an id that is used twice is an error, a name that is used twice a warning', () => {
  expect(codesOf(base, base)).toEqual(['card-duplicate-id']);
  expect(codesOf(base, { ...base, id: 'other' })).toEqual(['card-duplicate-name']);
});

test('an unknown behaviour class is named with the nearest one', () => {
  const card = { ...base, taxonomy: { ...base.taxonomy, persona: 'roleplay_charakter' } };
  const [finding] = validateCards([{ card, place: 'x.yaml' }], { taxonomy, archetypes });
  expect(finding?.message).toBe(
    'taxonomy.persona: no behaviour class "roleplay_charakter"; did you mean "roleplay_character"?',
  );
});

test('the twenty coffee-shop cards are as the document distributes them and have no findings', async () => {
  const { cards } = await readCards([join(configs, 'cards/coffee-shop')], taxonomy);
  expect(validateCards(cards, { taxonomy, archetypes })).toEqual([]);
  const types = cards.map(({ card }) => card.identity.type);
  const counts = Object.fromEntries(
    [...new Set(types)].map((type) => [type, types.filter((t) => t === type).length]),
  );
  expect(counts).toEqual({ angry: 5, nervous: 5, friendly: 5, indecisive: 3, enthusiast: 2 });
  const phrases = cards.flatMap(({ card }) => card.voice.phrases);
  expect(new Set(phrases).size).toBe(phrases.length);
  expect(cards.every(({ card }) => card.voice.gap_ms !== null && card.voice.phrases.length >= 3)).toBe(true);
});
