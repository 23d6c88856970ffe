import { mix32 } from '../lib/hash.ts';
import { classMetrics, macroF1 } from './class-metrics.ts';

export interface Interval {
  readonly difference: number;
  /** 2.5th and 97.5th percentile of the resamples. */
  readonly low: number;
  readonly high: number;
}

/** The first tagger against the second; differences are first minus second. */
export interface Comparison {
  readonly rows: number;
  readonly both_right: number;
  readonly only_first_right: number;
  readonly only_second_right: number;
  readonly none_right: number;
  readonly accuracy: Interval;
  readonly macro_f1: Interval;
  readonly resamples: number;
  readonly seed: number;
}

const resamples = 1000;
const seed = 20_240_229;

/**
 * Paired bootstrap (Efron & Tibshirani 1993, percentile interval) over rows that two taggers labelled: every resample draws rows
 * with both labels, so what is hard for both cancels out. The seed is fixed: equal labels, equal intervals.
 */
export function compareLabels(params: {
  readonly gold: Uint8Array;
  readonly first: Uint8Array;
  readonly second: Uint8Array;
  readonly classes: number;
}): Comparison {
  const { gold, first, second, classes } = params;
  const rows = gold.length;
  const drawn = { gold: new Uint8Array(rows), first: new Uint8Array(rows), second: new Uint8Array(rows) };
  const accuracies = new Float64Array(resamples);
  const macros = new Float64Array(resamples);
  let draw = 0;
  for (let sample = 0; sample < resamples; sample++) {
    for (let i = 0; i < rows; i++) {
      const row = Math.floor(uniform(draw++) * rows);
      drawn.gold[i] = gold[row] ?? 0;
      drawn.first[i] = first[row] ?? 0;
      drawn.second[i] = second[row] ?? 0;
    }
    const difference = differences(drawn, classes);
    accuracies[sample] = difference.accuracy;
    macros[sample] = difference.macro;
  }
  const observed = differences(params, classes);
  const [onlyFirst, onlySecond] = [count(gold, first, second), count(gold, second, first)];
  const firstRight = rightOf(gold, first);
  return {
    rows,
    both_right: firstRight - onlyFirst,
    only_first_right: onlyFirst,
    only_second_right: onlySecond,
    none_right: rows - firstRight - onlySecond,
    accuracy: { difference: observed.accuracy, ...percentiles(accuracies) },
    macro_f1: { difference: observed.macro, ...percentiles(macros) },
    resamples,
    seed,
  };
}

interface Paired {
  readonly gold: Uint8Array;
  readonly first: Uint8Array;
  readonly second: Uint8Array;
}

function differences(
  { gold, first, second }: Paired,
  classes: number,
): { readonly accuracy: number; readonly macro: number } {
  const macro = (labels: Uint8Array): number => macroF1(classMetrics(gold, labels, classes).values());
  return {
    accuracy: (rightOf(gold, first) - rightOf(gold, second)) / Math.max(1, gold.length),
    macro: macro(first) - macro(second),
  };
}

function rightOf(gold: Uint8Array, labels: Uint8Array): number {
  let right = 0;
  for (let row = 0; row < gold.length; row++) if (gold[row] === labels[row]) right++;
  return right;
}

/** Rows that `labels` has right and `others` wrong. */
function count(gold: Uint8Array, labels: Uint8Array, others: Uint8Array): number {
  let rows = 0;
  for (let row = 0; row < gold.length; row++)
    if (gold[row] === labels[row] && gold[row] !== others[row]) rows++;
  return rows;
}

function percentiles(values: Float64Array): { readonly low: number; readonly high: number } {
  const sorted = values.toSorted();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return { low: at(0.025), high: at(0.975) };
}

/** Number `draw` of a stream in [0, 1): Murmur3's finaliser over a Weyl sequence, as SplitMix does it. */
function uniform(draw: number): number {
  return (mix32(mix32(seed + Math.imul(draw, 0x9e3779b9)) ^ draw) >>> 0) / 2 ** 32;
}
