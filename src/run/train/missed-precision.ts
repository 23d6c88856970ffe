import { highestThreshold } from '../../fit/thresholds.ts';

/** Classes that no threshold brings to the asked precision: few held-out rows promise little, and wrong ones less. */
export interface MissedPrecision {
  readonly classes: readonly string[];
  /** `null` where there are none. */
  readonly sentence: string | null;
}

/** A class at the highest threshold counts as one that misses the precision, though it may just reach it there. */
export function missPrecision(
  thresholds: Readonly<Record<string, number>>,
  precision: number,
): MissedPrecision {
  const names = Object.keys(thresholds);
  const classes = names.filter((name) => (thresholds[name] ?? 0) >= highestThreshold);
  if (classes.length === 0) return { classes, sentence: null };
  const share = `${Number((precision * 100).toFixed(6))} %`;
  return {
    classes,
    sentence: `${classes.length} of ${names.length} classes do not reach a precision of ${share} by what the held-out rows promise; they have the highest threshold, ${highestThreshold}.`,
  };
}
