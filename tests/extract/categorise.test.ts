import { join } from 'node:path';
import { expect, test } from 'vitest';

import { createCategoriser } from '../../src/extract/categorise.ts';
import { createLanguageGuesser } from '../../src/extract/language.ts';
import { wordsOf } from '../../src/extract/words.ts';
import { loadExtractRules } from '../../src/run/extract/extract-rules.ts';

const rules = await loadExtractRules(join(import.meta.dirname, '..', '..', 'configs'));
const categorise = createCategoriser(rules.categories);
const of = (text: string) => categorise({ text, word_count: wordsOf(text).length });

test('everyday words with a meaning in programming are no sign of code', () => {
  for (const text of [
    'If it rains while we wait, wait for me in the class.',
    'Could you return the import papers for my friend? It is true, else I would try another case.',
    'The function of the heart is to switch blood between two loops.',
  ]) {
    expect(of(text).has_code).toBe(false);
  }
  expect(of('If it rains while we wait for my mother, stay in class.').topic_category).not.toBe('coding');
});

test('code is told from its form', () => {
  expect(of('Look:\n```\nx\n```').has_code).toBe(true);
  expect(of('const total = items.length;\nreturn total;').has_code).toBe(true);
  expect(of('def area(r):\n    return 3 * r * r').has_code).toBe(true);
  expect(of('SELECT name FROM users WHERE id = 3').has_code).toBe(true);
  expect(of('TypeError\n    at load (src/a.js:3:1)').has_code).toBe(true);
  expect(of('TypeError\n    at load (src/a.js:3:1)').topic_category).toBe('coding');
});

test('words match at their borders only', () => {
  expect(of('The therapist spoke rapidly in the capital.').topic_category).not.toBe('coding');
  expect(of('She wore a button on the historical coat.').reasoning_markers).toEqual([]);
});

test('tone, reasoning, questions and length are told', () => {
  const found = of('What if we tried it first, because maybe it works? Why not, however strange it is?');
  expect(found.tone).toBe('exploratory');
  expect(found.reasoning_markers).toEqual(['what if', 'first', 'because', 'however']);
  expect(found.question_types).toEqual(['why', 'what if']);
  expect(found.length_category).toBe('short');
  expect(of('word '.repeat(29)).length_category).toBe('short');
  expect(of('word '.repeat(30)).length_category).toBe('medium');
  expect(of('word '.repeat(100)).length_category).toBe('long');
  expect(of('word '.repeat(300)).length_category).toBe('very_long');
});

test('a statement with a question word inside asks nothing', () => {
  expect(of('I know how it works and why it fails.').question_types).toEqual([]);
  expect(of('How do I do it').question_types).toEqual(['how']);
});

test('words in code and in quotations are not the reasoning of the person', () => {
  expect(of('Look at this.\n```\n// because it fails, but then\n```').reasoning_markers).toEqual([]);
});

test('the language is guessed by stop words and script', () => {
  const languageOf = createLanguageGuesser(rules.stopWords);
  expect(languageOf('I would like to know what this is about')).toBe('en');
  expect(languageOf('Ich möchte wissen, was das hier ist und warum')).toBe('de');
  expect(languageOf('Я хочу знать, что это такое')).toBe('other');
  expect(languageOf('xyz abc')).toBeNull();
});
