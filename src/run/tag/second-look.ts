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
  /** Trait scores with the accurate tier's heads, in the order of the trait tagger's labels. */
  readonly traits: Float32Array;
}

/**
 * Returns a function that asks the accurate tier about those rows of a batch that `choice` names; the others are undefined.
 * `threshold` overrides the tagger's own.
 */
export function createSecondLook(
  { accurate, traits }: { readonly accurate: Tagger; readonly traits: Tagger },
  choice: LeastSure,
  threshold: number | null,
): (
  rows: readonly Row[],
  encoded: EncodedBatch,
  scores: Float32Array,
) => Promise<readonly (SecondLook | undefined)[]> {
  const encoder = new RowEncoder();
  const { thresholds } = accurate.info;
  const width = traits.info.labels.length;
  const limits = threshold === null ? thresholds : thresholds.map(() => threshold);
  return async (rows, encoded, scores) => {
    const { confidence, hash } = confidencesOfBatch(encoded, scores);
    const chosen = [...rows.keys()].filter((i) => isLeastSure(choice, confidence[i] ?? -1, hash[i] ?? 0));
    const looks = new Array<SecondLook | undefined>(rows.length).fill(undefined);
    if (chosen.length === 0) return looks;
    const { text } = encoder.encode(chosen.flatMap((i) => rows[i] ?? []));
    const { scores: personas, heads } = await accurate.tag(text);
    const traitScores = (await traits.tag(text, heads)).scores;
    for (const [at, i] of chosen.entries()) {
      const best = bestLabel(personas, at, limits);
      looks[i] = { ...best, traits: traitScores.subarray(at * width, (at + 1) * width) };
    }
    return looks;
  };
}
