import type { LabelAdvice } from '../../evaluate/learning-curve.ts';
import type { Evaluation } from '../../evaluate/metrics.ts';
import type { MissedPrecision } from './missed-precision.ts';

/** What `train` found out; printed, and kept in the tagger's own files. */
export interface TrainingResult {
  readonly out: string;
  readonly id: string;
  readonly encoder: string;
  readonly rows: number;
  readonly unreadable: number;
  readonly classes: number;
  readonly held_out: {
    readonly rows: number;
    /** Classes whose held-out rows come from data sets that training did not see. */
    readonly unseen_origin_classes: number;
    /** Rows left out of the figures because their text is also held out. */
    readonly repeated_rows: number;
  };
  readonly penalty: number;
  readonly temperature: number;
  /** Share right that every threshold was chosen for. */
  readonly precision: number;
  readonly thresholds: Readonly<Record<string, number>>;
  readonly precision_missed: MissedPrecision;
  readonly learning_curve: readonly {
    readonly share: number;
    readonly rows: number;
    readonly accuracy: number;
    readonly macro_f1: number;
  }[];
  readonly advice: LabelAdvice;
  /** Held-out rows, thresholds applied. */
  readonly evaluation: Evaluation;
}
