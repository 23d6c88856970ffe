import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

import { type Archetypes, readArchetypes } from '../../../src/cards/archetypes.ts';
import { readCards } from '../../../src/cards/read-cards.ts';
import type { Card } from '../../../src/core/card.ts';
import { checkPrompt, promptParts } from '../../../src/make/prompts/check-prompt.ts';
import { promptAsk } from '../../../src/make/prompts/prompt-ask.ts';
import { renderPrompt } from '../../../src/make/prompts/render-prompt.ts';
import { testTaxonomy } from '../../support/taxonomy.ts';
import { configsFolder, make } from '../personas/support.ts';

let archetypes: Archetypes;
beforeAll(async () => {
  archetypes = await readArchetypes(join(configsFolder, 'archetypes.yaml'));
});
const behaviourOf = ({ archetype }: Card): readonly string[] =>
  archetypes.archetypes.find(({ name }) => name === archetype.type)?.behaviour ??
  archetypes.unknown.behaviour;

const scenarios = ['pharma_sales', 'maternity_inquiry', 'dei_training', 'car_sales', 'supplier_negotiation'];

test.each(scenarios)('the rendered prompt of %s holds every part', async (name) => {
  for (const variation of [0, 1, 2]) {
    const { card } = await make(name, { variation });
    const prompt = renderPrompt(card, 'full', behaviourOf(card));
    expect(checkPrompt(card, prompt, card.id)).toEqual([]);
    for (const line of behaviourOf(card)) expect(prompt).toContain(line);
    for (const fields of Object.values(card.details)) {
      for (const value of Object.values(fields)) {
        expect(prompt).toContain(String(value).replace(/[.;\s]+$/, ''));
      }
    }
    expect(prompt).not.toMatch(/undefined|null|NaN|SYSTEM ERROR|\[object/);
  }
});

test('three levels say more and more', async () => {
  const { card } = await make('car_sales');
  const [minimal, standard, full] = (['minimal', 'standard', 'full'] as const).map((level) =>
    renderPrompt(card, level, behaviourOf(card)),
  );
  expect(minimal).toContain(card.name);
  expect(standard).toContain(card.summary);
  expect((minimal ?? '').length).toBeLessThan((standard ?? '').length);
  expect((standard ?? '').length).toBeLessThan((full ?? '').length / 2);
});

test('what is missing in a prompt is named part by part', async () => {
  const { card } = await make('dei_training');
  const whole = renderPrompt(card, 'full', behaviourOf(card));
  const paragraphs = whole.split('\n\n');
  const without = (word: string): string[] =>
    checkPrompt(card, paragraphs.filter((each) => !each.startsWith(word)).join('\n\n'), 'x').map(
      ({ message }) => message,
    );
  expect(without('Your work relationships')).toEqual(['the prompt does not hold detail work_relationships']);
  expect(without('Guardrails.')).toEqual(
    expect.arrayContaining(['the prompt does not hold guardrail character']),
  );
  expect(checkPrompt(card, '', 'x')).toHaveLength(promptParts(card, '').length);
});

test('a prompt that speaks of a system error is refused', async () => {
  const { card } = await make('dei_training');
  const ask = promptAsk({ cell: 'x', card, behaviour: behaviourOf(card) });
  const good = renderPrompt(card, 'full', behaviourOf(card));
  expect(ask.accept(good)).toMatchObject({ value: good });
  expect(ask.accept(`\`\`\`text\n${good}\n\`\`\``)).toMatchObject({ value: good });
  const bad = ask.accept(`# Training Scenario\n\n[SYSTEM ERROR: Could not generate full prompt]\n\n${good}`);
  expect(bad.findings?.map(({ code }) => code)).toEqual(['prompt-error-text']);
  expect(bad).not.toHaveProperty('value');
});

test('cards of other kinds have prompts, too', async () => {
  const { cards } = await readCards([join(configsFolder, 'cards/coffee-shop')], testTaxonomy());
  for (const { card } of cards) {
    const prompt = renderPrompt(card, 'full', archetypes.unknown.behaviour);
    expect(checkPrompt(card, prompt, card.id)).toEqual([]);
    for (const phrase of card.voice.phrases) expect(prompt).toContain(phrase);
  }
});
