import { roles } from '../core/row.ts';
import type { TextBatch } from '../core/tagger.ts';
import { byteClass, byteClassCount } from './byte-classes.ts';
import { copiedShare } from './copied-lines.ts';
import { denseCount, writeDense } from './dense-features.ts';
import { categoryCount } from './lexicon-categories.ts';
import { featureLimits, side, type Side, tallyCount } from './scan-layout.ts';
import { type ScanViews, TextScanner } from './text-scanner.ts';

/** Named in tagger.json; a model only fits the featuriser that it was trained with. Any change of what a model reads is a new version. */
export const featuriserVersion = 'hashed-sides-v4';
export { denseCount };

/** Numbers a row of `FeatureBatch.measures`: the assistant's tallies, then its lexicon counts. */
export const measureCount = tallyCount + categoryCount;

/**
 * Features of one batch, row-major. Row r has `assistantCounts[r]` ids from `r * featureLimits[0]` in `assistantIds`, and the
 * same for the user's side; ids are buckets from 1 on, 0 is padding. About 1.6 KiB a row.
 */
export interface FeatureBatch {
  readonly rows: number;
  readonly assistantIds: Int32Array;
  readonly assistantCounts: Int32Array;
  readonly userIds: Int32Array;
  readonly userCounts: Int32Array;
  /** `denseCount` structural features a row. */
  readonly dense: Float32Array;
  /** `measureCount` exact counts a row, assistant's side only. */
  readonly measures: Int32Array;
  /** User turns a row. */
  readonly userTurns: Int32Array;
  /** Words in the second and later user turns that point back at what was said before. */
  readonly backReferences: Int32Array;
}

const assistantRole = roles.indexOf('assistant');
const userRole = roles.indexOf('user');
const systemRole = roles.indexOf('system');
const scanner = new TextScanner();

interface Memo {
  readonly features: FeatureBatch;
  readonly readers: Set<object>;
}
const memos = new WeakMap<TextBatch, Memo>();

/**
 * Features of a batch, computed once for all its readers: each reader (a tagger) asks once per batch, so a reader that asks
 * again for the same object holds a batch whose arrays were filled anew, and the features are computed anew.
 */
export function featuriseFor(reader: object, batch: TextBatch): FeatureBatch {
  const memo = memos.get(batch);
  if (memo && !memo.readers.has(reader)) {
    memo.readers.add(reader);
    return memo.features;
  }
  const features = featurise(batch);
  memos.set(batch, { features, readers: new Set([reader]) });
  return features;
}

/** One byte scan over the arena: hashed words and bigrams of both sides, structural features, exact counters. */
export function featurise(batch: TextBatch): FeatureBatch {
  const { rows } = batch;
  const out: FeatureBatch = {
    rows,
    assistantIds: new Int32Array(rows * featureLimits[side.assistant]),
    assistantCounts: new Int32Array(rows),
    userIds: new Int32Array(rows * featureLimits[side.user]),
    userCounts: new Int32Array(rows),
    dense: new Float32Array(rows * denseCount),
    measures: new Int32Array(rows * measureCount),
    userTurns: new Int32Array(rows),
    backReferences: new Int32Array(rows),
  };
  scanner.load(batch.bytes);
  for (let row = 0; row < rows; row++) featuriseRow(batch, row, out);
  return out;
}

function featuriseRow(batch: TextBatch, row: number, out: FeatureBatch): void {
  const { bytes, rowSegments, roles: speakers, starts, ends } = batch;
  scanner.reset();
  let systemBytes = 0;
  let toolBytes = 0;
  const last = rowSegments[row + 1] ?? 0;
  for (let segment = rowSegments[row] ?? 0; segment < last; segment++) {
    const start = starts[segment] ?? 0;
    const end = ends[segment] ?? 0;
    const speaker = speakers[segment];
    if (speaker === assistantRole) scanner.scan(start, end, side.assistant);
    else if (speaker === userRole) scanner.scan(afterControlToken(bytes, start, end), end, side.user);
    else if (speaker === systemRole) systemBytes += end - start;
    else toolBytes += end - start;
  }
  const { views } = scanner;
  const assistantCount = views.featureCounts[side.assistant] ?? 0;
  const userCount = views.featureCounts[side.user] ?? 0;
  copyInto(
    out.assistantIds,
    row * featureLimits[side.assistant],
    views.features[side.assistant],
    assistantCount,
  );
  copyInto(out.userIds, row * featureLimits[side.user], views.features[side.user], userCount);
  out.assistantCounts[row] = assistantCount;
  out.userCounts[row] = userCount;
  copyInto(out.measures, row * measureCount, views.tallies, tallyCount);
  copyInto(out.measures, row * measureCount + tallyCount, views.lexical, categoryCount);
  const turns = writeDense(
    views,
    {
      systemBytes,
      toolBytes,
      toolCalls: batch.toolCalls[row] ?? 0,
      copiedShare: hasLines(views) ? copiedShare(batch, row) : 0,
    },
    out.dense,
    row * denseCount,
  );
  out.userTurns[row] = turns.user;
  out.backReferences[row] = turns.backReferences;
}

/** Whether both sides have more than one line; nearly all rows are done with here. */
function hasLines({ classes }: ScanViews): boolean {
  const feeds = (speaker: Side): number => classes[speaker * byteClassCount + byteClass.newline] ?? 0;
  return feeds(side.assistant) > 0 && feeds(side.user) > 0;
}

const tokenStart = Buffer.from('<persona:');
const longestToken = 80;

/** `<persona:x>` and one line feed at the start of a user's text are this product's own mark, not the user's words. */
function afterControlToken(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] !== tokenStart[0] || end - start < tokenStart.length) return start;
  for (let i = 1; i < tokenStart.length; i++) if (bytes[start + i] !== tokenStart[i]) return start;
  const close = bytes.indexOf(0x3e, start);
  if (close < 0 || close >= end || close - start > longestToken) return start;
  return bytes[close + 1] === 0x0a ? Math.min(close + 2, end) : close + 1;
}

function copyInto(target: Int32Array, at: number, source: Int32Array, count: number): void {
  for (let i = 0; i < count; i++) target[at + i] = source[i] ?? 0;
}
