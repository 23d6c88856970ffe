import { readFile } from 'node:fs/promises';

import type { Tagger, TextBatch } from '../../core/tagger.ts';
import type { Lessons } from '../../fit/fit-correction.ts';
import { isDrawn, type LeastSure } from '../../tag/least-sure.ts';

/** Rows that both tiers judged; `fast` and `accurate` row-major, in the order of the fast tier's labels. */
export interface LessonRows {
  /** First word of the content hash. */
  readonly hash: Uint32Array;
  readonly fast: Float32Array;
  readonly accurate: Float32Array;
}

/** More rows teach little more, and the time to learn from them grows with them: 10,000 take some seconds. */
const mostLessons = 10_000;

/** Share of the chosen rows that are lessons. */
export function lessonShare(chosen: number): number {
  return Math.min(1, mostLessons / Math.max(1, chosen));
}

/**
 * The accurate tier, and on the side what both tiers say of every row that it is given, 456 bytes each at 57 labels; `lessons` takes
 * what was kept, once the hashes of these rows are known.
 */
export function recordLessons(
  accurate: Tagger,
  fast: Tagger,
): {
  readonly tagger: Tagger;
  lessons(hashes: ArrayLike<number>, share: number): LessonRows;
} {
  const { labels } = fast.info;
  const columnOf = labels.map((label) => accurate.info.labels.indexOf(label));
  const width = accurate.info.labels.length;
  const kept: { readonly fast: Float32Array; readonly accurate: Float32Array }[] = [];
  return {
    tagger: {
      info: accurate.info,
      async tag(batch, heads) {
        const said = await accurate.tag(batch, heads);
        const scores = await oneByOne(fast, batch);
        kept.push({ fast: scores, accurate: inOrder(said.scores, { width, columnOf, fast: scores }) });
        return said;
      },
      [Symbol.asyncDispose]: () => accurate[Symbol.asyncDispose](),
    },
    lessons: (hashes, share) => takeLessons(join(kept, labels.length), hashes, share),
  };
}

/** Scores in which not even the last bit depends on the rows around a row: every row of the corpus follows from every lesson. */
async function oneByOne(tagger: Tagger, batch: TextBatch): Promise<Float32Array> {
  const scores: Float32Array[] = [];
  for (let row = 0; row < batch.rows; row++) {
    const from = batch.rowSegments[row] ?? 0;
    const to = batch.rowSegments[row + 1] ?? from;
    const own = {
      rows: 1,
      bytes: batch.bytes,
      rowSegments: Uint32Array.of(0, to - from),
      roles: batch.roles.subarray(from, to),
      starts: batch.starts.subarray(from, to),
      ends: batch.ends.subarray(from, to),
      toolCalls: batch.toolCalls.subarray(row, row + 1),
    };
    scores.push((await tagger.tag(own)).scores);
  }
  return concat(scores);
}

/**
 * The accurate tier's probabilities in the order of the fast tier's labels. A label that it does not have keeps what the fast tier gives it, and
 * the others share the rest; where it gives them nothing, the fast tier's own stand and there is nothing to learn.
 */
function inOrder(
  scores: Float32Array,
  shape: {
    readonly width: number;
    readonly columnOf: readonly number[];
    readonly fast: Float32Array;
  },
): Float32Array {
  const { width, columnOf, fast } = shape;
  const out = new Float32Array(fast.length);
  for (let row = 0; row * columnOf.length < fast.length; row++) {
    const at = row * columnOf.length;
    let sum = 0;
    let rest = 0;
    columnOf.forEach((column, label) => {
      if (column < 0) return;
      sum += scores[row * width + column] ?? 0;
      rest += fast[at + label] ?? 0;
    });
    columnOf.forEach((column, label) => {
      const own = fast[at + label] ?? 0;
      const said = scores[row * width + column] ?? 0;
      out[at + label] = column < 0 || sum === 0 ? own : (said / sum) * rest;
    });
  }
  return out;
}

function join(
  kept: readonly { readonly fast: Float32Array; readonly accurate: Float32Array }[],
  labels: number,
): Omit<LessonRows, 'hash'> & { readonly labels: number } {
  return {
    labels,
    fast: concat(kept.map((part) => part.fast)),
    accurate: concat(kept.map((part) => part.accurate)),
  };
}

function concat(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Spreads hashes of which only the small ones were drawn. */
function rankOf(hash: number): number {
  return Math.imul(hash, 0x9e3779b1) >>> 0;
}

function takeLessons(
  { labels, fast, accurate }: ReturnType<typeof join>,
  hashes: ArrayLike<number>,
  share: number,
): LessonRows {
  const rows = Array.from(hashes, (_, row) => row).filter(
    (row) => rankOf(hashes[row] ?? 0) < share * 2 ** 32,
  );
  const pick = (from: Float32Array): Float32Array =>
    concat(rows.map((row) => from.subarray(row * labels, (row + 1) * labels)));
  return {
    hash: Uint32Array.from(rows, (row) => hashes[row] ?? 0),
    fast: pick(fast),
    accurate: pick(accurate),
  };
}

/** Little-endian: hashes, then the fast tier's probabilities, then the accurate tier's. */
export function encodeLessons({ hash, fast, accurate }: LessonRows): Uint8Array {
  return Buffer.concat(
    [hash, fast, accurate].map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength)),
  );
}

/** Reads lessons that a step of this run wrote and whose bytes were checked. */
export async function readLessons(path: string, labels: number): Promise<LessonRows> {
  const { buffer } = Uint8Array.from(await readFile(path));
  const rows = buffer.byteLength / (4 + 8 * labels);
  return {
    hash: new Uint32Array(buffer, 0, rows),
    fast: new Float32Array(buffer, 4 * rows, rows * labels),
    accurate: new Float32Array(buffer, 4 * rows * (1 + labels), rows * labels),
  };
}

/**
 * All lessons of a corpus in an order that neither units nor workers move: the drawn ones first, each kind by hash, then by scores. Equal rows
 * are one lesson: a copy would teach what its twin is then judged by.
 */
export function mergeLessons(parts: readonly LessonRows[], choice: LeastSure, labels: number): Lessons {
  const rows = parts.flatMap((part) =>
    Array.from(part.hash, (hash, row) => ({
      hash,
      drawn: isDrawn(choice, hash),
      fast: part.fast.subarray(row * labels, (row + 1) * labels),
      accurate: part.accurate.subarray(row * labels, (row + 1) * labels),
    })),
  );
  const sorted = rows.toSorted(compareLessons);
  const kept = sorted.filter(
    (row, i) => isLesson(row.fast) && (i === 0 || compareLessons(row, sorted[i - 1] ?? row) !== 0),
  );
  return {
    labels,
    fast: concat(kept.map((row) => row.fast)),
    accurate: concat(kept.map((row) => row.accurate)),
    drawn: Uint8Array.from(kept, (row) => (row.drawn ? 1 : 0)),
  };
}

interface Lesson {
  readonly hash: number;
  readonly drawn: boolean;
  readonly fast: Float32Array;
  readonly accurate: Float32Array;
}

function compareLessons(a: Lesson, b: Lesson): number {
  return (
    Number(b.drawn) - Number(a.drawn) ||
    rankOf(a.hash) - rankOf(b.hash) ||
    compareScores(a.fast, b.fast) ||
    compareScores(a.accurate, b.accurate)
  );
}

/** Nothing follows from a row of which the fast tier says nothing. */
function isLesson(fast: Float32Array): boolean {
  return fast.some((score) => score > 0);
}

function compareScores(a: Float32Array, b: Float32Array): number {
  const at = a.findIndex((score, i) => score !== b[i]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
