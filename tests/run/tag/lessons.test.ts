import fc from 'fast-check';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import type { Tagger, TextBatch } from '../../../src/core/tagger.ts';
import {
  encodeLessons,
  type LessonRows,
  lessonShare,
  mergeLessons,
  readLessons,
  recordLessons,
} from '../../../src/run/tag/lessons.ts';
import { temporaryFolder } from '../../support/run-cli.ts';

const labels = ['poet', 'code_expert', 'math_tutor'];

function saying(scores: readonly number[], names: readonly string[]): Tagger {
  const info = { id: 'x-v1', task: 'persona', labels: names, sha256: '', thresholds: [], doubt: 0 } as const;
  return {
    info,
    tag: () => Promise.resolve({ scores: Float32Array.from(scores) }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Two rows of one segment each. */
const batch: TextBatch = {
  rows: 2,
  bytes: new Uint8Array(4),
  rowSegments: Uint32Array.of(0, 1, 2),
  roles: new Uint8Array(2),
  starts: Uint32Array.of(0, 2),
  ends: Uint32Array.of(2, 4),
  toolCalls: new Uint8Array(2),
};

/** One row a call, as lessons are judged: says the next of `rows` each time. */
function sayingInTurn(rows: readonly (readonly number[])[]): Tagger {
  let next = 0;
  return {
    ...saying([], labels),
    tag: () => Promise.resolve({ scores: Float32Array.from(rows[next++] ?? []) }),
  };
}

test('both tiers are kept in the order of the fast one; a label that the accurate one has not keeps what it had', async () => {
  const accurate = saying([0.5, 0.2, 0.3, 0, 0, 1], ['code_expert', 'poet', 'debugging_assistant']);
  const fastTier = sayingInTurn([
    [0.6, 0.3, 0.1],
    [0.2, 0.2, 0.6],
  ]);
  const recorder = recordLessons(accurate, fastTier);
  expect((await recorder.tagger.tag(batch)).scores).toHaveLength(6);
  const { hash, fast, accurate: said } = recorder.lessons([7, 9], 1);
  expect([...hash]).toEqual([7, 9]);
  expect([...fast]).toEqual([...Float32Array.of(0.6, 0.3, 0.1, 0.2, 0.2, 0.6)]);
  // Of the second row the accurate tier says nothing that the fast one knows.
  [(0.2 / 0.7) * 0.9, (0.5 / 0.7) * 0.9, 0.1, 0.2, 0.2, 0.6].forEach((score, i) =>
    expect(said[i]).toBeCloseTo(score, 6),
  );
});

test('of many chosen rows about ten thousand are lessons', async () => {
  expect([lessonShare(9000), lessonShare(40_000)]).toEqual([1, 0.25]);
  const rows = 4000;
  const recorder = recordLessons(saying([0, 0, 1, 0, 0, 1], labels), saying([0, 0, 1], labels));
  for (let row = 0; row < rows; row += 2) await recorder.tagger.tag(batch);
  const kept = recorder.lessons(
    Array.from({ length: rows }, (_, i) => i * 3),
    0.25,
  ).hash.length;
  expect(kept).toBeGreaterThan(900);
  expect(kept).toBeLessThan(1100);
});

const lessonRows = fc
  .array(
    fc.record({
      hash: fc.nat({ max: 20 }),
      scores: fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 }),
    }),
    { maxLength: 12 },
  )
  .map((rows): LessonRows => ({
    hash: Uint32Array.from(rows, (row) => row.hash),
    fast: Float32Array.from(rows.flatMap((row) => row.scores.slice(0, 3))),
    accurate: Float32Array.from(rows.flatMap((row) => row.scores.slice(3))),
  }));

test('units and their order do not show in what is merged; drawn rows come first', () => {
  fc.assert(
    fc.property(fc.array(lessonRows, { maxLength: 4 }), (parts) => {
      const choice = { confidence: 0, hash: -1, drawn: 10 };
      const merged = mergeLessons(parts, choice, 3);
      expect(mergeLessons(parts.toReversed(), choice, 3)).toEqual(merged);
      expect([...merged.drawn]).toEqual([...merged.drawn].toSorted((a, b) => b - a));
      const twice = mergeLessons([...parts, ...parts], choice, 3);
      expect(twice).toEqual(merged);
    }),
  );
});

test('drawn are the lessons of small hashes; a row of which the fast tier says nothing is none', () => {
  const part = {
    hash: Uint32Array.of(3, 11, 4, 5),
    fast: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1),
    accurate: Float32Array.of(1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0),
  };
  const merged = mergeLessons([part], { confidence: 0, hash: -1, drawn: 10 }, 3);
  expect([...merged.drawn]).toEqual([1, 1, 0]);
  expect([...merged.fast.subarray(6)]).toEqual([0, 1, 0]);
});

test('lessons are read as they were written', async () => {
  const path = join(await temporaryFolder(), 'a.lessons');
  const lessons = {
    hash: Uint32Array.of(1, 0xffffffff),
    fast: Float32Array.of(0.1, 0.2, 0.7, 1, 0, 0),
    accurate: Float32Array.of(0, 1, 0, 0.5, 0.25, 0.25),
  };
  await writeFile(path, encodeLessons(lessons));
  expect(await readLessons(path, 3)).toEqual(lessons);
});
