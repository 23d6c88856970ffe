import { join } from 'node:path';
import { expect, test } from 'vitest';

import { readArchetypes } from '../../../src/cards/archetypes.ts';
import { validateCards } from '../../../src/cards/validate.ts';
import { definitionOf, personaModes } from '../../../src/make/personas/scenario.ts';
import { readPersonaLibrary, readScenario } from '../../../src/run/make/persona-library.ts';
import { testTaxonomy } from '../../support/taxonomy.ts';
import { configsFolder, library, make, parseScenario, scenario, scriptedLlm } from './support.ts';

const documented: Readonly<Record<string, readonly string[]>> = {
  pharma_sales: ['professional_context', 'medical_philosophy', 'time_constraints', 'sales_rep_history'],
  maternity_inquiry: ['health_context', 'family_context', 'financial_context', 'anxiety_factors'],
  dei_training: ['work_relationships', 'incident_context', 'emotional_state', 'organizational_context'],
  car_sales: ['family_context', 'financial_context', 'lifestyle_context', 'social_context'],
};
const scenarios = [...Object.keys(documented), 'supplier_negotiation'];

test.each(Object.entries(documented))(
  '%s has the categories that the document names',
  async (name, wanted) => {
    for (const variation of [0, 1, 2, 3]) {
      const { card } = await make(name, { variation });
      const chosen = Object.keys(card.details);
      expect(chosen).toEqual(expect.arrayContaining([...wanted]));
      expect(chosen.length).toBeGreaterThanOrEqual(3);
      expect(chosen.length).toBeLessThanOrEqual(8);
      for (const fields of Object.values(card.details))
        expect(Object.keys(fields).length).toBeGreaterThanOrEqual(5);
    }
  },
);

test('different scenarios have different categories', async () => {
  const sets = await Promise.all(
    scenarios.map(async (name) => new Set(Object.keys((await make(name)).card.details))),
  );
  for (const [i, a] of sets.entries()) {
    for (const b of sets.slice(i + 1)) {
      const common = [...a].filter((name) => b.has(name)).length;
      expect(common / (a.size + b.size - common)).toBeLessThan(1);
    }
  }
});

test('details speak of the scenario and differ between persons of one scenario', async () => {
  const [pharma, car] = await Promise.all([make('pharma_sales'), make('car_sales')]);
  expect(JSON.stringify(pharma.card.details)).toMatch(/dienogest|endometriosis|pelvic|hormone/);
  expect(JSON.stringify(car.card.details)).toMatch(/car|rate|hatchback|luggage/);
  const people = await Promise.all([1, 2, 3].map((variation) => make('car_sales', { variation })));
  const texts = people.map(({ card }) => JSON.stringify(card.details));
  expect(new Set(texts).size).toBe(3);
});

test('what the grammar gives has no finding, in any mode, scenario, variation and seed', async () => {
  const taxonomy = testTaxonomy();
  const archetypes = await readArchetypes(join(configsFolder, 'archetypes.yaml'));
  for (const name of scenarios) {
    for (const mode of personaModes) {
      for (const variation of [0, 1, 2, 3, 4, 5]) {
        const { card, findings } = await make(name, { mode, variation }, { seed: variation * 7 });
        expect(findings).toEqual([]);
        expect(validateCards([{ card, place: card.id }], { taxonomy, archetypes })).toEqual([]);
      }
    }
  }
});

test('details are asked for at the same time', async () => {
  const llm = scriptedLlm();
  const { card } = await make('pharma_sales', {}, { llm });
  expect(llm.most()).toBe(Object.keys(card.details).length);
});

test.each([
  ['prose', 'I would love to help you with this persona!'],
  ['half a JSON', '{"typical_day_schedule": "9 to'],
  ['an error object', { error: 'Failed to generate time_constraints' }],
  ['too few fields', { typical_day_schedule: 'nine to five', available_time: 'ten minutes' }],
  ['placeholders', { a: 'N/A', b: '...', c: 'string', d: 'TBD', e: '<text>', f: 'none' }],
  [
    'another language',
    Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`f${n}`, 'очень занятый человек с утра'])),
  ],
])('a category that always gets %s is dropped and recorded, and the persona stands', async (_what, reply) => {
  const llm = scriptedLlm((cell) => (cell.endsWith('/details/time_constraints') ? reply : undefined));
  const { card, findings } = await make('pharma_sales', {}, { llm });
  expect(Object.keys(card.details)).not.toContain('time_constraints');
  expect(Object.keys(card.details).length).toBeGreaterThanOrEqual(3);
  expect(findings.map(({ code }) => code)).toEqual(['category-dropped']);
  expect(card.context['generation_metadata']).toMatchObject({ categories_dropped: ['time_constraints'] });
  expect(JSON.stringify(card)).not.toContain('Failed to generate');
});

test('a category that fails once is asked for again', async () => {
  const llm = scriptedLlm((cell, attempt) =>
    cell.includes('/details/') && attempt === 1 ? 'prose' : undefined,
  );
  const { card, findings } = await make('pharma_sales', {}, { llm });
  expect(findings).toEqual([]);
  expect(Object.keys(card.details)).toContain('time_constraints');
});

test('too many years of experience for the age are told to the model, not stored', async () => {
  const fields = { a: 'one', b: 'two', c: 'three', d: 'four', years_experience: 40 };
  const llm = scriptedLlm((cell, attempt) =>
    cell.endsWith('professional_context') && attempt === 1 ? fields : undefined,
  );
  const { card } = await make('pharma_sales', {}, { llm });
  expect(Number(card.details['professional_context']?.['years_experience'])).toBeLessThanOrEqual(46 - 16);
});

test('the choice may be a plain list; unknown names are dropped, what is required is added, eight at most stay', async () => {
  const { categories } = await library();
  const all = categories.map(({ name }) => name);
  const choices = async (answer: unknown): Promise<string[]> => {
    const llm = scriptedLlm((cell) => (cell.endsWith('/categories') ? answer : undefined));
    return Object.keys((await make('car_sales', {}, { llm })).card.details);
  };
  const required = [...(documented['car_sales'] ?? []), 'decision_criteria'];
  expect(
    await choices(['family_context', 'emotional_state', 'shoe_size', 'research_behavior', 'anxiety_factors']),
  ).toEqual([...required, 'emotional_state', 'research_behavior', 'anxiety_factors']);
  expect(await choices({ categories: all })).toHaveLength(8);
  expect(await choices('Sure! Here are some categories: family, money')).toEqual([
    ...required,
    'professional_context',
    'time_constraints',
  ]);
});

test('a scenario that requires nothing is topped up to three', async () => {
  const plain = parseScenario(
    {
      template_id: 'x',
      general_info: { domain: 'something_else' },
      persona_definitions: { any: { role: 'Clerk', name: 'Jo Park', age: 30, gender: 'Female' } },
    },
    'x.yaml',
  );
  const llm = scriptedLlm((cell) => (cell.endsWith('/categories') ? ['health_context'] : undefined));
  const { card, findings } = await make('car_sales', { scenario: plain }, { llm });
  expect(Object.keys(card.details)).toEqual([
    'professional_context',
    'time_constraints',
    'decision_criteria',
  ]);
  expect(findings.map(({ code }) => code)).toEqual(['categories-fallback']);
  expect(card.archetype).toEqual({ type: null, confidence: null, data: {} });
});

test('when nothing is answered there is a card with fallback rules and named findings, and no error text in it', async () => {
  const { card, findings } = await make('dei_training', { variation: 1 }, { llm: scriptedLlm(() => 'no') });
  expect(card.rules.conversation?.opening_behavior).toBe('Wait for learner');
  expect(card.voice.word_limit).toBe(50);
  expect([...new Set(findings.map(({ code }) => code))].toSorted()).toEqual([
    'archetype-incomplete',
    'categories-fallback',
    'category-dropped',
    'persona-too-few-categories',
    'rules-fallback',
  ]);
  expect(JSON.stringify(card.details)).toBe('{}');
});

test('variation 0 is the person of the scenario, every other number is another one, the same again for the same seed', async () => {
  const base = await make('pharma_sales');
  expect(base.card.name).toBe('Dr. Meera Deshmukh');
  expect(base.card.archetype.data['current_position']).toBe('Prescribes dienogest as the first choice');
  const people = await Promise.all(
    Array.from({ length: 30 }, (_, index) => make('pharma_sales', { variation: index })),
  );
  expect(new Set(people.map(({ card }) => card.name)).size).toBe(30);
  expect((await make('pharma_sales', { variation: 7 })).card).toEqual(people[7]?.card);
  expect((await make('pharma_sales', { variation: 7 }, { seed: 43 })).card.name).not.toBe(
    people[7]?.card.name,
  );
});

test('more people than there are names still have different names', async () => {
  const few = await library('en-GB');
  const people = await Promise.all(
    Array.from({ length: 150 }, (_, index) =>
      make('car_sales', { variation: index, gender: 'Female' }, { library: few }),
    ),
  );
  expect(new Set(people.map(({ card }) => card.name)).size).toBe(150);
});

test('persona type and gender are used', async () => {
  const { card } = await make('pharma_sales', { personaType: 'Owner of a nursing home', gender: 'Male' });
  expect(card.identity).toMatchObject({
    role: 'Owner of a nursing home',
    type: 'Owner of a nursing home',
    gender: 'Male',
  });
  expect(card.name).not.toBe('Dr. Meera Deshmukh');
  const other = await make('dei_training', { personaType: 'Colleague who made the remark' });
  expect(other.card.archetype.data['sub_type']).toBe('PERPETRATOR');
});

test('"Mumbai, India" is a city and a country, and the locale decides names, places and what the model is told', async () => {
  const { card } = await make('pharma_sales');
  expect(card.identity.location).toMatchObject({ city: 'Mumbai', state: 'Maharashtra', country: 'India' });
  const asked: string[] = [];
  const british = await library('en-GB');
  const inner = scriptedLlm();
  const llm = {
    ask: (question: Parameters<typeof inner.ask>[0]) => {
      asked.push(question.messages.map(({ content }) => content).join('\n'));
      return inner.ask(question);
    },
  } as typeof inner;
  const other = await make('car_sales', { variation: 2 }, { library: british, llm });
  expect(other.card.identity.location).toMatchObject({ country: 'United Kingdom' });
  expect(JSON.stringify(other.card.details)).not.toContain('₹');
  expect(asked.join('\n')).toContain('British');
  expect(asked.join('\n')).not.toContain('Indian');
});

test('unknown scenarios, locales and broken files are named', async () => {
  await expect(readScenario('farma_sales', configsFolder)).rejects.toMatchObject({
    code: 'unknown-template',
    message: expect.stringContaining('did you mean "pharma_sales"?'),
  });
  await expect(
    readPersonaLibrary({ configsFolder, locale: 'en-UK', categories: null, locales: null }),
  ).rejects.toMatchObject({ code: 'unknown-locale' });
  expect(() => parseScenario({ template_id: 'x' }, 'x.yaml')).toThrow('x.yaml: general_info');
});

test('every mode of every scenario has a person whose name is not the role', async () => {
  for (const name of scenarios) {
    const template = await scenario(name);
    for (const mode of personaModes) {
      const { name: person, role } = definitionOf(template, mode);
      expect(person).not.toBe(role);
    }
  }
});

test('the library has the sixteen printed categories and organizational_context, all with examples in the grammar', async () => {
  const { categories, grammar } = await library();
  expect(categories).toHaveLength(17);
  expect(categories.at(-1)?.name).toBe('organizational_context');
  for (const { name, example_fields } of categories) {
    expect(Object.keys(grammar.details[name] ?? {})).toEqual(example_fields);
  }
});
