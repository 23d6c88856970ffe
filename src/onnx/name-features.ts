import { roles } from '../core/row.ts';
import type { TextBatch } from '../core/tagger.ts';
import { classOfByte, letterOfByte, byteClass } from './byte-classes.ts';
import { type FeatureBatch, featurise } from './featurise.ts';
import { featureLimits, side, type Side } from './scan-layout.ts';

/** The words behind one place of a side's feature ids. */
export interface FeatureName {
  readonly kind: 'word' | 'pair';
  readonly text: string;
}

/** Cuts tried in one call of the featuriser; 1.6 KiB of features each. */
const cutsPerCall = 256;

/**
 * Names what stands behind the feature ids of one row, per side in the order of the ids. It reads no bucket by itself: the
 * featuriser is run on the text cut after every word, and the id that a longer cut adds is the word that it ends with. About a
 * millisecond a row; for explanations.
 */
export function nameFeatures(
  batch: TextBatch,
  row: number,
): readonly [readonly FeatureName[], readonly FeatureName[]] {
  return [nameSide(batch, row, side.assistant), nameSide(batch, row, side.user)];
}

function nameSide(batch: TextBatch, row: number, speaker: Side): FeatureName[] {
  const [first, last] = [batch.rowSegments[row] ?? 0, batch.rowSegments[row + 1] ?? 0];
  if (last === first) return [];
  const whole = sideIds(
    featurise(cutBatch(batch, first, [{ segment: last - 1, end: batch.ends[last - 1] ?? 0 }])),
    0,
    speaker,
  );
  const role = roles.indexOf(speaker === side.assistant ? 'assistant' : 'user');
  const names: FeatureName[] = [];
  for (let segment = first; segment < last && names.length < whole.length; segment++) {
    if (batch.roles[segment] !== role) continue;
    let from = batch.starts[segment] ?? 0;
    let previous = '';
    for (const cuts of inCalls(wordEnds(batch, segment))) {
      const features = featurise(
        cutBatch(
          batch,
          first,
          cuts.map((end) => ({ segment, end })),
        ),
      );
      for (const [i, end] of cuts.entries()) {
        const ids = sideIds(features, i, speaker);
        const isNew = ids.length > names.length && ids.every((id, place) => id === whole[place]);
        if (!isNew) continue;
        const word = lastWord(batch.bytes.subarray(from, end));
        names.push({ kind: 'word', text: word });
        if (ids.length > names.length) names.push({ kind: 'pair', text: `${previous} ${word}` });
        [previous, from] = [word, end];
      }
      if (names.length >= whole.length) break;
    }
  }
  return names;
}

interface Cut {
  readonly segment: number;
  readonly end: number;
}

/** One row per cut: the segments from `first` up to the cut's, the last of them ending there. All in the bytes of `batch`. */
function cutBatch(batch: TextBatch, first: number, cuts: readonly Cut[]): TextBatch {
  const starts: number[] = [];
  const ends: number[] = [];
  const speakers: number[] = [];
  const rowSegments = new Uint32Array(cuts.length + 1);
  for (const [row, { segment, end }] of cuts.entries()) {
    for (let s = first; s <= segment; s++) {
      starts.push(batch.starts[s] ?? 0);
      ends.push(s === segment ? end : (batch.ends[s] ?? 0));
      speakers.push(batch.roles[s] ?? 0);
    }
    rowSegments[row + 1] = starts.length;
  }
  // The featuriser copies its bytes: leave out those of the rows before and after.
  const low = Math.min(...starts);
  const high = Math.max(...ends);
  const rebased = (places: readonly number[]): Uint32Array =>
    Uint32Array.from(places, (place) => place - low);
  return {
    rows: cuts.length,
    bytes: batch.bytes.subarray(low, Math.min(batch.bytes.length, high + 1)),
    rowSegments,
    roles: Uint8Array.from(speakers),
    starts: rebased(starts),
    ends: rebased(ends),
    toolCalls: new Uint8Array(cuts.length),
  };
}

function sideIds(features: FeatureBatch, row: number, speaker: Side): Int32Array {
  const width = featureLimits[speaker];
  const [ids, counts] =
    speaker === side.assistant
      ? [features.assistantIds, features.assistantCounts]
      : [features.userIds, features.userCounts];
  return ids.subarray(row * width, row * width + (counts[row] ?? 0));
}

/** Places where a word can end: after a byte that is no blank, before one that is no ASCII letter or digit. */
function wordEnds(batch: TextBatch, segment: number): number[] {
  const [start, end] = [batch.starts[segment] ?? 0, batch.ends[segment] ?? 0];
  const ends: number[] = [];
  for (let at = start + 1; at <= end; at++) {
    const before = batch.bytes[at - 1] ?? 0;
    if (isWordByte(before) && (at === end || !isAsciiWord(batch.bytes[at] ?? 0))) ends.push(at);
  }
  return ends;
}

function isWordByte(byte: number): boolean {
  return byte >= 0x80 || isAsciiWord(byte);
}

function isAsciiWord(byte: number): boolean {
  return letterOfByte[byte] !== 0 || classOfByte[byte] === byteClass.digit;
}

function inCalls(ends: readonly number[]): number[][] {
  return Array.from({ length: Math.ceil(ends.length / cutsPerCall) }, (_, call) =>
    ends.slice(call * cutsPerCall, (call + 1) * cutsPerCall),
  );
}

/** What the featuriser took for the last word: letters, digits, apostrophes inside, and characters beyond ASCII. */
function lastWord(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('utf8');
  return (
    text
      .split(betweenWords)
      .findLast((word) => word !== '')
      ?.replace(/^['’]+/, '') ?? text.trim()
  );
}

/** ASCII but letters, digits and the apostrophe; no-break space; general punctuation but ’. */
// eslint-disable-next-line no-control-regex
const betweenWords =
  /[\u0000-\u0026\u0028-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007f\u00a0\u2000-\u2018\u201a-\u203f]+/u;
