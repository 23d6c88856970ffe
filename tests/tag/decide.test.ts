import fc from 'fast-check';
import { expect, test } from 'vitest';

import { compileTraitDecision, decidePersona } from '../../src/tag/decide.ts';
import { testTaxonomy } from '../support/taxonomy.ts';

const taxonomy = testTaxonomy();
const labels = taxonomy.traits.map((trait) => trait.id);

test('at most one trait per exclusive group holds, and it is the best', () => {
  const decide = compileTraitDecision(
    taxonomy,
    labels,
    labels.map(() => 0.5),
  );
  fc.assert(
    fc.property(
      fc.array(fc.float({ min: 0, max: 1, noNaN: true }), {
        minLength: labels.length,
        maxLength: labels.length,
      }),
      (scores) => {
        const mask = decide(Float32Array.from(scores), 0);
        const held = taxonomy.traits.filter((_, bit) => mask & (1 << bit));
        const groups = held.flatMap((trait) => (trait.group === null ? [] : [trait.group]));
        expect(new Set(groups).size).toBe(groups.length);
        for (const trait of held) expect(scores[labels.indexOf(trait.id)]).toBeGreaterThanOrEqual(0.5);
      },
    ),
  );
});

const candidates = {
  personas: [3, 7, 9],
  scores: [0.6 * 65535, 0.3 * 65535, 0.05 * 65535],
  at: 0,
  count: 3,
  originScore: Math.round(0.3 * 65535),
};

test('without a prior the best candidate is the label', () => {
  const out = { persona: 0, score: 0 };
  decidePersona({ ...candidates, originScore: 0 }, { origin: -1, strength: 0, classes: 57 }, out);
  expect(out.persona).toBe(3);
  expect(out.score).toBeCloseTo(0.6, 4);
});

test('a prior moves the label towards the origin, and strength 1 fixes it', () => {
  const label = (strength: number): { persona: number; score: number } => {
    const out = { persona: 0, score: 0 };
    decidePersona(candidates, { origin: 7, strength, classes: 57 }, out);
    return out;
  };
  expect(label(0.01).persona).toBe(3);
  expect(label(0.5).persona).toBe(7);
  expect(label(1).persona).toBe(7);
  expect(label(1).score).toBe(1);
});
