import type { TaggerInfo } from '../../core/tagger.ts';
import type { Unit } from '../../core/unit.ts';
import type { Correction } from '../../fit/correction.ts';
import type { Lessons } from '../../fit/fit-correction.ts';
import type { LeastSure } from '../../tag/least-sure.ts';
import type { StepKey } from '../checkpoint.ts';
import type { UnitLooks } from './look-step.ts';

/** A unit that the fast tier has tagged and that is read again. */
export interface CascadeTask {
  readonly name: string;
  readonly unit: Unit;
  readonly take: number | null;
  readonly origin: number;
  readonly synthetic: boolean;
  readonly out: string;
  /** The fast tier's, relative to `out`. */
  readonly sidecar: string;
  readonly done: string;
  /** The accurate tier's rows. */
  readonly choice: LeastSure;
}

/** Tags the chosen rows of a unit with the accurate tier. */
export interface RefineTask extends CascadeTask {
  readonly kind: 'refine';
  /** The accurate tier's sidecar, relative to `out`. */
  readonly refined: string;
  readonly key: StepKey;
  /** Share of these rows of which both tiers' scores are kept, beside `refined`; 0: none. */
  readonly lessonShare: number;
}

export interface RefineCounts {
  readonly rows: number;
  /** Rows to which both tiers give the same best persona. */
  readonly agreed: number;
}

/** Tags the other rows of a unit anew, with the fast tier as the accurate tier corrects it. */
export interface CorrectTask extends CascadeTask {
  readonly kind: 'correct';
  /** What comes in the place of the fast tier's sidecar, relative to `out`. */
  readonly corrected: string;
  readonly key: StepKey;
  readonly correction: Correction;
}

export interface CorrectCounts {
  /** Rows that were corrected. */
  readonly rows: number;
  /** Of them: those with another best persona than before. */
  readonly changed: number;
}

/** Fits a correction to what both tiers say of some rows; answers with a Correction. */
export interface LearnTask {
  readonly kind: 'learn';
  readonly lessons: Lessons;
  /** Of the fast tier. */
  readonly doubt: number;
}

/** Asks the accurate tier about the chosen rows of one unit; answers with UnitLooks, and what both tiers say of those that are lessons. */
export interface LookTask {
  readonly kind: 'look';
  readonly unit: Unit;
  /** Which of its readable rows, in order. */
  readonly rows: Uint32Array;
  /** Overrides the tagger's own thresholds. */
  readonly threshold: number | null;
  /** Share of the rows of which both tiers' scores come back; 0: none. */
  readonly lessonShare: number;
}

/** The accurate tier's part in one unit. */
export interface UnitCascade {
  /** null: none of its rows was chosen. */
  readonly looks: UnitLooks | null;
  readonly correction: Correction | null;
  readonly accurate: TaggerInfo;
}
