import { expect, test } from 'vitest';

import { type PersonaMapModel, renderPersonaMap } from '../../src/report/persona-map.ts';

const hostile = '<script>alert(1)</script>"><img src=x onerror=alert(1)>\u202e';

const model: PersonaMapModel = {
  title: hostile,
  messages: 1200,
  unclustered: 30,
  minimumSize: 50,
  k: 3,
  isForced: false,
  silhouette: 0.4,
  stability: 0.9,
  candidates: [{ k: 3, silhouette: 0.4, stability: 0.9 }],
  points: [
    { x: 0, y: 0, cluster: 0 },
    { x: 4, y: 1, cluster: 0 },
    { x: 2, y: 9, cluster: -1 },
  ],
  separation: [
    { a: hostile, b: 'B', accuracy: 0.6, distance: 0.5, verdict: 'too similar', advice: 'train an adapter' },
  ],
  personas: [
    {
      id: 'a',
      name: hostile,
      summary: hostile,
      size: 1170,
      conversations: 20,
      silhouette: 0.3,
      terms: [{ term: hostile, score: 1 }],
      phrases: [hostile],
      examples: [hostile],
      tones: { casual: 1170 },
      topics: { [hostile]: 1170 },
    },
  ],
};

test('the page is inert: what people wrote is text in it, nothing is loaded and nothing runs', () => {
  const page = renderPersonaMap(model);
  expect(page).not.toMatch(/<script|<img|javascript:|<iframe|<link| onerror=alert\(1\)>/i);
  expect(page.replace('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(
    /(?:src|href|url)\s*[=(]\s*"?https?:/,
  );
  expect(page).toContain("default-src 'none'");
  expect(page).not.toContain('\u202e');
});

test('the page says which pairs are too similar and how many messages are in no persona', () => {
  const page = renderPersonaMap(model);
  expect(page).toContain('1 pair can hardly be told apart by words');
  expect(page).toContain('in no persona 30 (clusters of fewer than 50)');
  expect(page).toContain('too similar');
});

test('the same model gives the same bytes', () => {
  expect(renderPersonaMap(model)).toBe(renderPersonaMap(model));
});
