import type { EncodedBatch } from './encode.ts';
import { quantise, rowFlags, runnersUp, type TagColumns } from './sidecar.ts';

/**
 * Which rows go on to the accurate tier: those less sure than `confidence`, and of those exactly as sure the ones whose content
 * hash (its first word) is at most `hash`. A function of the corpus, not of its order: rows of equal content go together.
 */
export interface LeastSure {
  /** Confidence × 65535. */
  readonly confidence: number;
  /** −1: none of those. */
  readonly hash: number;
}

/** How sure the fast tier is of the rows of one unit. 8 bytes a row. */
export interface UnitConfidence {
  /** × 65535; −1 where the row cannot be chosen. */
  readonly confidence: Int32Array;
  /** First word of the content hash. */
  readonly hash: Uint32Array;
}

export interface LeastSureChoice extends LeastSure {
  /** Rows that could be chosen. */
  readonly eligible: number;
  readonly wanted: number;
  /** Rows chosen: never more than wanted, and fewer only where rows of equal content stand at the edge. */
  readonly rows: number;
}

export function isLeastSure(choice: LeastSure, confidence: number, hash: number): boolean {
  if (confidence < 0) return false;
  return confidence < choice.confidence || (confidence === choice.confidence && hash >>> 0 <= choice.hash);
}

/**
 * The best persona's probability × 65535: of the measures tried (distance or ratio of the two best, entropy) none chooses rows that
 * the accurate tier mends clearly more often (bench/results.md). Rows without assistant text cannot be chosen, nor those whose label is
 * `fixed` by their source.
 */
export function confidencesOf(columns: TagColumns, fixed: boolean): UnitConfidence {
  const confidence = new Int32Array(columns.rows);
  const hash = new Uint32Array(columns.rows);
  const never = rowFlags.rejected | rowFlags.emptyOutput;
  for (let row = 0; row < columns.rows; row++) {
    const isEligible = !fixed && ((columns.flags[row] ?? 0) & never) === 0;
    confidence[row] = isEligible ? (columns.personaScores[row * runnersUp] ?? 0) : -1;
    hash[row] = columns.contentHash[row * 4] ?? 0;
  }
  return { confidence, hash };
}

/** The same of scores that are in no sidecar: row-major, one a label. */
export function confidencesOfBatch(
  { contentHash, outputChars }: EncodedBatch,
  scores: Float32Array,
): UnitConfidence {
  const rows = outputChars.length;
  const width = rows === 0 ? 0 : scores.length / rows;
  const confidence = new Int32Array(rows);
  const hash = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    let best = 0;
    for (let at = row * width; at < (row + 1) * width; at++) best = Math.max(best, scores[at] ?? 0);
    confidence[row] = (outputChars[row] ?? 0) > 0 ? quantise(best) : -1;
    hash[row] = contentHash[row * 4] ?? 0;
  }
  return { confidence, hash };
}

export function joinConfidences(parts: readonly UnitConfidence[]): UnitConfidence {
  const rows = parts.reduce((sum, part) => sum + part.hash.length, 0);
  const joined = { confidence: new Int32Array(rows), hash: new Uint32Array(rows) };
  let at = 0;
  for (const { confidence, hash } of parts) {
    joined.confidence.set(confidence, at);
    joined.hash.set(hash, at);
    at += hash.length;
  }
  return joined;
}

/** The `wanted(eligible)` least sure rows of all units, whatever their order. Holds 512 KiB and the hashes at the edge. */
export function chooseLeastSure(
  units: readonly UnitConfidence[],
  wanted: (eligible: number) => number,
): LeastSureChoice {
  const bins = new Float64Array(levels);
  let eligible = 0;
  for (const { confidence } of units) {
    for (const one of confidence) {
      if (one < 0) continue;
      bins[one] = (bins[one] ?? 0) + 1;
      eligible++;
    }
  }
  const want = Math.min(eligible, Math.max(0, wanted(eligible)));
  const counts = { eligible, wanted: want };
  let below = 0;
  let edge = 0;
  while (edge < levels && below + (bins[edge] ?? 0) <= want) below += bins[edge++] ?? 0;
  if (edge === levels || below === want) return { ...counts, confidence: edge, hash: -1, rows: below };
  const { hash, rows } = smallestHashes(units, edge, want - below);
  return { ...counts, confidence: edge, hash, rows: below + rows };
}

const levels = 65_536;

/** At most `room` rows of one confidence, by their hash; equal hashes all or none. */
function smallestHashes(
  units: readonly UnitConfidence[],
  edge: number,
  room: number,
): { hash: number; rows: number } {
  const hashes: number[] = [];
  for (const { confidence, hash } of units)
    for (let row = 0; row < confidence.length; row++)
      if (confidence[row] === edge) hashes.push(hash[row] ?? 0);
  const sorted = Float64Array.from(hashes).toSorted();
  let rows = room;
  while (rows > 0 && sorted[rows - 1] === sorted[rows]) rows--;
  return { hash: rows > 0 ? (sorted[rows - 1] ?? -1) : -1, rows };
}
