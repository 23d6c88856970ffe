import type { Row } from '../../core/row.ts';
import type { Tagger } from '../../core/tagger.ts';
import { bestLabel } from '../../tag/decide.ts';
import { type EncodedBatch, RowEncoder } from '../../tag/encode.ts';
import { confidencesOfBatch, isLeastSure, type LeastSure } from '../../tag/least-sure.ts';

/** The accurate tier's word on one row. */
export interface SecondLook {
  readonly label: number;
  readonly score: number;
  readonly isSure: boolean;
}

/**
 * Returns a function that asks the accurate tier about those rows of a batch that `choice` names; the others are undefined.
 * `threshold` overrides the tagger's own.
 */
export function createSecondLook(
  tagger: Tagger,
  choice: LeastSure,
  threshold: number | null,
): (
  rows: readonly Row[],
  encoded: EncodedBatch,
  scores: Float32Array,
) => Promise<readonly (SecondLook | undefined)[]> {
  const encoder = new RowEncoder();
  const { thresholds } = tagger.info;
  const limits = threshold === null ? thresholds : thresholds.map(() => threshold);
  return async (rows, encoded, scores) => {
    const { confidence, hash } = confidencesOfBatch(encoded, scores);
    const chosen = [...rows.keys()].filter((i) => isLeastSure(choice, confidence[i] ?? -1, hash[i] ?? 0));
    const looks = new Array<SecondLook | undefined>(rows.length).fill(undefined);
    if (chosen.length === 0) return looks;
    const { text } = encoder.encode(chosen.flatMap((i) => rows[i] ?? []));
    const accurate = (await tagger.tag(text)).scores;
    for (const [at, i] of chosen.entries()) looks[i] = bestLabel(accurate, at, limits);
    return looks;
  };
}
