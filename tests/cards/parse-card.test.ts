import { expect, test } from 'vitest';

import { parseCard } from '../../src/cards/parse-card.ts';
import { testTaxonomy } from '../support/taxonomy.ts';

const taxonomy = testTaxonomy();
const short = {
  id: 'alex',
  name: 'Alex',
  kind: 'character',
  taxonomy: { persona: 'roleplay_character' },
  summary: 'A regular.',
};

test('a short card is completed with what says "unknown" and with the taxonomy of its persona', () => {
  const { card, findings } = parseCard(short, 'alex.yaml', taxonomy);
  expect(findings).toEqual([]);
  expect(card?.taxonomy).toEqual({
    persona: 'roleplay_character',
    category: 'conversational',
    adapter: 'creative',
    phases: ['empathic_creative', 'mixed'],
  });
  expect(card?.voice.gap_ms).toBeNull();
  expect(card?.rules).toEqual({ conversation: null, oracle: null });
  expect(card?.provenance.source).toBe('hand');
});

test('an unknown key is kept with its value, and the nearest key is named', () => {
  const { card, findings } = parseCard(
    { ...short, voice: { frases: ['Hey!'] }, hobby: 'chess' },
    'alex.yaml',
    taxonomy,
  );
  expect(card?.extra).toEqual({ unknown: { 'voice.frases': ['Hey!'], hobby: 'chess' } });
  expect(findings.every(({ code, severity }) => code === 'card-unknown-key' && severity === 'warning')).toBe(
    true,
  );
  expect(findings.map(({ message }) => message).toSorted()).toEqual([
    expect.stringContaining('hobby: unknown key "hobby" is kept under extra.unknown; known: '),
    'voice.frases: unknown key "frases" is kept under extra.unknown; did you mean "phrases"?',
  ]);
});

test('a field that lacks is named, and the misspelt key that was meant', () => {
  const { summary, ...rest } = short;
  const { card, findings } = parseCard({ ...rest, sumary: summary }, 'alex.yaml', taxonomy);
  expect(card).toBeNull();
  expect(findings[0]).toEqual({
    code: 'card-missing-field',
    severity: 'error',
    place: 'alex.yaml',
    message: 'summary: is missing; is "sumary" meant to be it?',
  });
});

test('a wrong value is told with the key, the value and the nearest name', () => {
  const { findings } = parseCard(
    { ...short, kind: 'caracter', identity: { age: 'forty' } },
    'alex.yaml',
    taxonomy,
  );
  expect(findings.map(({ code, message }) => [code, message])).toEqual([
    ['card-wrong-value', 'kind: unknown value "caracter"; did you mean "character"?'],
    ['card-wrong-value', 'identity.age: invalid input: expected number, received string, found "forty"'],
  ]);
});

test('an id that is no slug is refused', () => {
  const { findings } = parseCard({ ...short, id: 'Angry Alex' }, 'alex.yaml', taxonomy);
  expect(findings.map(({ message }) => message)).toEqual([
    'id: must be a slug: a-z, 0-9, _ and -, found "Angry Alex"',
  ]);
});

test.each([null, 7, 'text', []])('what is no object at all is one finding: %j', (plain) => {
  const { card, findings } = parseCard(plain, 'alex.yaml', taxonomy);
  expect(card).toBeNull();
  expect(findings.map(({ code }) => code)).toEqual(['card-wrong-value']);
});
