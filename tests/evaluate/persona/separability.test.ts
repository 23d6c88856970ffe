import { expect, test } from 'vitest';

import { measureSeparability, notSeparated, shuffle } from '../../../src/evaluate/persona/separability.ts';
import type { AnswerPoints } from '../../../src/evaluate/persona/similarity.ts';
import { seededRandom } from '../../../src/lib/seeded-random.ts';

const width = 24;

/** Answers of `personas` to `prompts`: a topic per prompt, a manner per persona of the given strength, and noise. */
function plant(params: {
  readonly personas: number;
  readonly prompts: number;
  readonly manner: number;
  readonly topic?: number;
  readonly seed: string;
}): AnswerPoints {
  const random = seededRandom(params.seed);
  const vector = (): number[] => Array.from({ length: width }, () => random() - 0.5);
  const manners = Array.from({ length: params.personas }, vector);
  const topics = Array.from({ length: params.prompts }, vector);
  const rows = topics.flatMap((topic, prompt) =>
    manners.map((manner, persona) => ({
      persona,
      prompt,
      vector: vector().map(
        (noise, k) => noise + params.manner * (manner[k] ?? 0) + (params.topic ?? 1) * (topic[k] ?? 0),
      ),
    })),
  );
  return {
    answers: rows.length,
    personas: Uint16Array.from(rows, ({ persona }) => persona),
    prompts: Uint32Array.from(rows, ({ prompt }) => prompt),
    vectors: Float32Array.from(rows.flatMap((row) => row.vector)),
    width,
  };
}

test('personas with a manner of their own are told apart, whatever the topics', () => {
  const points = plant({ personas: 5, prompts: 8, manner: 2, topic: 5, seed: 'apart' });
  const found = measureSeparability(points, 5, 42);
  expect(found.crossed).toBe(true);
  expect(found.separability).toBeGreaterThan(0.9);
  expect(found.p_value).toBe(1 / 200);
  expect(found.within).toBeLessThan(found.between ?? NaN);
  for (const { silhouette, accuracy } of found.per_persona) {
    expect(silhouette).toBeGreaterThan(0.2);
    expect(accuracy).toBeGreaterThan(0.7);
  }
});

test('personas shuffled within the prompts come out at chance', () => {
  const values = Array.from({ length: 20 }, (_, round) => {
    const points = plant({ personas: 5, prompts: 8, manner: 2, topic: 5, seed: `round ${round}` });
    const personas = shuffle(points, true, seededRandom(`shuffle ${round}`));
    return measureSeparability({ ...points, personas }, 5, round);
  });
  const mean = values.reduce((sum, { separability }) => sum + (separability ?? NaN), 0) / values.length;
  expect(Math.abs(mean)).toBeLessThan(0.06);
  expect(values.filter(({ p_value: p }) => (p ?? NaN) < 0.05).length).toBeLessThanOrEqual(4);
});

test('personas without a manner come out at chance, however different the topics are', () => {
  const values = Array.from({ length: 20 }, (_, round) =>
    measureSeparability(plant({ personas: 4, prompts: 8, manner: 0, topic: 8, seed: `none ${round}` }), 4, 1),
  );
  const mean = values.reduce((sum, { separability }) => sum + (separability ?? NaN), 0) / values.length;
  expect(Math.abs(mean)).toBeLessThan(0.06);
  const gap =
    values.reduce((sum, { within, between }) => sum + (between ?? NaN) - (within ?? NaN), 0) / values.length;
  expect(Math.abs(gap)).toBeLessThan(0.03);
});

test('with prompts of their own for every persona shuffled personas are at chance too', () => {
  const values = Array.from({ length: 20 }, (_, round) => {
    const points = plant({ personas: 4, prompts: 6, manner: 2, topic: 0, seed: `own ${round}` });
    const own = { ...points, prompts: points.prompts.map((_prompt, i) => i) };
    const personas = shuffle(own, false, seededRandom(`own ${round}`));
    return measureSeparability({ ...own, personas }, 4, round);
  });
  expect(values.every(({ crossed }) => !crossed)).toBe(true);
  const mean = values.reduce((sum, { separability }) => sum + (separability ?? NaN), 0) / values.length;
  expect(Math.abs(mean)).toBeLessThan(0.06);
});

test('two personas alike are named as taken for each other', () => {
  const points = plant({ personas: 4, prompts: 8, manner: 3, topic: 1, seed: 'alike' });
  const vectors = Float32Array.from(points.vectors);
  for (let i = 0; i < points.answers; i++) {
    if (points.personas[i] !== 3) continue;
    for (let k = 0; k < width; k++) vectors[i * width + k] = points.vectors[(i - 1) * width + k] ?? 0;
  }
  const found = measureSeparability({ ...points, vectors }, 4, 42);
  expect([
    found.per_persona[2]?.taken_for?.persona ?? 3,
    found.per_persona[3]?.taken_for?.persona ?? 2,
  ]).toEqual([3, 2]);
  expect(found.per_persona[2]?.silhouette).toBeLessThan(found.per_persona[0]?.silhouette ?? 0);
});

test('the same answers and seed give the same numbers', () => {
  const points = plant({ personas: 3, prompts: 4, manner: 0.5, seed: 'same' });
  expect(measureSeparability(points, 3, 7)).toEqual(measureSeparability(points, 3, 7));
});

test('with one answer a persona nothing is measured, and nothing looks as if it were', () => {
  const points = plant({ personas: 3, prompts: 1, manner: 2, seed: 'single' });
  const found = measureSeparability(points, 3, 42);
  expect(found).toMatchObject({
    accuracy: null,
    chance: null,
    separability: null,
    p_value: null,
    permutations: 0,
    crossed: false,
    within: null,
    between: null,
  });
  expect(found.per_persona).toEqual([notSeparated, notSeparated, notSeparated]);
});

test('a single answer among several is not taken for another persona’s', () => {
  const points = plant({ personas: 2, prompts: 3, manner: 2, seed: 'few' });
  const personas = points.personas.map((_persona, i) => (i === 0 ? 1 : 0));
  const found = measureSeparability({ ...points, personas }, 2, 42);
  expect(found.separability).not.toBeNull();
  expect(found.per_persona[1]).toMatchObject({ accuracy: null, within: null, taken_for: null });
});
