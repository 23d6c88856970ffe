/** What the last doubling of the labels did to the held-out accuracy, and what follows for more of them. */
export interface LabelAdvice {
  readonly verdict: 'more-helps' | 'little-left' | 'cannot-tell';
  /** Accuracy with all labels minus accuracy with half of them. */
  readonly gain: number;
  /** Standard error of the gain, over paired rows (McNemar), one more discordant pair added: few rows that agree prove nothing. */
  readonly standard_error: number;
  readonly sentence: string;
}

/** A smaller gain is not worth the labelling. */
const worthwhile = 0.005;
/** A gain of more than this that the held-out rows do not rule out: they are too few. */
const unseen = 0.02;

/** Reads the end of a learning curve; `half` and `full` say for each held-out row whether it was right. */
export function adviseOnLabels(half: readonly boolean[], full: readonly boolean[]): LabelAdvice {
  const rows = Math.max(1, full.length);
  const gained = full.filter((isRight, row) => isRight && half[row] !== true).length;
  const lost = full.filter((isRight, row) => !isRight && half[row] === true).length;
  const gain = (gained - lost) / rows;
  const error = Math.sqrt(gained + lost + 1) / rows;
  const figures = `the last doubling changed held-out accuracy by ${points(gain)} points (standard error ${(error * 100).toFixed(1)})`;
  const found = { gain, standard_error: error };
  if (gain > 2 * error && gain >= worthwhile)
    return { ...found, verdict: 'more-helps', sentence: `More labels would help: ${figures}.` };
  if (gain + 2 * error > unseen)
    return {
      ...found,
      verdict: 'cannot-tell',
      sentence: `Too few held-out rows to say whether more labels would help: ${figures}.`,
    };
  return {
    ...found,
    verdict: 'little-left',
    sentence: `More labels of the same kind would hardly help: ${figures}. Rows from other sources may.`,
  };
}

function points(share: number): string {
  return `${share < 0 ? '−' : '+'}${Math.abs(share * 100).toFixed(1)}`;
}
