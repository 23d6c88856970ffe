import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { DiscoveredDocument } from '../../src/cards/legacy/discovered.ts';
import {
  detectFormat,
  exportDiscovered,
  exportPersonas,
  importDiscoveredPersonas,
  importPersonas,
} from '../../src/cards/legacy/import-export.ts';
import { parseCard } from '../../src/cards/parse-card.ts';
import { formatCard } from '../../src/cards/write-cards.ts';
import type { Card } from '../../src/core/card.ts';
import { parse } from 'yaml';
import { testTaxonomy } from '../support/taxonomy.ts';

const taxonomy = testTaxonomy();

/** Keys and values that no format knows of, as a file keeps them: JSON has no -0. */
const unknownKeys = fc
  .dictionary(
    fc.string().filter((key) => key !== '__proto__'),
    fc.jsonValue() as fc.Arbitrary<unknown>,
    { maxKeys: 3 },
  )
  .map((keys) => JSON.parse(JSON.stringify(keys)) as Record<string, unknown>);
const text = fc.string();
const texts = fc.array(text, { maxLength: 4 });
const name = fc.string({ minLength: 1 });
/** Some keys of a record left out, and strange ones added. */
function loose<T extends Record<string, unknown>>(
  shape: { [K in keyof T]: fc.Arbitrary<T[K]> },
  requiredKeys: (keyof T)[],
): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .tuple(unknownKeys, fc.record(shape, { requiredKeys }))
    .map(
      ([strange, record]) => JSON.parse(JSON.stringify({ ...strange, ...record })) as Record<string, unknown>,
    );
}

const coffee = loose(
  {
    id: name,
    name,
    type: fc.constantFrom('angry', 'nervous', 'friendly'),
    traits: text,
    speech_patterns: texts,
    conversation_count: fc.oneof(fc.nat(), text),
  },
  ['id', 'name', 'type', 'traits', 'speech_patterns'],
);

const prep = fc.oneof(
  text,
  fc
    .tuple(text, fc.nat(90), fc.nat(90), text)
    .map(([head, from, to, why]) => `${head} (${from}-${to} min: ${why})`),
  fc.tuple(text, fc.nat(4)).map(([head, hours]) => `${head}: ${hours} hours`),
);
const oracle = loose(
  {
    id: name,
    name,
    tier: fc.oneof(fc.constantFrom(1, 2, 3), fc.nat(), text),
    demographics: loose({ level: text, function: text, team_size: fc.nat() }, []),
    meeting_context: loose(
      {
        weekly_meeting_hours: fc.oneof(text, fc.nat(60), fc.constant('28-32'), fc.constant('28-32 hours')),
        typical_breakdown: loose({ internal: fc.nat() }, []),
      },
      [],
    ),
    importance_criteria: loose(
      { always_important: texts, rarely_important: texts, usually_important: texts },
      [],
    ),
    priority_framework: fc.array(
      loose({ name: text, time_commitment: fc.oneof(text, fc.nat(), fc.constant('40%')), keywords: texts }, [
        'name',
      ]),
      { maxLength: 3 },
    ),
    rsvp_rules: loose({ always_accept: texts, conditional: fc.oneof(texts, text) }, []),
    prep_time_needs: loose(
      { requires_prep: fc.array(prep), optional_prep: fc.array(prep), no_prep: texts },
      [],
    ),
    work_style: fc.oneof(text, texts),
    career_stage: text,
    stress_level: fc.oneof(text, fc.nat(), fc.constant(null)),
    notes: text,
  },
  ['id', 'name', 'tier', 'importance_criteria', 'priority_framework'],
);

const instance = loose(
  {
    id: fc.uuid(),
    template_id: text,
    persona_type: text,
    mode: fc.constantFrom('learn_mode', 'assess_mode', 'try_mode'),
    scenario_type: text,
    name,
    age: fc.oneof(fc.nat(99), fc.constant('35')),
    gender: text,
    role: text,
    description: text,
    location: loose({ city: text, languages_spoken: texts, pincode: fc.constant(null) }, []),
    archetype: fc.constantFrom('PERSUASION', 'HELP_SEEKING'),
    archetype_confidence: fc.oneof(fc.float({ min: 0, max: 1, noNaN: true }), fc.constant(null)),
    archetype_specific_data: loose({ current_position: text }, []),
    detail_categories: fc.dictionary(
      fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'),
      fc.oneof(unknownKeys, text),
    ),
    conversation_rules: loose(
      {
        opening_behavior: text,
        response_style: text,
        word_limit: fc.oneof(fc.nat(), text),
        behavioral_triggers: loose({ what_engages: texts, what_frustrates: texts }, []),
      },
      [],
    ),
    detail_categories_included: texts,
    generation_metadata: unknownKeys,
  },
  ['id', 'template_id', 'name', 'role', 'description', 'detail_categories'],
);

/** A card as it is after it was written to its file and read again. */
function throughFile(card: Card): Card {
  const { card: read } = parseCard(parse(formatCard(card)), 'card.yaml', taxonomy);
  expect(read).not.toBeNull();
  return read ?? card;
}

test.each([
  ['coffee', coffee],
  ['oracle', oracle],
  ['instance', instance],
] as const)(
  '%s: importing and exporting gives back any object, also through card files',
  (format, documents) => {
    fc.assert(
      fc.property(fc.array(documents, { maxLength: 3 }), (originals) => {
        const items = originals.map((document, index) => ({ document, place: String(index) }));
        const { cards, findings } = importPersonas(format, items, taxonomy);
        expect(findings).toEqual([]);
        const back = exportPersonas(format, cards.map(throughFile).toReversed());
        expect(back.map(({ document }) => document)).toEqual(originals);
      }),
      { numRuns: 60 },
    );
  },
);

test('discovered: importing and exporting gives back both files, also through card files', () => {
  const cluster = fc.nat(4);
  const persona = loose(
    {
      id: name,
      name,
      cluster,
      description: text,
      system_prompt: text,
      traits: texts,
      phrases: texts,
      tone: text,
    },
    ['name', 'system_prompt'],
  );
  const analysed = loose(
    { cluster, name, size: fc.nat(), terms: texts, sample_ids: texts, code_ratio: fc.nat() },
    [],
  );
  fc.assert(
    fc.property(
      fc.array(persona, { minLength: 1, maxLength: 3 }),
      fc.option(fc.array(analysed, { maxLength: 3 })),
      unknownKeys,
      (personas, clusters, rest) => {
        const document: DiscoveredDocument = {
          prompts: { ...rest, personas },
          analysis: clusters && { ...rest, clusters },
        };
        const { cards, findings } = importDiscoveredPersonas(document, 'folder', taxonomy);
        expect(findings).toEqual([]);
        const ids = cards.map((card, index) => ({ ...card, id: `${card.id}_${index}` }));
        expect(exportDiscovered(cards)).toEqual(document);
        expect(ids.map(throughFile).map(({ name: read }) => read)).toEqual(
          personas.map((one) => one['name']),
        );
      },
    ),
    { numRuns: 60 },
  );
});

const salesManager = {
  id: 'tier1_sales_manager_pipeline',
  name: 'Sales Manager - Pipeline Juggler',
  tier: 1,
  demographics: { level: 'manager', function: 'sales' },
  meeting_context: { weekly_meeting_hours: '28-32', typical_breakdown: { internal: '60%' } },
  importance_criteria: { always_important: ['pipeline review'], rarely_important: ['all hands'] },
  priority_framework: [{ name: 'Close Q4 deals', time_commitment: '50% of the week', keywords: ['deal'] }],
  prep_time_needs: {
    requires_prep: [
      'Customer presentations (30-60 min: slides, demo)',
      'Deal reviews with leadership: 1-2 hours',
    ],
    no_prep: ['Coffee chats'],
  },
};

test('prose of preparation becomes phrase and minutes, and its words come back', () => {
  const { cards } = importPersonas('oracle', [{ document: salesManager, place: 'x' }], taxonomy);
  expect(cards[0]?.rules.oracle?.prep).toEqual({
    requires: [
      { match: 'Customer presentations', minutes: [30, 60] },
      { match: 'Deal reviews with leadership', minutes: [60, 120] },
    ],
    optional: [],
    none: [{ match: 'Coffee chats', minutes: null }],
  });
  expect(cards[0]?.rules.oracle?.priorities[0]?.share).toBe(0.5);
  expect(cards[0]?.context['weekly_hours']).toEqual([28, 32]);
});

test('what was changed on the card is exported, and what was not keeps its words', () => {
  const { cards } = importPersonas('oracle', [{ document: salesManager, place: 'x' }], taxonomy);
  const edited = cards.map((card) => {
    const oracleRules = card.rules.oracle;
    if (!oracleRules) return card;
    const requires = [{ match: 'Board meetings', minutes: [90, 90] as const }, ...oracleRules.prep.requires];
    return {
      ...card,
      name: 'Sales Lead',
      rules: { ...card.rules, oracle: { ...oracleRules, prep: { ...oracleRules.prep, requires } } },
    };
  });
  const document = exportPersonas('oracle', edited)[0]?.document;
  expect(document?.['name']).toBe('Sales Lead');
  expect(document?.['prep_time_needs']).toEqual({
    requires_prep: ['Board meetings (90 min)', ...salesManager.prep_time_needs.requires_prep],
    no_prep: ['Coffee chats'],
  });
});

test('what the printed coffee-shop persona says in quotes becomes phrases, and its pauses a range', () => {
  const alex = {
    id: 'persona_001',
    name: 'Angry Alex',
    type: 'angry',
    traits: "Short temper, interrupts often with phrases like 'Just fix it!'",
    speech_patterns: [
      "Uses phrases like 'This is unacceptable', 'I've been waiting...'",
      'Minimal pause before responding (80-240ms gaps)',
    ],
    conversation_count: 10,
  };
  const [card] = importPersonas('coffee', [{ document: alex, place: 'x' }], taxonomy).cards;
  expect(card?.voice.phrases).toEqual(['Just fix it!', 'This is unacceptable', "I've been waiting..."]);
  expect(card?.voice.gap_ms).toEqual([80, 240]);
});

test('a persona that lacks a field is named and left out, the others are imported', () => {
  const good = { id: 'a', name: 'A', type: 'angry', traits: 't', speech_patterns: [] };
  const items = [{ id: 'b', name: 'B' }, good, 7].map((document, index) => ({
    document,
    place: `p [${index}]`,
  }));
  const { cards, findings } = importPersonas('coffee', items, taxonomy);
  expect(cards.map(({ id }) => id)).toEqual(['a']);
  expect(findings.map(({ code, place }) => `${code} ${place}`).slice(0, 3)).toEqual(
    Array.from({ length: 3 }, () => 'legacy-missing-field p [0]'),
  );
});

test.each([
  [[{ id: 'persona_001', speech_patterns: [] }], 'coffee'],
  [salesManager, 'oracle'],
  [{ template_id: 't' }, 'instance'],
  [{ personas: [] }, 'discovered'],
  [{ something: 'else' }, null],
  ['text', null],
])('the format of a document is recognised', (document, format) => {
  expect(detectFormat(document)).toBe(format);
});
