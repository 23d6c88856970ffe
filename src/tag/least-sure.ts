import type { EncodedBatch } from './encode.ts';
import { quantise, rowFlags, runnersUp, type TagColumns } from './sidecar.ts';

/**
 * Which rows go on to the accurate tier: those whose content hash (its first word) is at most `drawn`, whatever the fast tier says of
 * them; those less sure than `confidence`; and of those exactly as sure the ones whose hash is at most `hash`. A function of the
 * corpus, not of its order: rows of equal content go together.
 */
export interface LeastSure {
  /** Confidence × 65535. */
  readonly confidence: number;
  /** −1: none of those. */
  readonly hash: number;
  /** −1: none are drawn. */
  readonly drawn: number;
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
  /** Of them: those that were drawn. */
  readonly drawnRows: number;
}

export function isLeastSure(choice: LeastSure, confidence: number, hash: number): boolean {
  if (confidence < 0) return false;
  const word = hash >>> 0;
  if (word <= choice.drawn || confidence < choice.confidence) return true;
  return confidence === choice.confidence && word <= choice.hash;
}

/** Whether a chosen row was drawn, so that the drawn ones are a sample of all that could be chosen. */
export function isDrawn(choice: LeastSure, hash: number): boolean {
  return hash >>> 0 <= choice.drawn;
}

/**
 * Of the rows that the accurate tier gets in a cascade that corrects the fast tier, so many are drawn; the fast tier learns most from them, and how sure it
 * may be. With fewer rows than `fewestLessons` it learns nothing that holds elsewhere, and none are drawn (scripts/training/README.md).
 */
export const drawnShare = 2 / 3;
export const fewestLessons = 100;

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

/**
 * The `wanted(eligible)` rows of all units for the accurate tier, whatever their order: the least sure ones, or where they `correct` the fast tier a draw and
 * the least sure of the others. Holds 512 KiB and the hashes at the edges.
 */
export function chooseLeastSure(
  units: readonly UnitConfidence[],
  wanted: (eligible: number) => number,
  correct = false,
): LeastSureChoice {
  let eligible = 0;
  for (const { confidence } of units) for (const one of confidence) if (one >= 0) eligible++;
  const want = Math.min(eligible, Math.max(0, wanted(eligible)));
  // Where all rows go to the accurate tier there is none to learn for.
  const draws = correct && want >= fewestLessons && want < eligible;
  const drawn = draws ? drawRows(units, Math.round(want * drawnShare)) : noRows;
  const counts = { eligible, wanted: want, drawn: drawn.hash, drawnRows: drawn.rows };
  const room = want - drawn.rows;
  const isOpen = (confidence: number, hash: number): boolean => confidence >= 0 && hash > drawn.hash;
  const bins = new Float64Array(levels);
  for (const { confidence, hash } of units)
    for (let row = 0; row < confidence.length; row++) {
      const one = confidence[row] ?? -1;
      if (isOpen(one, hash[row] ?? 0)) bins[one] = (bins[one] ?? 0) + 1;
    }
  let below = 0;
  let edge = 0;
  while (edge < levels && below + (bins[edge] ?? 0) <= room) below += bins[edge++] ?? 0;
  if (edge === levels || below === room)
    return { ...counts, confidence: edge, hash: -1, rows: drawn.rows + below };
  const { hash, rows } = fitEdge(
    hashesOf(units, (one, word) => one === edge && isOpen(one, word)),
    room - below,
  );
  return { ...counts, confidence: edge, hash, rows: drawn.rows + below + rows };
}

const levels = 65_536;

const noRows = { hash: -1, rows: 0 };

/** None where equal rows leave less than half of what was asked for: they would teach one thing only. */
function drawRows(units: readonly UnitConfidence[], wanted: number): { hash: number; rows: number } {
  const drawn = smallestHashes(units, wanted);
  return drawn.rows * 2 < wanted ? noRows : drawn;
}

/** At most `room` of the rows that can be chosen, by their hash. */
function smallestHashes(units: readonly UnitConfidence[], room: number): { hash: number; rows: number } {
  const bins = new Float64Array(levels);
  for (const { confidence, hash } of units)
    for (let row = 0; row < confidence.length; row++) {
      if ((confidence[row] ?? -1) < 0) continue;
      const bin = (hash[row] ?? 0) >>> 16;
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
  let below = 0;
  let edge = 0;
  while (edge < levels && below + (bins[edge] ?? 0) <= room) below += bins[edge++] ?? 0;
  const least = edge * 2 ** 16 - 1;
  if (edge === levels || below === room) return { hash: least, rows: below };
  const found = fitEdge(
    hashesOf(units, (one, word) => one >= 0 && word >>> 16 === edge),
    room - below,
  );
  return { hash: found.rows > 0 ? found.hash : least, rows: below + found.rows };
}

function hashesOf(
  units: readonly UnitConfidence[],
  isAtEdge: (confidence: number, hash: number) => boolean,
): number[] {
  const hashes: number[] = [];
  for (const { confidence, hash } of units)
    for (let row = 0; row < confidence.length; row++)
      if (isAtEdge(confidence[row] ?? -1, hash[row] ?? 0)) hashes.push(hash[row] ?? 0);
  return hashes;
}

/** At most `room` rows, by their hash; equal hashes all or none. */
function fitEdge(hashes: readonly number[], room: number): { hash: number; rows: number } {
  const sorted = Float64Array.from(hashes).toSorted();
  let rows = room;
  while (rows > 0 && sorted[rows - 1] === sorted[rows]) rows--;
  return { hash: rows > 0 ? (sorted[rows - 1] ?? -1) : -1, rows };
}
